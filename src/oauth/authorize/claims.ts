import { z } from 'zod';
import { isStorableJson } from '../../kernel/index.ts';
import type { ClaimRequests, RequestedClaims } from '../grants/authorization-code.ts';
import { askableNames } from '../tokens/user-claims.ts';
import { AuthorizationRefused } from './refusal.ts';
import type { AcrDemand } from './request.ts';

/** Members of a request for one claim; others are ignored (OpenID Connect Core section 5.5.1). */
const CLAIM_REQUEST = z
  .object({ essential: z.boolean().optional(), value: z.unknown().optional(), values: z.array(z.unknown()).optional() })
  .nullable();
const CLAIM_REQUESTS = z.record(z.string(), CLAIM_REQUEST).nullish();
/** Other members are ignored (OpenID Connect Core section 5.5). */
const CLAIMS = z.object({ id_token: CLAIM_REQUESTS, userinfo: CLAIM_REQUESTS });

/** Classes that one request may name: there are three, and a longer list is no order of preference. */
const MAX_ACR_VALUES = 20;
/** As long as a class of the metadata of a client can be. No sign-in reaches a longer one. */
const MAX_ACR = 255;
/** Longest id of a user; no account has a longer one. */
const MAX_SUBJECT = 128;

const NO_CLAIMS: ClaimRequests = {};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the parameter `claims` asks for. */
export interface ReadClaims {
  /** What is kept until the tokens are made: the names that can be asked for, and the user. */
  readonly claims: RequestedClaims;
  readonly subject: string | null;
  readonly acr: AcrDemand | null;
}

/**
 * Reads the parameter `claims`. What changes nothing is left out: names that cannot be asked for, and values. Requests are kept before
 * anybody has signed in, so 64 KB each would be an attacker's to fill.
 * @throws AuthorizationRefused
 */
export function readClaims(text: string): ReadClaims {
  const asked = parseClaims(text);
  const subject = findSubject(asked);
  const of = subject === null ? {} : { sub: { value: subject } };
  const claims = { idToken: { ...keepNames(asked.idToken), ...of }, userinfo: keepNames(asked.userinfo) };
  return { claims, subject, acr: findAcrDemand(asked) };
}

const keepNames = (requests: ClaimRequests): ClaimRequests =>
  Object.fromEntries(askableNames(requests).map((name) => [name, null]));

/** The parameter `claims` in the form that is read of it. @throws AuthorizationRefused */
export function parseClaimsAs<T>(form: z.ZodType<T>, text: string): T {
  const json = parseJson(text);
  const parsed = isStorableJson(json) ? form.safeParse(json) : null;
  if (parsed?.success === true) return parsed.data;
  throw new AuthorizationRefused('invalid_request', 'claims is not a valid request for claims.');
}

function parseClaims(text: string): RequestedClaims {
  const { id_token: idToken, userinfo } = parseClaimsAs(CLAIMS, text);
  return { idToken: (idToken ?? NO_CLAIMS) as ClaimRequests, userinfo: (userinfo ?? NO_CLAIMS) as ClaimRequests };
}

const find = (requests: ClaimRequests, name: string) => (Object.hasOwn(requests, name) ? requests[name] : undefined);

/**
 * The user whom the claim `sub` names (OpenID Connect Core section 5.5.1); null if it names none. @throws AuthorizationRefused It
 * names several, or the two places differ.
 */
function findSubject({ idToken, userinfo }: RequestedClaims): string | null {
  const named = [idToken, userinfo].flatMap((requests) => {
    const { value, values } = find(requests, 'sub') ?? {};
    return [...(value === undefined ? [] : [value]), ...(values ?? [])];
  });
  const [subject] = named;
  if (subject === undefined) return null;
  if (typeof subject !== 'string' || subject.length > MAX_SUBJECT || named.some((other) => other !== subject))
    throw new AuthorizationRefused('invalid_request', 'claims names no user, or more than one.');
  return subject;
}

/** The classes that the claim `acr` of the ID token asks for (OpenID Connect Core section 5.5.1.1); null if it asks for none. */
function findAcrDemand({ idToken }: RequestedClaims): AcrDemand | null {
  const { essential = false, value, values = [] } = find(idToken, 'acr') ?? {};
  const named = [value, ...values].filter((name) => typeof name === 'string');
  if (named.length === 0) return null;
  const possible = named.filter((name) => name.length <= MAX_ACR).slice(0, MAX_ACR_VALUES);
  return { values: [...new Set(possible)], isEssential: essential };
}

/** Reads `acr_values`, which are never essential (OpenID Connect Core section 3.1.2.1). */
export function parseAcrValues(text: string): readonly string[] {
  const named = text.split(' ').filter((name) => name !== '' && name.length <= MAX_ACR);
  return [...new Set(named)].slice(0, MAX_ACR_VALUES);
}
