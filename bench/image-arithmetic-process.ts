import { randomBytes } from 'node:crypto';
import { verifyProof } from '../src/auth-modes/image-proof/proof.ts';
import { loadRistretto255 } from '../src/auth-modes/image-proof/ristretto.ts';
import {
  challengeText,
  newChallenge,
  openEnvelope,
  proofActs,
  provedChallenge,
  readCipherKey,
  readMessage,
  type ServiceKey,
  sealEnvelope,
} from '../src/auth-modes/index.ts';
import { createAgreementKey, openDecrypter, Sealer } from '../src/crypto/index.ts';
import { ImageOwner, ImageProofClient } from '../test/support/image-proof.ts';
import { runLoop } from './loop.ts';

const TENANT = 'demo';
const USERNAME = 'image-0';
const AUDIENCE = 'http://127.0.0.1/api/oidc/demo';
const REQUEST = 'request';
const CONTEXT = 'bench';

const group = await loadRistretto255();
const sealer = Sealer.under(randomBytes(32));
const stored = await createAgreementKey(sealer, CONTEXT, new Date());
const decrypter = openDecrypter(stored, sealer, CONTEXT);
const client = await ImageProofClient.create();
const owner = new ImageOwner(TENANT, USERNAME);

const challenge = newChallenge(
  { username: USERNAME, requestId: REQUEST, session: null },
  readCipherKey(client.cipherKey)!,
);
const text = challengeText(challenge, {
  salt: randomBytes(16),
  issuedAt: new Date(),
  key: stored.publicJwk as unknown as ServiceKey,
});
const act = proofActs.authenticate(REQUEST);
const answer = await owner.message(client, { challenge: JSON.parse(text), act, audience: AUDIENCE });
const context = {
  identity: { tenant: TENANT, username: USERNAME },
  act,
  audience: AUDIENCE,
  challenge: provedChallenge(challenge.id, challenge.record),
};

/**
 * What a sign-in by an image must compute and nothing else: reads the key of a client, encrypts a challenge for it, decrypts the answer
 * and verifies its proof.
 */
async function compute(): Promise<void> {
  await sealEnvelope('sv-zkp-challenge', text, readCipherKey(client.cipherKey)!);
  const opened = await openEnvelope(decrypter, 'sv-zkp-response', answer);
  const { proof } = readMessage(opened!, 'authenticate')!;
  if (!verifyProof(group, owner.secret.commitment, proof, context)) throw new Error('The proof is not right.');
}

process.on('message', ({ seconds }: { readonly seconds: number }) => {
  void runLoop(seconds, 1, compute).then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit(0));
