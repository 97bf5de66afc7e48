import type { ClientRecord } from '../../clients/index.ts';
import type { RequestedClaims } from '../grants/authorization-code.ts';
import type { ResponseMode } from '../issuers/issuers.ts';

/** The only response type: RFC 9700 section 2.1.2 advises against the others. */
export const RESPONSE_TYPES = ['code'] as const;

/** What the application asks for beside a sign-in where one is needed (OpenID Connect Core section 3.1.2.1, `prompt`). */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** Classes of authentication that were asked for, in order of preference. */
export interface AcrDemand {
  readonly values: readonly string[];
  /** Whether the request fails when none of them is reached (OpenID Connect Core section 5.5.1.1). */
  readonly isEssential: boolean;
}

/** What a request for a second factor alone says of its user, whom the application has signed in by itself. */
export interface FactorRequest {
  /** Whether the user may have to make the account first. */
  readonly isOfNewUser: boolean;
  /** The only account that can finish, or the id of nobody; null: that of a new user, which is compared in the end. */
  readonly userId: string | null;
  /** The address of such a user; null: the request does not say it. */
  readonly email: string | null;
}

/** Where an answer goes, and how. */
export interface ReturnAddress {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  /** Sent back as it came; null: the request had none, or one that cannot be sent back. */
  readonly state: string | null;
}

/** A request that passed every check. */
export interface AuthorizationRequest extends ReturnAddress {
  readonly client: ClientRecord;
  readonly scopes: readonly string[];
  /** Whether the tokens outlive the session. */
  readonly isOffline: boolean;
  readonly prompts: ReadonlySet<Prompt>;
  /** `code_challenge` of the method S256. */
  readonly challenge: string | null;
  readonly nonce: string | null;
  /** The longest time since the user was authenticated. */
  readonly maxAgeSeconds: number | null;
  readonly claims: RequestedClaims | null;
  /** The only user whom the answer may be about, by an ID token that the application holds or by the claim `sub`. Compared in the end. */
  readonly subject: string | null;
  readonly loginHint: string | null;
  readonly acr: AcrDemand | null;
  readonly locales: string | null;
  /** Absent: the request asks for a sign-in. */
  readonly factor?: FactorRequest;
}

/** A request while it is checked: what the checks so far have found. */
export type AuthorizationDraft = Omit<AuthorizationRequest, 'client' | 'redirectUri'> & {
  /** Null until its check has run. */
  readonly client: ClientRecord | null;
  /** Null until its check has run. */
  readonly redirectUri: string | null;
};

/** A request of which nothing has been checked. */
export const BLANK_REQUEST: AuthorizationDraft = {
  client: null,
  redirectUri: null,
  responseMode: 'query',
  state: null,
  scopes: [],
  isOffline: false,
  prompts: new Set(),
  challenge: null,
  nonce: null,
  maxAgeSeconds: null,
  claims: null,
  subject: null,
  loginHint: null,
  acr: null,
  locales: null,
};
