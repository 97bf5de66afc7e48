import type { SigningKey } from './signing-key.entity.ts';

/**
 * `next`: published, so that those who verify know it before it signs. `active`: signs. `retired`: signs no more, published
 * until the last token it signed has ended.
 */
export type SigningKeyStatus = 'next' | 'active' | 'retired';

/**
 * What a key is at a moment. Stored are the moments alone: each node reads the clock, and so all of them go over to the next
 * key together, without being told and without a job that might not run.
 */
export function statusOf(
  { activeFrom, retiredAt }: Pick<SigningKey, 'activeFrom' | 'retiredAt'>,
  now: Date,
): SigningKeyStatus {
  if (activeFrom > now) return 'next';
  return retiredAt != null && retiredAt <= now ? 'retired' : 'active';
}
