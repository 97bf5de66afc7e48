import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { runLoop } from './loop.ts';

/** Signs with RS256 (RFC 7518 section 3.3) and does nothing else, for the seconds that each message names. */

/** About the length of the header and the claims of an access token of a realm. */
const MESSAGE_BYTES = 800;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const message = randomBytes(MESSAGE_BYTES);

process.on('message', ({ seconds }: { readonly seconds: number }) => {
  void runLoop(seconds, 1, () => {
    sign('sha256', message, privateKey);
  }).then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit(0));
