import { createHmac } from 'node:crypto';
import type { ShownPasskey } from './passkey.options.ts';

/** Lengths of ids, and ways to reach an authenticator, as those of widespread authenticators are. */
const LENGTHS = [16, 20, 32] as const;
const TRANSPORTS = [['internal'], ['hybrid', 'internal']] as const;

/**
 * A passkey that nobody has, shown for a name without one, so that the answer does not tell which names have passkeys. The same name
 * always gets the same one.
 * @param key A key of the tenant.
 * @param name Folded.
 */
export function decoyPasskey(key: Uint8Array, name: string): ShownPasskey {
  const bytes = createHmac('sha512', key)
    .update(JSON.stringify(['passkey/1/decoy', name]))
    .digest();
  // The id takes the first 32 bytes at most.
  const length = LENGTHS[bytes[62]! % LENGTHS.length]!;
  return {
    type: 'public-key',
    id: bytes.subarray(0, length).toString('base64url'),
    transports: TRANSPORTS[bytes[63]! % TRANSPORTS.length]!,
  };
}
