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

/** Turns a lost database into `SERVICE_UNAVAILABLE`; every other error passes unchanged. */
export function translateUnavailable(error: unknown): unknown {
  if (error instanceof IdentityError) return error;
  return isDatabaseUnavailable(error)
    ? kernelErrors.SERVICE_UNAVAILABLE({ cause: error, retryAfterSeconds: 1 })
    : error;
}
