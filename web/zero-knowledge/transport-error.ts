/** Why a message had no effect. */
export type TransportFault =
  /** The answer is none of the service, such as that of a proxy. */
  | 'ANSWER_INVALID'
  /** A wrong proof, an unknown name or a used challenge, which look alike; or nobody is signed in. */
  | 'AUTHENTICATION_FAILED'
  /** The account is switched off, or the tenant does not offer it. */
  | 'FORBIDDEN'
  | 'INPUT_INVALID'
  /** The request, the code or the proof cannot be used. */
  | 'REQUEST_REFUSED'
  | 'SERVICE_UNAVAILABLE'
  /** The name or the address belongs to somebody else. */
  | 'TAKEN'
  /** Blocked, or too many requests: `retryAfterSeconds` says for how long. */
  | 'TOO_MANY_REQUESTS'
  /** No answer came. */
  | 'UNREACHABLE';

/** A member of a request that was refused. */
export interface InputFault {
  /** The place (`body`, `query`, `path`), then members and positions. */
  readonly path: readonly string[];
  /** What is wrong, such as `missing`. */
  readonly type: string;
}

interface TransportErrorOptions extends ErrorOptions {
  readonly status?: number;
  readonly detail?: string | null;
  readonly inputFaults?: readonly InputFault[];
  readonly retryAfterSeconds?: number | null;
}

/** The service refused a message, or did not answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportFault;
  /** Status of the answer; null when none came. */
  readonly status: number | null;
  /** A sentence of the service, for logs: its words may change. */
  readonly detail: string | null;
  readonly inputFaults: readonly InputFault[];
  readonly retryAfterSeconds: number | null;

  constructor(code: TransportFault, options: TransportErrorOptions = {}) {
    super(code, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? null;
    this.detail = options.detail ?? null;
    this.inputFaults = options.inputFaults ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
