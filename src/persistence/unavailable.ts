import { IdentityError, kernelErrors } from '../kernel/index.ts';

/** Classes and codes of PostgreSQL (appendix A) that mean "the server is not there right now", not "the statement is wrong". */
const UNAVAILABLE_SQLSTATES = new Set(['57P01', '57P02', '57P03', '53300', '25006']);
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
const UNAVAILABLE_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
  'Query read timeout',
  'Cannot use a pool after calling end',
];

interface DriverFault {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

function looksUnavailable(fault: DriverFault): boolean {
  const code = typeof fault.code === 'string' ? fault.code : '';
  if (code.startsWith('08') || UNAVAILABLE_SQLSTATES.has(code) || UNAVAILABLE_SYSTEM_CODES.has(code)) return true;
  const message = typeof fault.message === 'string' ? fault.message : '';
  return UNAVAILABLE_MESSAGES.some((text) => message.includes(text));
}

/** Whether an error, or anything it was caused by, says that the database could not be reached. */
export function isDatabaseUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const fault = error as DriverFault;
  if (looksUnavailable(fault)) return true;
  if (Array.isArray(fault.errors) && fault.errors.some((inner) => isDatabaseUnavailable(inner, depth + 1))) return true;
  return isDatabaseUnavailable(fault.cause, depth + 1);
}

/** `deadlock_detected`, `serialization_failure`: the same request succeeds when it is sent again. */
const COLLISION_SQLSTATES = new Set(['40P01', '40001']);

function isCollision(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const { code, cause } = error as DriverFault;
  return (typeof code === 'string' && COLLISION_SQLSTATES.has(code)) || isCollision(cause, depth + 1);
}

/** Turns a lost database into `SERVICE_UNAVAILABLE` and a collision of transactions into `CONFLICT`; the rest passes unchanged. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof IdentityError) return error;
  if (isDatabaseUnavailable(error)) return kernelErrors.SERVICE_UNAVAILABLE({ cause: error, retryAfterSeconds: 1 });
  return isCollision(error) ? kernelErrors.CONFLICT({ cause: error }) : error;
}
