import type { SignInFlow } from '../sign-in.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';

/** A name and a password as typed. */
export interface TypedPassword {
  readonly identifier: string;
  readonly password: string;
  /** Whether the browser stays signed in after it is closed, where the tenant offers that. */
  readonly isRemembered?: boolean | null | undefined;
}

/** Longest name that is kept for the next try. No account has a longer one. */
const MAX_KEPT = 320;

/**
 * Proves the first factor by a password. A name is ignored where the account is fixed.
 * @throws SIGN_IN_REFUSED, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE
 */
export async function provePassword(
  signIn: Pick<SignInFlow, 'verifyPassword'>,
  open: OpenInteraction,
  { identifier: typed, password, isRemembered }: TypedPassword,
  now: Date,
): Promise<Advance> {
  const { tenant, demands, device, session, actor } = open;
  const identifier = demands.userId ?? typed;
  const deviceId = device.isKnown ? device.id : null;
  const { origin } = actor;
  const { factors, isStrict } = demands;
  const { user, amr } = await signIn.verifyPassword({
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
  const account = {
    userId: user.id,
    proofVersion: user.proofVersion,
    amr,
    provedAt: now.toISOString(),
    sessionId: session?.userId === user.id ? session.id : null,
    isProvedNow: true,
  };
  return (state) => ({
    ...state,
    account,
    identifier: identifier.slice(0, MAX_KEPT),
    isRemembered: tenant.settings.rememberMe && isRemembered === true,
  });
}
