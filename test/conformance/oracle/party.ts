import type { JWTPayload } from 'jose';
import type { CookieJar } from '../../support/cookie-jar.ts';
import type { Answer, Ask } from '../../support/rest.ts';

export const CALLBACK = 'https://rp.example.com/callback';
export const SIGNED_OUT = 'https://rp.example.com/signed-out';
export const SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];
/** A scope that an application gets for itself. */
export const APP_SCOPE = 'user:read';

/**
 * The clients that both services have: `web` must send a challenge, `relaxed` need not, `app` is public, `posting` sends its
 * secret in the form, `machine` gets tokens of itself.
 */
export const CLIENT_IDS = ['web', 'relaxed', 'app', 'posting', 'machine'] as const;
export type ClientId = (typeof CLIENT_IDS)[number];

/** The secrets of the clients, which both services share; null for a public one. */
export type Secrets = Readonly<Record<ClientId, string | null>>;

/** The users that both services have; `username` is a claim of theirs. */
export interface Users {
  readonly anna: string;
  readonly bert: string;
}

/** How a sign-out ended. */
export interface EndedSignOut {
  readonly isAsked: boolean;
  /** Where the browser was sent; null: it stays on a page of the service. */
  readonly location: string | null;
}

/** A service that is compared. Each has the same clients, secrets, addresses, scopes and users. */
export interface Party {
  readonly issuer: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  readonly users: Users;
  /** Sends a request of a program. */
  readonly ask: (method: string, path: string, request?: Ask) => Promise<Answer>;
  /** A browser in which a user is signed in. */
  readonly signIn: (user: keyof Users) => Promise<CookieJar>;
  /** What a page to which a browser was sent asks of the user: the name of a prompt. */
  readonly promptAt: (path: string, jar: CookieJar) => Promise<string>;
  /** Goes on after an answer of the endpoint for sign-out, saying yes where a page asks. */
  readonly endSignOut: (answer: Answer, jar: CookieJar) => Promise<EndedSignOut>;
  readonly close: () => Promise<void>;
}

/** The path of an endpoint that the metadata of a service name. */
export function pathOf({ metadata, issuer }: Party, endpoint: string): string {
  const { origin, pathname } = new URL(String(metadata[endpoint]));
  if (!issuer.startsWith(origin)) throw new Error(`${endpoint} is at ${origin}.`);
  return pathname;
}

/** The claims of a JWT, unverified. */
export const claimsIn = (token: string): JWTPayload =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
