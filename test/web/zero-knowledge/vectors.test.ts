import { createHash, createPrivateKey } from 'node:crypto';
import { type CryptoKey, compactDecrypt, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { openChallenge } from '../../../web/zero-knowledge/challenge.ts';
import { type ClientKey, toClientKey } from '../../../web/zero-knowledge/client-key.ts';
import { openEnvelope, sealEnvelope } from '../../../web/zero-knowledge/envelope.ts';
import { encodeFactor, type ProofFactor } from '../../../web/zero-knowledge/factor.ts';
import { decodeScalar, encodeScalar, reduceWide } from '../../../web/zero-knowledge/group.ts';
import { hashImage } from '../../../web/zero-knowledge/image.ts';
import { encodeMessage } from '../../../web/zero-knowledge/message.ts';
import { proveWith } from '../../../web/zero-knowledge/proof.ts';
import { deriveSecret, encodePassword, stretch, toSecret } from '../../../web/zero-knowledge/secret.ts';
import { encodeTranscript, hashAct, hashTranscript, proofActs } from '../../../web/zero-knowledge/transcript.ts';
import * as vector from '../../src/auth-modes/image-proof/vectors.ts';

const { PROOFS } = vector;
const PURPOSES = ['authenticate', 'register'] as const;
const IMAGE = new Blob([vector.IMAGE]);
/** The name as it was typed, which the library folds. */
const IDENTITY = { tenant: 'acme', username: vector.USERNAME };
const SECRET = { x: vector.X, commitment: vector.Y };
const ACTS = {
  authenticate: proofActs.authenticate(vector.REQUEST_ID),
  register: proofActs.register(vector.EMAIL, vector.REQUEST_ID),
};
const contextOf = (purpose: keyof typeof ACTS) => ({
  identity: IDENTITY,
  act: ACTS[purpose],
  audience: vector.AUDIENCE,
  challenge: vector.CHALLENGE,
});
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const proofOf = ({ V, r }: { readonly V: Buffer; readonly r: Buffer }) => ({ nonceCommitment: V, answer: r });

const FACTORS: Readonly<Record<string, ProofFactor>> = {
  'PATTERN:3:00-01-02-05-08': { kind: 'pattern', side: 3, points: [0, 1, 2, 5, 8] },
  NONE: { kind: 'none' },
};

describe('the test vectors', () => {
  let key: ClientKey;
  beforeAll(async () => {
    const privateKey = (await importJWK({ ...vector.CLIENT_KEY }, 'ECDH-ES')) as CryptoKey;
    key = toClientKey(vector.CLIENT_KEY, privateKey);
  });

  it('hold for each part of the secret of an image with a PIN', async () => {
    const img = await hashImage(IMAGE);
    expect(hexOf(img)).toBe(hexOf(vector.IMG));
    const password = encodePassword(img, encodeFactor({ kind: 'pin', digits: '271828' }));
    expect(password).toHaveLength(98);
    const tag = await stretch(password, vector.SALT);
    expect(hexOf(tag)).toBe(hexOf(vector.TAG));
    const { x, commitment } = toSecret(tag, IDENTITY);
    expect([hexOf(x), hexOf(commitment)]).toEqual([hexOf(vector.X), hexOf(vector.Y)]);
  });

  it.each(vector.OTHER_SECRETS)('hold for the secret of an image with $factor', async ({ factor, x, Y }) => {
    const chosen = FACTORS[factor]!;
    expect(encodeFactor(chosen)).toBe(factor);
    const secret = await deriveSecret({ image: IMAGE, factor: chosen, salt: vector.SALT, identity: IDENTITY });
    expect([hexOf(secret.x), hexOf(secret.commitment)]).toEqual([x, Y]);
  });

  it('hold for the key of a client', () => {
    expect(key.cipherKey).toBe(vector.CIPHER_KEY);
    expect(hexOf(key.thumbprint)).toBe(hexOf(vector.THUMBPRINT));
  });

  it.each(PURPOSES)('hold for the proof to %s', (purpose) => {
    const expected = PROOFS[purpose];
    const context = contextOf(purpose);
    expect(hexOf(hashAct(context.act))).toBe(hexOf(expected.bind));
    const proof = proveWith(decodeScalar(expected.v), SECRET, context)!;
    expect(hexOf(proof.nonceCommitment)).toBe(hexOf(expected.V));
    const transcript = encodeTranscript(context, vector.Y, proof.nonceCommitment);
    expect(transcript).toHaveLength(expected.length);
    expect(createHash('sha256').update(transcript).digest('hex')).toBe(expected.sha256);
    expect(hexOf(encodeScalar(reduceWide(hashTranscript(transcript))))).toBe(hexOf(expected.c));
    expect(hexOf(proof.answer)).toBe(hexOf(expected.r));
  });

  it('hold for the whole transcript', () => {
    const transcript = encodeTranscript(contextOf('authenticate'), vector.Y, PROOFS.authenticate.V);
    expect(hexOf(transcript)).toBe(hexOf(vector.AUTHENTICATE_TRANSCRIPT));
  });

  it('hold for a challenge that another implementation encrypted', async () => {
    expect(await openEnvelope(vector.CHALLENGE_JWE, key)).toBe(vector.CHALLENGE_TEXT);
    const answer = { challengeData: vector.CHALLENGE_JWE, version: 'sv-zkp/1' };
    const opened = await openChallenge(answer, { key, serviceKeyId: vector.SERVER_KID });
    expect(opened.id).toBe(vector.CHALLENGE_ID);
    expect(hexOf(opened.salt)).toBe(hexOf(vector.SALT));
    expect(hexOf(opened.proved.id)).toBe(hexOf(vector.CHALLENGE.id));
    expect(hexOf(opened.proved.nonce)).toBe(hexOf(vector.CHALLENGE.nonce));
    expect(hexOf(opened.proved.thumbprint)).toBe(hexOf(vector.THUMBPRINT));
    expect(opened.serviceKey.kid).toBe(vector.SERVER_KID);
  });

  it('hold for messages to the service, and for how they are encrypted', async () => {
    const head = { challengeId: vector.CHALLENGE_ID } as const;
    const response = encodeMessage({ ...head, purpose: 'authenticate', proof: proofOf(PROOFS.authenticate) });
    expect(response).toBe(vector.RESPONSE_TEXT);
    const privateKey = createPrivateKey({ key: { ...vector.SERVER_KEY }, format: 'jwk' });
    const commitment = await compactDecrypt(vector.COMMITMENT_JWE, privateKey);
    const own = { ...head, purpose: 'register', commitment: vector.Y, proof: proofOf(PROOFS.register) } as const;
    expect(encodeMessage(own)).toBe(Buffer.from(commitment.plaintext).toString());
    const { d: _, ...open } = vector.SERVER_KEY;
    const serviceKey = { key: (await importJWK(open, 'ECDH-ES')) as CryptoKey, kid: vector.SERVER_KID };
    const sealed = await compactDecrypt(await sealEnvelope('sv-zkp-response', response, serviceKey), privateKey);
    const theirs = await compactDecrypt(vector.RESPONSE_JWE, privateKey);
    expect(Buffer.from(sealed.plaintext).toString()).toBe(response);
    const { epk: _own, ...header } = sealed.protectedHeader;
    const { epk: _theirs, ...expected } = theirs.protectedHeader;
    expect(header).toEqual(expected);
  });
});
