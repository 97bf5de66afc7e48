import type { SignInFlow } from '../sign-in.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { type FirstFactorChoices, goOnWith } from './proved-account.ts';

/** A name and a password as typed. */
export interface TypedPassword extends FirstFactorChoices {
  readonly password: string;
}

/**
 * Proves the first factor by a password. A name is ignored where the account is fixed. Tries count for the name that began the sign-in, as
 * they would if it had been typed, so that they do not tell whether there is such an account.
 * @throws SIGN_IN_REFUSED, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE
 */
export async function provePassword(
  signIn: Pick<SignInFlow, 'verifyPassword'>,
  open: OpenInteraction,
  { identifier: typed, password, isRemembered }: TypedPassword,
  now: Date,
): Promise<Advance> {
  const { tenant, demands, device, actor } = open;
  const identifier = demands.userId === null ? typed : (demands.loginHint ?? demands.userId);
  const deviceId = device.isKnown ? device.id : null;
  const { origin } = actor;
  const { factors, isStrict } = demands;
  const proved = await signIn.verifyPassword({
    tenant,
    identifier,
    userId: demands.userId,
    password,
    origin,
    deviceId,
    factors,
    isStrict,
    client: actor,
  });
  return goOnWith(open, proved, now, { identifier, isRemembered });
}
