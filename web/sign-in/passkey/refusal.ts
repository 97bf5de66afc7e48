import type { Refusal } from '../graph.ts';
import type { WebauthnKind } from '../operations.generated.ts';

/** Codes of passkeys count for security keys too, for which the page has other words. */
export function nameRefusal(kind: WebauthnKind, refusal: Refusal | null): Refusal | null {
  if (kind === 'PASSKEY' || !refusal?.code.startsWith('PASSKEY')) return refusal;
  return { ...refusal, code: refusal.code.replace('PASSKEY', 'SECURITY_KEY') };
}
