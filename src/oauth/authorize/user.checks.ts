import { readTypedName } from '../../flows/index.ts';
import { parseAcrValues, readClaims } from './claims.ts';
import { type CheckContext, clientOf, type Found } from './client.checks.ts';
import { AuthorizationRefused } from './refusal.ts';
import { type AuthorizationDraft, PROMPTS, type Prompt } from './request.ts';
import { grantedScopes } from './scopes.ts';
import { assertFactorScopes } from './second-factor.ts';

/** RFC 6749 section 3.3, OpenID Connect Core sections 3.1.2.1 and 11. */
export function checkScope({ issuer, tenant, parameters }: CheckContext, draft: AuthorizationDraft): Found {
  const client = clientOf(draft);
  const granted = grantedScopes(client, issuer.kind, {
    scope: parameters.get('scope'),
    accessType: parameters.get('access_type'),
  });
  assertFactorScopes(issuer, tenant, client, granted.scopes);
  return granted;
}

const isPrompt = (name: string): name is Prompt => (PROMPTS as readonly string[]).includes(name);

/** OpenID Connect Core section 3.1.2.1: `none` stands alone. Initiating User Registration section 4.1: others are invalid. */
export function checkPrompt({ parameters }: CheckContext): Found {
  const names =
    parameters
      .get('prompt')
      ?.split(' ')
      .filter((name) => name !== '') ?? [];
  if (!names.every(isPrompt))
    throw new AuthorizationRefused('invalid_request', 'prompt has a value that is not supported.');
  const prompts = new Set(names);
  if (prompts.has('none') && prompts.size > 1)
    throw new AuthorizationRefused('invalid_request', 'prompt has none together with other values.');
  return { prompts };
}

/** Fifteen digits are exact as a number, and millions of years. */
const SECONDS = /^\d{1,15}$/;

export function checkMaxAge({ parameters }: CheckContext, draft: AuthorizationDraft): Found {
  const maxAge = parameters.get('max_age');
  if (maxAge === null) return { maxAgeSeconds: clientOf(draft).metadata.defaultMaxAgeSeconds };
  if (!SECONDS.test(maxAge)) throw new AuthorizationRefused('invalid_request', 'max_age is not a number of seconds.');
  return { maxAgeSeconds: Number(maxAge) };
}

/** OpenID Connect Core section 5.5. */
export function checkClaims({ parameters }: CheckContext): Found {
  const text = parameters.get('claims');
  return text === null ? {} : readClaims(text);
}

/** OpenID Connect Core section 3.1.2.1. */
export async function checkIdTokenHint(
  { parameters, readHint }: CheckContext,
  draft: AuthorizationDraft,
): Promise<Found> {
  const token = parameters.get('id_token_hint');
  if (token === null) return {};
  const subject = await readHint(token);
  if (subject === null)
    throw new AuthorizationRefused('invalid_request', 'id_token_hint is not an ID token of this issuer.');
  if (draft.subject !== null && draft.subject !== subject)
    throw new AuthorizationRefused('invalid_request', 'id_token_hint and claims name different users.');
  return { subject };
}

/** A name of an account, or an e-mail address, has at most 320 characters. */
const MAX_LOGIN_HINT = 320;

/**
 * A hint that cannot be a name is left out: it only saves typing, unless it names whose second factor is asked for. It is read as a typed
 * name is, so that the name that is looked up is the one for which tries count.
 */
export function readLoginHint({ parameters }: CheckContext): Found {
  const hint = readTypedName(parameters.get('login_hint') ?? '');
  return hint === '' || hint.length > MAX_LOGIN_HINT ? {} : { loginHint: hint };
}

/** OpenID Connect Core sections 3.1.2.1 and 5.5.1.1. Where both are there, the claim counts, because it may be essential. */
export function readAcr({ parameters }: CheckContext, draft: AuthorizationDraft): Found {
  if (draft.acr !== null) return {};
  const text = parameters.get('acr_values');
  const values = text === null ? clientOf(draft).metadata.defaultAcrValues : parseAcrValues(text);
  return values.length === 0 ? {} : { acr: { values, isEssential: false } };
}

/** Ten languages with their regions. */
const MAX_LOCALES = 100;

/** OpenID Connect Core section 3.1.2.1: no error results from languages that are not supported, nor from `display`. */
export function readLocales({ parameters }: CheckContext): Found {
  const locales = parameters.get('ui_locales');
  return locales === null || locales.length > MAX_LOCALES ? {} : { locales };
}
