import type { Caller } from '../../access/index.ts';
import type { Sealer } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { federationEvents, type ProviderRef, type ProviderTokens } from '../../federation/index.ts';
import { IdentityError, type TenantRef } from '../../kernel/index.ts';
import { withError } from './callback.ts';

/** `linked`, or the reason of the failure. */
export type LinkingOutcome = 'linked' | 'access_denied' | 'already_bound' | 'server_error';

/** What a linking keeps from its begin to its end. */
interface Begun {
  readonly provider: ProviderRef;
  readonly callback: string;
  readonly isPopup: boolean;
  /** Where the provider sends the browser, and where it comes back to after the question. */
  readonly redirectUri: string;
  /** The mark of the browser in which the linking was begun and must end; absent when it was begun in none. */
  readonly browserHash?: string;
  /** The caller of `begin`. */
  readonly actor: Pick<Caller, 'userId' | 'clientId' | 'clientUuid' | 'clientAuth' | 'sessionId'>;
}

/** A visit to the provider that is under way; the code is its `state`. */
export interface PendingVisit extends Begun {
  readonly nonce: string;
  readonly sealedVerifier: string;
}

/** An external account whose owner came back from the provider, and which is linked once a user has answered the question. */
export interface PendingQuestion extends Begun {
  readonly externalId: string;
  readonly externalName: string | null;
  /** Null when the provider is not set up to keep tokens. */
  readonly sealedTokens: string | null;
}

/** What became of a question. */
export interface EndedLinking extends Pick<Begun, 'provider' | 'callback' | 'isPopup'> {
  readonly outcome: LinkingOutcome;
}

/** The kinds of the one-time codes that keep them. */
export const VISIT = 'account-link';
export const QUESTION = 'account-link-question';
export const END = 'account-link-end';

/** Long enough for a sign-in with a second factor, at the provider and again at this service. */
export const STATE_SECONDS = 600;

const DESCRIPTIONS: Readonly<Record<Exclude<LinkingOutcome, 'linked'>, string>> = {
  access_denied: 'The account was not linked: access was denied.',
  already_bound: 'The external account is linked to another user.',
  server_error: 'The account could not be linked. Try again later.',
};

/** The callback, with `error` and `error_description` unless the account was linked. */
export const endAddress = (callback: string, outcome: LinkingOutcome): string =>
  outcome === 'linked' ? callback : withError(callback, outcome, DESCRIPTIONS[outcome]);

/** Seals the tokens of a provider until the question is answered. */
export const sealTokens = (sealer: Sealer, tokens: ProviderTokens, externalId: string): string =>
  sealer.seal(JSON.stringify(tokens), externalId);

export function openTokens(sealer: Sealer, { sealedTokens, externalId }: PendingQuestion): ProviderTokens | null {
  if (sealedTokens === null) return null;
  const stored = JSON.parse(sealer.open(sealedTokens, externalId).toString('utf8')) as ProviderTokens;
  return { ...stored, expiresAt: stored.expiresAt === null ? null : new Date(stored.expiresAt) };
}

/** Records that an account was not linked. @returns The outcome. */
export async function refuseLinking(
  events: EventLog,
  caller: Caller,
  tenant: TenantRef,
  { provider }: Pick<Begun, 'provider'>,
  outcome: LinkingOutcome,
  more: Readonly<Record<string, unknown>>,
): Promise<LinkingOutcome> {
  await events.append(caller, tenant, {
    type: federationEvents['federation_link.refused'],
    subjectId: caller.userId,
    outcome: 'failure',
    reason: outcome,
    params: { provider_type: provider.type, provider_name: provider.name, ...more },
  });
  return outcome;
}

/**
 * The caller that goes on with a linking: the user, with the client that began it and the origin of the browser. It holds no
 * permissions, because `begin` has checked them.
 */
export function continuingCaller(
  { actor }: Begun,
  tenant: TenantRef,
  caller: Caller,
  { userId, sessionId }: { readonly userId: string | null; readonly sessionId: string | null },
): Caller {
  return {
    ...caller,
    kind: userId === null ? 'anonymous' : 'user',
    tenant,
    userId,
    clientId: actor.clientId,
    clientUuid: actor.clientUuid,
    clientAuth: actor.clientAuth,
    sessionId,
  };
}

/**
 * The code of an error of this service or of the library, for the event. Never a message, which may contain data of the
 * provider.
 */
export function faultOf(error: unknown): string {
  if (error instanceof IdentityError) return error.code;
  const { code, error: providerError } = error as { code?: unknown; error?: unknown };
  if (typeof providerError === 'string') return providerError;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}
