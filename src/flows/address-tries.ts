import { addressKey } from '../auth-modes/index.ts';
import type { EventActor } from '../events/index.ts';
import { addSeconds, type Clock, kernelErrors, type TenantRef } from '../kernel/index.ts';
import type { OneTimeCodeStore } from '../sessions/index.ts';

/** What counts accounts that somebody tries to make, in whatever way. */
export const REGISTRATION_TRY = 'registration';

export interface AddressTriesDeps {
  readonly codes: Pick<OneTimeCodeStore, 'putWithin'>;
  readonly clock: Clock;
}

const WINDOW_SECONDS = 3600;
/**
 * Tries of one address in a tenant within that time, refused ones included: an attacker finds out about 100 names or sends 100 mails,
 * and people of an office behind one address can still go on.
 */
const MAX_OF_ADDRESS = 100;
/** What an address waits that has tried too often. */
const RETRY_SECONDS = 600;

/**
 * Counts a try of somebody who is not proved yet, before anything is looked up, so that refused and simultaneous ones are counted too.
 * @param kind What is tried. Each kind is counted apart.
 * @throws TOO_MANY_REQUESTS The address has tried too often.
 */
export async function countTryOfAddress(
  { codes, clock }: AddressTriesDeps,
  { tenant, actor }: { readonly tenant: TenantRef; readonly actor: Pick<EventActor, 'origin'> },
  kind: string,
): Promise<void> {
  const expiresAt = addSeconds(clock.now(), WINDOW_SECONDS);
  const bucket = { key: addressKey(actor.origin.peerIp), count: MAX_OF_ADDRESS };
  if ((await codes.putWithin(tenant, { kind, expiresAt }, bucket)) !== null) return;
  throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: RETRY_SECONDS });
}
