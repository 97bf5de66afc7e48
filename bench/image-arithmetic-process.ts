import { createPrivateKey, type JsonWebKey, randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { verifyProof } from '../src/auth-modes/image-proof/proof.ts';
import { loadRistretto255 } from '../src/auth-modes/image-proof/ristretto.ts';
import {
  type CipherKey,
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
import { sealContext } from '../src/crypto/signing/signing-key.ts';
import { ImageOwner, ImageProofClient } from '../test/support/image-proof.ts';
import { runLoop } from './loop.ts';

/**
 * Does what a sign-in by an image must compute and nothing else, for the seconds that each message names: reads the key of a client, encrypts
 * a challenge for it, decrypts the answer and verifies its proof. Messages are encrypted and decrypted by jose or by our code.
 */
export interface ArithmeticCommand {
  readonly by: 'jose' | 'ours';
}

const TENANT = 'demo';
const USERNAME = 'image-0';
const AUDIENCE = 'http://127.0.0.1/api/oidc/demo';
const REQUEST = 'request';
const CONTEXT = 'bench';

const group = await loadRistretto255();
const sealer = Sealer.under(randomBytes(32));
const stored = await createAgreementKey(sealer, CONTEXT, new Date());
const decrypter = openDecrypter(stored, sealer, CONTEXT);
const opened = sealer.open(stored.sealedPrivate, sealContext(CONTEXT, stored.kid)).toString();
const privateKey = createPrivateKey({ key: JSON.parse(opened) as JsonWebKey, format: 'jwk' });
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

/** Ways to encrypt a challenge for a client, and to decrypt its answer. */
const WAYS = {
  ours: {
    seal: (key: CipherKey) => sealEnvelope('sv-zkp-challenge', text, key),
    open: (jwe: string) => openEnvelope(decrypter, 'sv-zkp-response', jwe)!,
  },
  jose: {
    seal: ({ key, thumbprint }: CipherKey) =>
      new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({
          alg: 'ECDH-ES',
          enc: 'A256GCM',
          typ: 'sv-zkp-challenge',
          kid: thumbprint.toString('base64url'),
        })
        .encrypt(key),
    open: async (jwe: string) => Buffer.from((await compactDecrypt(jwe, privateKey)).plaintext),
  },
} as const satisfies Record<ArithmeticCommand['by'], object>;

async function compute({ by }: ArithmeticCommand): Promise<void> {
  const { seal, open } = WAYS[by];
  await seal(readCipherKey(client.cipherKey)!);
  const message = readMessage(await open(answer), 'authenticate')!;
  if (!verifyProof(group, owner.secret.commitment, message.proof, context)) throw new Error('The proof is not right.');
}

process.on('message', ({ seconds, ...command }: ArithmeticCommand & { readonly seconds: number }) => {
  void runLoop(seconds, 1, () => compute(command)).then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit(0));
