import { createHash, createPrivateKey } from 'node:crypto';
import { compactDecrypt, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { challengeText, newChallenge } from '../../../../src/auth-modes/image-proof/challenge.ts';
import { readCipherKey } from '../../../../src/auth-modes/image-proof/cipher-key.ts';
import { fakeCommitmentOf, saltOf } from '../../../../src/auth-modes/image-proof/derivations.ts';
import { foldedName } from '../../../../src/auth-modes/image-proof/encoding.ts';
import { openEnvelope, sealEnvelope } from '../../../../src/auth-modes/image-proof/envelope.ts';
import { readMessage } from '../../../../src/auth-modes/image-proof/payload.ts';
import { verifyProof } from '../../../../src/auth-modes/image-proof/proof.ts';
import { loadRistretto255, type Ristretto255 } from '../../../../src/auth-modes/image-proof/ristretto.ts';
import {
  bindHash,
  hashTranscript,
  proofActs,
  transcriptOf,
} from '../../../../src/auth-modes/image-proof/transcript.ts';
import { Decrypter } from '../../../../src/crypto/signing/decrypter.ts';
import { deriveParts, prove } from '../../../support/image-proof.ts';
import * as vector from './vectors.ts';

const { CHALLENGE, IDENTITY, PROOFS } = vector;
const ACTS = {
  authenticate: proofActs.authenticate(vector.REQUEST_ID),
  register: proofActs.register(vector.EMAIL, vector.REQUEST_ID),
};
const contextOf = (purpose: keyof typeof ACTS) => ({
  identity: IDENTITY,
  act: ACTS[purpose],
  audience: vector.AUDIENCE,
  challenge: CHALLENGE,
});
const PURPOSES = ['authenticate', 'register'] as const;
const sha256Hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the test vectors of image proofs', () => {
  let group: Ristretto255;
  const decrypter = new Decrypter(
    vector.SERVER_KID,
    createPrivateKey({ key: { ...vector.SERVER_KEY }, format: 'jwk' }),
  );
  beforeAll(async () => {
    group = await loadRistretto255();
  });

  it('hold for the name and its salt', () => {
    expect(foldedName(vector.USERNAME)).toBe(IDENTITY.username);
    expect(hexOf(saltOf(vector.SALT_KEY, IDENTITY))).toBe(hexOf(vector.SALT));
  });

  it('hold for the secret of an image with a PIN', async () => {
    const parts = await deriveParts(vector.IMAGE, 'PIN:271828', vector.SALT, IDENTITY);
    expect(hexOf(parts.img)).toBe(hexOf(vector.IMG));
    expect(parts.password).toHaveLength(98);
    expect(hexOf(parts.tag)).toBe(hexOf(vector.TAG));
    expect(hexOf(parts.x)).toBe(hexOf(vector.X));
    expect(hexOf(parts.commitment)).toBe(hexOf(vector.Y));
  });

  it.each(vector.OTHER_SECRETS)('hold for the secret of an image with $factor', async ({ factor, x, Y }) => {
    const parts = await deriveParts(vector.IMAGE, factor, vector.SALT, IDENTITY);
    expect(hexOf(parts.x)).toBe(x);
    expect(hexOf(parts.commitment)).toBe(Y);
  });

  it('hold for the commitment of a name that nobody has', () => {
    expect(hexOf(fakeCommitmentOf(group, vector.FAKE_KEY, vector.UNKNOWN))).toBe(hexOf(vector.FAKE_Y));
  });

  it('hold for the key of a client', () => {
    expect(hexOf(readCipherKey(vector.CIPHER_KEY)!.thumbprint)).toBe(hexOf(vector.THUMBPRINT));
  });

  it.each(PURPOSES)('hold for the proof to %s', (purpose) => {
    const expected = PROOFS[purpose];
    const context = contextOf(purpose);
    expect(hexOf(bindHash(context.act))).toBe(hexOf(expected.bind));
    const proof = prove({ x: vector.X, commitment: vector.Y }, context, expected.v);
    expect(hexOf(proof.nonceCommitment)).toBe(hexOf(expected.V));
    expect(proof.transcript).toHaveLength(expected.length);
    expect(sha256Hex(proof.transcript)).toBe(expected.sha256);
    expect(hexOf(proof.challenge)).toBe(hexOf(expected.c));
    expect(hexOf(proof.answer)).toBe(hexOf(expected.r));
  });

  it('hold for the whole transcript and its scalar', () => {
    const transcript = transcriptOf(contextOf('authenticate'), vector.Y, PROOFS.authenticate.V);
    expect(hexOf(transcript)).toBe(hexOf(vector.AUTHENTICATE_TRANSCRIPT));
    expect(hexOf(group.reduce(hashTranscript(transcript)))).toBe(hexOf(PROOFS.authenticate.c));
  });

  it.each(PURPOSES)('verify to %s, and for nothing else', (purpose) => {
    const proof = { nonceCommitment: PROOFS[purpose].V, answer: PROOFS[purpose].r };
    const other = purpose === 'register' ? 'authenticate' : 'register';
    expect(verifyProof(group, vector.Y, proof, contextOf(purpose))).toBe(true);
    expect(verifyProof(group, vector.Y, proof, contextOf(other))).toBe(false);
  });

  it('hold for the plaintext of a challenge', async () => {
    const key = readCipherKey(vector.CIPHER_KEY)!;
    const owner = { username: IDENTITY.username, requestId: vector.REQUEST_ID, session: null };
    const made = newChallenge(owner, key);
    const challenge = { id: vector.CHALLENGE_ID, record: { ...made.record, nonce: vector.CHALLENGE_NONCE } };
    const { x, y } = vector.SERVER_KEY;
    const told = { salt: vector.SALT, issuedAt: vector.ISSUED_AT, key: { kid: vector.SERVER_KID, x, y } };
    const text = challengeText(challenge, told);
    expect(text).toBe(vector.CHALLENGE_TEXT);
    const privateKey = await importJWK({ ...vector.CLIENT_KEY }, 'ECDH-ES');
    for (const jwe of [vector.CHALLENGE_JWE, await sealEnvelope('sv-zkp-challenge', text, key)]) {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey);
      expect(Buffer.from(plaintext).toString()).toBe(vector.CHALLENGE_TEXT);
      const kid = vector.THUMBPRINT.toString('base64url');
      expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'sv-zkp-challenge', kid });
      expect(Object.keys(protectedHeader)).toHaveLength(5);
    }
  });

  it('open as messages to the service', async () => {
    const response = await openEnvelope(decrypter, 'sv-zkp-response', vector.RESPONSE_JWE);
    expect(response!.toString()).toBe(vector.RESPONSE_TEXT);
    expect(readMessage(response!, 'authenticate')).toEqual({
      challengeId: vector.CHALLENGE_ID,
      commitment: null,
      proof: { nonceCommitment: PROOFS.authenticate.V, answer: PROOFS.authenticate.r },
      former: null,
    });
    const commitment = await openEnvelope(decrypter, 'sv-zkp-commitment', vector.COMMITMENT_JWE);
    expect(readMessage(commitment!, 'register')).toEqual({
      challengeId: vector.CHALLENGE_ID,
      commitment: vector.Y,
      proof: { nonceCommitment: PROOFS.register.V, answer: PROOFS.register.r },
      former: null,
    });
  });
});
