import type { ClientRecord } from '../../clients/index.ts';
import { isMailbox } from '../../delivery/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { Issuer } from '../issuers/issuers.ts';
import { asksForFactor } from '../tokens/scopes.ts';
import type { CheckContext, Found } from './client.checks.ts';
import { AuthorizationRefused } from './refusal.ts';
import type { AuthorizationDraft, AuthorizationRequest } from './request.ts';

type FactorIssuer = Pick<Issuer, 'factorScopes'>;

/**
 * Checks what goes together: users of some tenants prove a second factor alone, at every issuer, so that issuers without these scopes take
 * no request there; and a new user can be asked for nothing else. A public client cannot ask for one, because anybody could send requests
 * in its name and attach an account.
 * @throws AuthorizationRefused
 */
export function assertFactorScopes(
  { factorScopes }: FactorIssuer,
  { settings }: Pick<KnownTenant, 'settings'>,
  { client }: ClientRecord,
  scopes: readonly string[],
): void {
  const isAsked = factorScopes !== null && scopes.includes(factorScopes.factor);
  if (settings.isSecondFactorOnly && !isAsked) throw scopeRefused('Users of this tenant prove a second factor alone.');
  if (factorScopes === null || !scopes.includes(factorScopes.newUser)) return;
  if (!isAsked) throw scopeRefused('A new user is asked for a second factor alone.');
  if (client.type === 'public') throw scopeRefused('A public client may not ask for a new user.');
}

/**
 * Checks a client again after the pages. Without the scopes of a second factor the request would be one for a sign-in.
 * @throws AuthorizationRefused It has lost one of them, or became public.
 */
export function recheckFactorScopes(
  issuer: FactorIssuer,
  tenant: Pick<KnownTenant, 'settings'>,
  { client, scopes: asked }: Pick<AuthorizationRequest, 'client' | 'scopes'>,
  kept: readonly string[],
): void {
  const names = Object.values(issuer.factorScopes ?? {});
  if (names.some((name) => asked.includes(name) && !kept.includes(name)))
    throw scopeRefused('The client may not ask for a second factor any more.');
  assertFactorScopes(issuer, tenant, client, kept);
}

const scopeRefused = (why: string): AuthorizationRefused => new AuthorizationRefused('invalid_scope', why);

/**
 * Reads whose second factor is asked for. The user proves it anew, also where one is signed in. A name that no account has is answered with the
 * same pages, which nobody can finish, so that a request does not tell whether there is such an account.
 */
export async function checkFactor(context: CheckContext, draft: AuthorizationDraft): Promise<Found> {
  const { issuer, parameters } = context;
  if (!asksForFactor(issuer, draft.scopes)) return {};
  const isOfNewUser = draft.scopes.includes(issuer.factorScopes!.newUser);
  const email = isOfNewUser ? parameters.get('email_hint') : null;
  if (email !== null && !isMailbox(email))
    throw new AuthorizationRefused('invalid_request', 'email_hint is not an e-mail address.');
  const { loginHint } = draft;
  if (loginHint === null && email === null)
    throw new AuthorizationRefused('invalid_request', 'The request names no user by a hint.');
  const userId = isOfNewUser ? null : await namedUser(context, draft);
  return { factor: { isOfNewUser, email, userId }, maxAgeSeconds: 0 };
}

/**
 * The user whom `login_hint` names. Only an ID token that names another one is refused here. Anybody can write the claim `sub`, and its
 * refusal would tell which account a name belongs to, so it is compared in the end, as other requests compare it.
 * @throws AuthorizationRefused
 */
async function namedUser(
  { findNamed, parameters }: CheckContext,
  { loginHint, subject }: AuthorizationDraft,
): Promise<string> {
  const named = await findNamed(loginHint!);
  const isSigned = parameters.get('id_token_hint') !== null;
  if (isSigned && subject !== named)
    throw new AuthorizationRefused('invalid_request', 'login_hint and id_token_hint name different users.');
  return named;
}
