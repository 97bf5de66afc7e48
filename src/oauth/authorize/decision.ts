import { isActedFor } from '../../access/index.ts';
import { ACR_VALUES, type Acr, factorsOf, satisfiesAcr } from '../../auth-modes/index.ts';
import type { SignInDemands } from '../../flows/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { FACTORS_ALONE, showsFactor } from '../tokens/factor-methods.ts';
import { AuthorizationRefused } from './refusal.ts';
import type { AcrDemand, AuthorizationRequest } from './request.ts';
import { OFFLINE_ACCESS } from './scopes.ts';

/** What a session is judged by. */
export type SessionFacts = Pick<SessionRow, 'userId' | 'authTime' | 'acr' | 'amr'>;

/** What the user has to do before a request is granted, as far as the sign-in is concerned. */
export type SignInLack = Pick<SignInDemands, 'mustAuthenticate' | 'mustChoose' | 'factors' | 'isPhishingResistant'>;

/**
 * The classes that sign-ins of a tenant reach, from the weakest to the strongest. The strongest is reached by passkeys and security keys alone, so
 * without them discovery leaves it out and an essential demand for it fails.
 */
export const reachableAcr = ({ settings }: Pick<KnownTenant, 'settings'>): readonly Acr[] =>
  ACR_VALUES.filter((acr) => acr !== 'phr' || settings.isPasskeyEnabled);

/** What the pages ask for, so that a sign-in is of a class. For the strongest one no second factor of another kind counts. */
const demandsOf = (acr: string): Pick<SignInDemands, 'factors' | 'isPhishingResistant'> =>
  acr === 'phr' ? { factors: 1, isPhishingResistant: true } : { factors: factorsOf(acr) };

const isOtherUser = ({ subject, factor }: AuthorizationRequest, { userId }: SessionFacts): boolean =>
  [subject, factor?.userId ?? null].some((id) => id !== null && id !== userId);

const isMet = ({ values }: AcrDemand, { acr }: SessionFacts): boolean =>
  values.some((value) => satisfiesAcr(acr, value));

/** Whether the session shows the second factor that a request asks for. */
const isShown = ({ factor }: AuthorizationRequest, { amr }: SessionFacts): boolean =>
  factor === undefined || showsFactor(amr);

/** Whether the user was authenticated too long ago; with 0 seconds always (OpenID Connect Core section 3.1.2.1). */
function isTooOld({ maxAgeSeconds }: AuthorizationRequest, { authTime }: SessionFacts, now: Date): boolean {
  if (maxAgeSeconds === null) return false;
  return maxAgeSeconds === 0 || now.getTime() - authTime.getTime() > maxAgeSeconds * 1000;
}

/**
 * What the present session lacks for a request; null if nothing.
 * @param reachable The classes that sign-ins reach.
 * @throws AuthorizationRefused No sign-in reaches an essential class of authentication.
 */
export function findLack(
  request: AuthorizationRequest,
  session: SessionFacts | null,
  now: Date,
  reachable: readonly string[],
): SignInLack | null {
  const { prompts, acr } = request;
  const essential = acr?.isEssential === true ? acr : null;
  const isStrong = essential === null || (session !== null && isMet(essential, session));
  const demands = demandsOf(essential === null ? '1fa' : weakestOf(essential, reachable, isStrong));
  const mustChoose = prompts.has('select_account');
  const isGood =
    session !== null && !isOtherUser(request, session) && !isTooOld(request, session, now) && isShown(request, session);
  const mustAuthenticate = prompts.has('login') || (session !== null && !isGood);
  return isGood && isStrong && !mustAuthenticate && !mustChoose ? null : { mustAuthenticate, mustChoose, ...demands };
}

/**
 * What a request for a second factor alone demands of the pages: its user, two factors, or one that is enough by itself, and that the
 * address is confirmed by which it names a new user. An essential class that takes two is not reached by one. An account that has one that
 * is enough shows it in any case: a password shows nothing that the application has not seen, and no other factor is set up by it.
 */
