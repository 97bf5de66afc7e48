import type { Authority } from '../../access/index.ts';
import { addressKey } from '../../auth-modes/index.ts';
import {
  addSeconds,
  type BrowserPort,
  type Clock,
  type IdentityError,
  invalidField,
  kernelErrors,
} from '../../kernel/index.ts';
import { type OneTimeCodeStore, requireBrowser } from '../../sessions/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { IssuerEndpoints } from '../issuers/issuers.ts';
import type { OAuthParameter } from '../token-endpoint/parameters.ts';
import { postedRequestErrors } from './posted-request.errors.ts';

/** The endpoints to which applications may post a browser. */
export type PostedEndpoint = keyof Pick<IssuerEndpoints, 'authorization' | 'endSession'>;

/** A request that an application sent through the browser. */
export interface BrowserRequest {
  /** Kind of the issuer whose endpoint was called. */
  readonly issuerKind: string;
  readonly endpoint: PostedEndpoint;
  readonly parameters: readonly OAuthParameter[];
}

/**
 * Records that an endpoint refuses a request that was kept once.
 * @param kept The parameters of that request.
 */
export type RecordRefusal = (error: IdentityError, kept: readonly OAuthParameter[]) => Promise<void>;

export interface PostedRequestsDeps {
  readonly codes: OneTimeCodeStore;
  readonly issuers: IssuerDirectory;
  readonly clock: Clock;
}

const KIND = 'posted-request';
/** The parameter of the GET that names a kept request. */
const PARAMETER = 'posted_request';
/** A browser follows a redirect at once, even in a slow network; a reload of the page within a minute works too. */
const KEPT_SECONDS = 60;
/**
 * Twice what a GET carries, whose headers end at 16 KB, and for a sign-in twice the 64 KB of `claims`, because JSON escapes their
 * quotes.
 */
const MAX_CHARACTERS: Readonly<Record<PostedEndpoint, number>> = { authorization: 131_072, endSession: 32_768 };

/**
 * Requests of one address in a tenant at the same time: 26 MB at most, and three a second, which is enough for an office behind
 * one address.
 */
const MAX_OF_ADDRESS = 200;

/**
 * Keeps what applications post to browser endpoints (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2). A
 * browser sends no `SameSite=Lax` cookie with a POST from another site, so the request goes on as a GET, with which it does.
 */
export class PostedRequests {
  readonly #deps: PostedRequestsDeps;

  constructor(deps: PostedRequestsDeps) {
    this.#deps = deps;
  }

  /**
   * @returns The address of the same endpoint, with a handle in place of the parameters.
   * @throws BROWSER_REQUIRED
   * @throws INVALID_INPUT The issuer has no such endpoint.
   * @throws REQUEST_TOO_LARGE
   * @throws TOO_MANY_REQUESTS The address has posted too many within a minute.
   */
  async keep({ caller, tenant }: Authority, browser: BrowserPort | null, request: BrowserRequest): Promise<string> {
    requireBrowser(browser);
    const { issuerKind, endpoint } = request;
    const { endpoints } = await this.#deps.issuers.of(tenant, issuerKind, caller.origin);
    const url = endpoints[endpoint];
    if (url === undefined) throw invalidField('input.endpoint', 'ENDPOINT_MISSING', 'The issuer has no such endpoint.');
    // A text inside the JSON, because a column of JSON takes no NUL, which only the endpoint may judge.
    const parameters = JSON.stringify(request.parameters);
    if (parameters.length > MAX_CHARACTERS[endpoint]) throw kernelErrors.REQUEST_TOO_LARGE();
    const handle = await this.#deps.codes.putWithin(
      tenant,
      {
        kind: KIND,
        payload: { issuerKind, endpoint, parameters },
        expiresAt: addSeconds(this.#deps.clock.now(), KEPT_SECONDS),
      },
      { key: addressKey(caller.origin.peerIp), count: MAX_OF_ADDRESS },
    );
    if (handle === null) throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: KEPT_SECONDS });
    return `${url}?${PARAMETER}=${handle}`;
  }

  /**
   * The parameters of a request: those of the kept one if it names one, else those that it came with.
   * @param record Called for a request that was kept and has expired, or is of another endpoint. A handle that nothing is stored for,
   *   such as a guessed one, is not recorded, so that guesses fill no log.
   * @throws POSTED_REQUEST_NOT_FOUND Unknown, expired, of another endpoint or tenant.
   */
  async read(
    { tenant }: Authority,
    { issuerKind, endpoint, parameters }: BrowserRequest,
    record: RecordRefusal,
  ): Promise<readonly OAuthParameter[]> {
    const handles = parameters
      .filter(({ name }) => name === PARAMETER)
      .flatMap(({ values }) => values.filter((value) => value !== ''));
    if (handles.length === 0) return parameters;
    const { codes, clock } = this.#deps;
    const found = handles.length === 1 ? await codes.findLate(tenant.id, KIND, handles[0]!) : null;
    const kept = found === null ? [] : (JSON.parse(found.payload['parameters'] as string) as OAuthParameter[]);
    const isOfEndpoint = found?.payload['issuerKind'] === issuerKind && found.payload['endpoint'] === endpoint;
    if (found !== null && isOfEndpoint && found.expiresAt > clock.now()) return kept;
    const error = postedRequestErrors.POSTED_REQUEST_NOT_FOUND();
    if (found !== null) await record(error, kept);
    throw error;
  }
}
