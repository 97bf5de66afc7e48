import type { ChallengeAnswer } from './challenge.ts';
import type {
  AuthenticationMessage,
  BitErrorReport,
  ChallengeRequest,
  CommitmentMessage,
  EmailMessage,
  LogData,
  ProofTransport,
  RegistrationMessage,
  ResetMessage,
  ResetRequest,
  SignInTicket,
} from './transport.ts';
import { type InputFault, TransportError, type TransportFault } from './transport-error.ts';

export interface FetchTransportOptions {
  /** Origin of the service, such as `https://id.example.com`. */
  readonly baseUrl: string;
  /** Name of the tenant. */
  readonly tenant: string;
  /** Access token of the user who is signed in, for changes. Null: nobody is. */
  readonly accessToken?: () => string | null;
  /** Default: that of the browser. */
  readonly fetch?: typeof globalThis.fetch;
}

interface Call {
  readonly method?: 'POST' | 'PUT';
  readonly query?: Readonly<Record<string, string | null>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether the user has to be signed in. */
  readonly isOwn?: boolean;
}

/** After that time without an answer a request is given up. */
const TIMEOUT_MILLISECONDS = 30_000;

const FAULTS: Readonly<Record<number, TransportFault>> = {
  400: 'REQUEST_REFUSED',
  401: 'AUTHENTICATION_FAILED',
  403: 'FORBIDDEN',
  409: 'TAKEN',
  413: 'REQUEST_REFUSED',
  422: 'INPUT_INVALID',
  429: 'TOO_MANY_REQUESTS',
};

/**
 * Sends messages to the REST paths of a service (`docs/dialects/secrets-vault.md`).
 * Each method throws `TransportError`.
 */
export class FetchTransport implements ProofTransport {
  readonly #options: FetchTransportOptions;

  constructor(options: FetchTransportOptions) {
    this.#options = options;
  }

