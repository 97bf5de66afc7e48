import type { SigningKey } from './signing-key.entity.ts';

/**
 * `next`: published, so that verifiers know the key before it signs. `active`: signs. `retired`: no longer signs, and is
 * published until the last token it signed has expired.
 */
export type SigningKeyStatus = 'next' | 'active' | 'retired';

/**
 * The status of a key at a moment. Only the moments are stored and each node compares them with its clock, so that all nodes
 * change to the next key together, without messages and without a job that might not run.
 */
export function statusOf(
  { activeFrom, retiredAt }: Pick<SigningKey, 'activeFrom' | 'retiredAt'>,
  now: Date,
): SigningKeyStatus {
  if (activeFrom > now) return 'next';
  return retiredAt != null && retiredAt <= now ? 'retired' : 'active';
}
