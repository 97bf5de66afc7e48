import { IdentityError, kernelErrors } from '../kernel/index.ts';

/** `read_only_sql_transaction`: the server is a standby, or was made read-only when another one replaced it. */
const READ_ONLY_SQLSTATE = '25006';
/** Classes and codes of PostgreSQL (appendix A) that mean "the server is not there right now", not "the statement is wrong". */
const UNAVAILABLE_CLASSES = ['08', '57P'];
/** With them `idle_in_transaction_session_timeout` and `transaction_timeout`, which end the connection. */
const UNAVAILABLE_SQLSTATES = new Set(['53300', READ_ONLY_SQLSTATE, '25P03', '25P04']);
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);
/** Message of the driver's error when the answer to a statement is late. */
const QUERY_TIMEOUT_MESSAGE = 'Query read timeout';
const UNAVAILABLE_MESSAGES = [
  QUERY_TIMEOUT_MESSAGE,
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'driver has already been destroyed',
];
/** `query_canceled` (a statement took too long) and `lock_not_available`. */
const BUSY_SQLSTATES = new Set(['57014', '55P03']);
/** Insufficient resources: disk full, out of memory, a limit of the configuration. */
const BUSY_CLASS = '53';

interface DriverFault {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly routine?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** Whether the error or any of its causes matches. */
function isFault(error: unknown, matches: (fault: DriverFault) => boolean, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const fault = error as DriverFault;
  if (matches(fault)) return true;
  if (Array.isArray(fault.errors) && fault.errors.some((inner) => isFault(inner, matches, depth + 1))) return true;
  return isFault(fault.cause, matches, depth + 1);
}

const codeOf = ({ code }: DriverFault): string => (typeof code === 'string' ? code : '');
const messageOf = ({ message }: DriverFault): string => (typeof message === 'string' ? message : '');

/** Whether the database could not be reached: the connection is lost, or was never made. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return isFault(error, (fault) => {
    const code = codeOf(fault);
    return (
      UNAVAILABLE_CLASSES.some((prefix) => code.length === 5 && code.startsWith(prefix)) ||
      UNAVAILABLE_SQLSTATES.has(code) ||
      UNAVAILABLE_SYSTEM_CODES.has(code) ||
      UNAVAILABLE_MESSAGES.some((text) => messageOf(fault).includes(text))
    );
  });
}

/** Whether the server answers but accepts no writes. */
export function isReadOnlyServer(error: unknown): boolean {
  return isFault(error, (fault) => codeOf(fault) === READ_ONLY_SQLSTATE);
}

/** Whether the server did not answer a statement in time. */
export function isQueryTimeout(error: unknown): boolean {
  return isFault(error, (fault) => messageOf(fault) === QUERY_TIMEOUT_MESSAGE);
}

/** Whether the server answers but lacks the resources or the time for the statement. */
function isDatabaseBusy(error: unknown): boolean {
  return isFault(error, (fault) => {
    const code = codeOf(fault);
    return BUSY_SQLSTATES.has(code) || (code.length === 5 && code.startsWith(BUSY_CLASS));
  });
}

/** `invalid_sql_statement_name` and `duplicate_prepared_statement`: a pooler gave the connection another server process. */
const NAME_LOST_SQLSTATES = new Set(['26000', '42P05']);
/** `feature_not_supported` from this routine of the server: "cached plan must not change result type". */
const OUTDATED_PLAN = { code: '0A000', routine: 'RevalidateCachedQuery' };

/** Whether the server does not know a statement by its name, or knows another one by it. Nothing was executed. */
export function isNameLost(error: unknown): boolean {
  return isFault(error, (fault) => NAME_LOST_SQLSTATES.has(codeOf(fault)));
}

/** Whether a statement has to be prepared again, because a table was changed. Nothing was executed. */
export function isPlanOutdated(error: unknown): boolean {
  return isFault(error, ({ code, routine }) => code === OUTDATED_PLAN.code && routine === OUTDATED_PLAN.routine);
}

/** Whether a named statement has to be prepared again on its connection. Nothing was executed. */
export const isPreparationLost = (error: unknown): boolean => isNameLost(error) || isPlanOutdated(error);

/** `deadlock_detected`, `serialization_failure`. */
const COLLISION_SQLSTATES = new Set(['40P01', '40001']);

/** Whether the same request succeeds when it is sent again. */
const isPassing = (error: unknown): boolean =>
  isPreparationLost(error) || isFault(error, (fault) => COLLISION_SQLSTATES.has(codeOf(fault)));

/**
 * Turns a lost or overloaded database into `SERVICE_UNAVAILABLE`, and a collision of transactions or a named statement that
 * failed in a transaction into `CONFLICT`; the rest passes unchanged.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof IdentityError) return error;
  if (isDatabaseUnavailable(error) || isDatabaseBusy(error))
    return kernelErrors.SERVICE_UNAVAILABLE({ cause: error, retryAfterSeconds: 1 });
  return isPassing(error) ? kernelErrors.CONFLICT({ cause: error }) : error;
}
