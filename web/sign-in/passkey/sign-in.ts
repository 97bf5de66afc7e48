import { type Answer, ask } from '../graph.ts';
import { BeginPasskeySignIn, SignInWithPasskey } from '../operations.generated.ts';
import { arePasskeysInField, type PasskeyPrompt, provePasskey, type UsedPasskey } from './ceremony.ts';

/** A sign-in for which a passkey is asked. */
export interface PasskeyRequest {
  /** Name of the tenant. */
  readonly tenant: string | null;
  /** Handle of the sign-in. */
  readonly handle: string;
  /** The name of the user; null: the passkey tells its user. */
  readonly identifier: string | null;
}

/** How long a passkey is offered with one challenge: less than the five minutes that it lives. */
const OFFER_MILLISECONDS = 240_000;

/** Has a passkey used for a sign-in. */
export async function askForPasskey(
  { tenant, handle: requestId, identifier }: PasskeyRequest,
  prompt: PasskeyPrompt = {},
): Promise<Answer<UsedPasskey>> {
  const begun = await ask(BeginPasskeySignIn, { input: { tenant, requestId, identifier } });
  return 'data' in begun ? provePasskey(begun.data.beginPasskeySignIn.options, prompt) : begun;
}

/**
 * Offers passkeys in the field of the name until one is used, with a new challenge before the last one expires.
 * @returns Null: the browser does not offer them, or does so no more.
 */
export async function offerPasskeys(request: PasskeyRequest, signal: AbortSignal): Promise<UsedPasskey | null> {
  if (!(await arePasskeysInField())) return null;
  while (!signal.aborted) {
    const time = AbortSignal.timeout(OFFER_MILLISECONDS);
    const answer = await askForPasskey(request, { isInField: true, signal: AbortSignal.any([signal, time]) });
    if ('data' in answer) return answer.data;
    if (!time.aborted) return null;
  }
  return null;
}

/** Shows a passkey that was used. @returns The ticket of the sign-in. */
export async function redeemPasskey(
  { tenant, handle: requestId, identifier }: PasskeyRequest,
  passkey: UsedPasskey,
): Promise<Answer<string>> {
  const answer = await ask(SignInWithPasskey, { input: { tenant, requestId, identifier, ...passkey } });
  return 'data' in answer ? { data: answer.data.signInWithPasskey.ticket } : answer;
}
