import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Measures the processor time of an Ed25519 signature (RFC 8032) on the servers' processor, for each message that it receives. */

const SIGNATURES = 2_000;
/** About the length of the header and the claims of an access token. */
const MESSAGE_BYTES = 400;

const { privateKey } = generateKeyPairSync('ed25519');
const message = randomBytes(MESSAGE_BYTES);

/** Microseconds of processor time for each signature. */
function measure(count: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) sign(null, message, privateKey);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

// Warm up, so that the first measurement is as good as the others.
measure(SIGNATURES);
process.on('message', () => process.send!(measure(SIGNATURES)));
process.on('disconnect', () => process.exit(0));