export function factorDemands(
  { factor }: AuthorizationRequest,
  { factors }: SignInLack,
): Pick<SignInDemands, 'emailToConfirm' | 'factorsAlone' | 'ownFactors' | 'userId'> &
  Partial<Pick<SignInDemands, 'factors'>> {
  if (factor === undefined) return { userId: null };
  const alone = factors === 2 ? {} : { factorsAlone: FACTORS_ALONE };
  return { userId: factor.userId, emailToConfirm: factor.email, factors: 2, ownFactors: FACTORS_ALONE, ...alone };
}

/** The weakest class that fulfils an essential demand. @throws AuthorizationRefused There is none that a sign-in reaches. */
function weakestOf({ values }: AcrDemand, reachable: readonly string[], isMetNow: boolean): string {
  const weakest = reachable.find((acr) => values.includes(acr));
  if (weakest === undefined && !isMetNow) throw unmet();
  return weakest ?? '1fa';
}

const unmet = (): AuthorizationRefused =>
  new AuthorizationRefused(
    'unmet_authentication_requirements',
    'The user was not authenticated as strongly as demanded.',
  );

/** The refusal of a request that may not show a page (`prompt=none`) and lacks a sign-in. */
export function refuseSilent(
  request: AuthorizationRequest,
  session: SessionFacts | null,
  now: Date,
): AuthorizationRefused {
  const isSignedIn = session !== null && !isOtherUser(request, session) && !isTooOld(request, session, now);
  return isSignedIn ? unmet() : new AuthorizationRefused('login_required', 'The user must sign in.');
}

/**
 * Checks the session in which the pages have ended.
 * @throws AuthorizationRefused Another user than the expected one has signed in (OpenID Connect Core section 3.1.2.1, `id_token_hint`),
 *   or not strongly enough.
 */
export function assertSignedIn(request: AuthorizationRequest, session: SessionFacts): void {
  if (isOtherUser(request, session)) throw new AuthorizationRefused('login_required', 'Another user has signed in.');
  if (request.acr?.isEssential === true && !isMet(request.acr, session)) throw unmet();
}

/**
 * Checks what an administrator who acts as a user asks for: nothing that lasts beyond the session, and no consent in the name of the user.
 * @throws AuthorizationRefused
 */
export function assertOwnDecision(
  { isOffline }: AuthorizationRequest,
  needsConsent: boolean,
  session: SessionFacts,
): void {
  if (isActedFor(session.authTime) && (isOffline || needsConsent))
    throw new AuthorizationRefused('access_denied', 'Only the user can allow this.');
}

/**
 * The factors that a wish of the application needs and the session does not have; null: none, or nothing can be done. A wish for the
 * strongest class leads to any second factor, because a user who cannot show a passkey must be able to go on.
 * @param reachable The classes that sign-ins reach.
 */
export function findWishedFactors(
  { acr }: AuthorizationRequest,
  session: SessionFacts,
  reachable: readonly string[],
): 2 | null {
  const wished = acr?.values.find((value) => reachable.includes(value));
  return wished !== undefined && factorsOf(wished) > factorsOf(session.acr ?? '1fa') ? 2 : null;
}

/**
 * The class that the tokens state: that of the session, or the one of the demand that it fulfils (OpenID Connect Core section
 * 5.5.1.1 wants one of the values that were asked for).
 */
export function statedAcr({ acr }: AuthorizationRequest, session: SessionFacts): string | null {
  if (acr === null || session.acr === null || acr.values.includes(session.acr)) return session.acr;
  return acr.values.find((value) => satisfiesAcr(session.acr, value)) ?? session.acr;
}

/** What the user is asked to allow; null: nothing, because the operator trusts the application. */
export function consentDemand({ client, prompts, scopes, isOffline }: AuthorizationRequest): SignInDemands['consent'] {
  const isForced = prompts.has('consent');
  if (client.metadata.consent === 'trusted' && !isForced) return null;
  return { scopes: isOffline ? [...new Set([...scopes, OFFLINE_ACCESS])] : scopes, isForced };
}