  async askChallenge({ username, cipherKey, requestId }: ChallengeRequest): Promise<ChallengeAnswer> {
    const call = { query: { auth_req_id: requestId }, body: { username, cipherKey } };
    return readChallenge(await this.#send('/api/auth/challenge', call));
  }

  async askOwnChallenge(cipherKey: string): Promise<ChallengeAnswer> {
    return readChallenge(await this.#send('/api/auth/aux-challenge', { body: { cipherKey }, isOwn: true }));
  }

  async register({ username, email, requestId, ...message }: RegistrationMessage): Promise<void> {
    const body = { username, email, ...encodeCommitment(message) };
    await this.#send('/api/auth/register', { query: { auth_req_id: requestId }, body });
  }

  async authenticate(message: AuthenticationMessage): Promise<SignInTicket> {
    const { username, cipherKey, requestId, challengeId, challengeData, logData, bitErrors } = message;
    const proof = { username, cipherKey, challenge_id: challengeId, challenge_data: challengeData };
    const body = { ...proof, ber: encodeBitErrors(bitErrors), log_data: encodeLogData(logData) };
    const call = { query: { auth_req_id: requestId }, body };
    const { nonce, need_verify: mustVerifyEmail } = await this.#send('/api/auth/authenticate', call);
    if (typeof nonce !== 'string' || typeof mustVerifyEmail !== 'boolean') throw new TransportError('ANSWER_INVALID');
    return { nonce, mustVerifyEmail };
  }

  async requestReset({ clientId, username, email }: ResetRequest): Promise<void> {
    const query = { client_id: clientId, tenant_id: this.#options.tenant };
    await this.#send('/api/auth/reset-password/request', { query, body: { username, email } });
  }

  async reset({ username, code, ...message }: ResetMessage): Promise<void> {
    await this.#send('/api/auth/reset-password', { body: { code, username, ...encodeCommitment(message) } });
  }

  async change(message: CommitmentMessage): Promise<void> {
    await this.#send('/api/auth/change-password', { body: encodeCommitment(message), isOwn: true });
  }

  async updateEmail({ userId, email, challengeId, challengeData }: EmailMessage): Promise<void> {
    const path = `/api/users/${encodeURIComponent(this.#options.tenant)}/${encodeURIComponent(userId)}/email`;
    const body = { challenge_id: challengeId, challenge_data: challengeData, email };
    await this.#send(path, { method: 'PUT', body, isOwn: true });
  }

  /**
   * Where a browser goes with its ticket: the service sets its cookie there and leads on to the application.
   * @param requestId The request for a sign-in for which the ticket was made.
   */
  signInAddress({ nonce }: SignInTicket, requestId: string): string {
    return this.#address('/api/auth/sign-in', { oid_nonce: nonce, auth_req_id: requestId }).href;
  }

  async #send(path: string, { method = 'POST', query = {}, body, isOwn = false }: Call): Promise<AnswerBody> {
    const response = await this.#fetch(this.#address(path, query), {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...this.#authorize(isOwn) },
      body: JSON.stringify(body),
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    const answer = await readJson(response);
    if (!response.ok) throw toError(response, answer);
    return toBody(answer);
  }

  async #fetch(address: URL, init: RequestInit): Promise<Response> {
    try {
      return await (this.#options.fetch ?? fetch)(address, init);
    } catch (cause) {
      throw new TransportError('UNREACHABLE', { cause });
    }
  }

  #authorize(isOwn: boolean): Readonly<Record<string, string>> {
    if (!isOwn) return {};
    const token = this.#options.accessToken?.() ?? null;
    if (token === null) throw new TransportError('AUTHENTICATION_FAILED');
    return { authorization: `Bearer ${token}` };
  }

  #address(path: string, query: Readonly<Record<string, string | null>>): URL {
    const address = new URL(path, this.#options.baseUrl);
    for (const [name, value] of Object.entries(query)) if (value !== null) address.searchParams.set(name, value);
    return address;
  }
}

type AnswerBody = Readonly<Record<string, unknown>>;

const toBody = (value: unknown): AnswerBody =>
  typeof value === 'object' && value !== null ? (value as AnswerBody) : {};

/** Undefined when the answer is no JSON, such as that of a proxy. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function readChallenge({ challenge_data: challengeData, proto_version: version }: AnswerBody): ChallengeAnswer {
  if (typeof challengeData !== 'string' || typeof version !== 'string') throw new TransportError('ANSWER_INVALID');
  return { challengeData, version };
}

function encodeCommitment({ version, encryptedCommitment, logData }: CommitmentMessage) {
  return { encrypted_commitment: encryptedCommitment, proto_version: version, log_data: encodeLogData(logData) };
}

function encodeBitErrors(report: BitErrorReport | null) {
  if (report === null) return null;
  const { countBits, errorBits, errorPercent, imageSize, algorithmVersion } = report;
  return {
    ber: { count_bits: countBits, error_bits: errorBits, BER_PERCENT: errorPercent },
    image_dim: imageSize,
    algorithm_version: algorithmVersion,
  };
}

function encodeLogData(logData: LogData | null) {
  if (logData === null) return null;
  const { userAgent, platform, method, durationMilliseconds } = logData;
  return { user_agent: userAgent, platform, method, duration_ms: durationMilliseconds };
}

function toError({ status, headers }: Response, answer: unknown): TransportError {
  const { detail } = toBody(answer);
  const code = FAULTS[status] ?? (status >= 500 ? 'SERVICE_UNAVAILABLE' : 'ANSWER_INVALID');
  return new TransportError(code, {
    status,
    detail: typeof detail === 'string' ? detail : null,
    inputFaults: Array.isArray(detail) ? detail.flatMap(readInputFault) : [],
    retryAfterSeconds: readSeconds(headers.get('retry-after')),
  });
}

/** Seconds of `Retry-After` (RFC 9110 section 10.2.3); null for a date, which the service does not send. */
const readSeconds = (value: string | null): number | null =>
  value !== null && /^[0-9]{1,9}$/.test(value) ? Number(value) : null;

function readInputFault(item: unknown): InputFault[] {
  const { loc, type } = toBody(item);
  if (!Array.isArray(loc) || typeof type !== 'string') return [];
  return [{ path: loc.map(String), type }];
}
