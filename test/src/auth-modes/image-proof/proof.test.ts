import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCommitment, sealCommitment } from '../../../../src/auth-modes/image-proof/commitment.ts';
import { fakeCommitmentOf, saltOf } from '../../../../src/auth-modes/image-proof/derivations.ts';
import { foldedName, lengthPrefixed } from '../../../../src/auth-modes/image-proof/encoding.ts';
import { type SchnorrProof, verifyProof } from '../../../../src/auth-modes/image-proof/proof.ts';
import { loadRistretto255, type Ristretto255 } from '../../../../src/auth-modes/image-proof/ristretto.ts';
import { type ProofContext, proofActs } from '../../../../src/auth-modes/image-proof/transcript.ts';
import { group as client, newSecret, prove } from '../../../support/image-proof.ts';
import { AUDIENCE, CHALLENGE, IDENTITY, Y } from './vectors.ts';

const CONTEXT: ProofContext = {
  identity: IDENTITY,
  act: proofActs.authenticate('req-1'),
  audience: AUDIENCE,
  challenge: CHALLENGE,
};
const one = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);

describe('a proof of a secret', () => {
  let group: Ristretto255;
  beforeAll(async () => {
    group = await loadRistretto255();
  });
  const secret = newSecret();
  const verify = (proof: SchnorrProof, context = CONTEXT, commitment = secret.commitment) =>
    verifyProof(group, commitment, proof, context);

  it('is right for its secret, and for no other one (negative 33)', () => {
    expect(verify(prove(secret, CONTEXT))).toBe(true);
    expect(verify(prove(newSecret(), CONTEXT))).toBe(false);
    expect(verify(prove(secret, CONTEXT), CONTEXT, newSecret().commitment)).toBe(false);
  });

  it('differs each time, and for two challenges (negative 39)', () => {
    const nonce = randomBytes(32);
    const other = { ...CONTEXT, challenge: { ...CHALLENGE, nonce } };
    const proofs = [prove(secret, CONTEXT), prove(secret, CONTEXT), prove(secret, other)];
    expect(new Set(proofs.map(({ nonceCommitment: V }) => Buffer.from(V).toString('hex'))).size).toBe(3);
    expect(new Set(proofs.map(({ answer }) => Buffer.from(answer).toString('hex'))).size).toBe(3);
  });

  it('is bound to all that it is about (negatives 33 and 34)', () => {
    const proof = prove(secret, CONTEXT);
    const { identity, challenge } = CONTEXT;
    const others: Partial<ProofContext>[] = [
      { identity: { ...identity, username: 'bob' } },
      { identity: { ...identity, tenant: 'globex' } },
      { identity: { tenant: 'acmea', username: identity.username.slice(1) } },
      { audience: 'https://idp.example/api/oidc/globex' },
      { act: proofActs.authenticate(null) },
      { act: proofActs.authenticate('req-2') },
      { act: proofActs.reset('req-1') },
      { challenge: { ...challenge, id: randomBytes(16) } },
      { challenge: { ...challenge, nonce: randomBytes(32) } },
      { challenge: { ...challenge, thumbprint: randomBytes(32) } },
    ];
    for (const other of others) expect(verify(proof, { ...CONTEXT, ...other })).toBe(false);
  });

  it('is bound to the values of its act (negative 34)', () => {
    const pairs = [
      [proofActs.register('a@example.com', null), proofActs.register('b@example.com', null)],
      [proofActs.register('a@example.com', null), proofActs.register('a@example.com', 'req-1')],
      [proofActs.reset('code-1'), proofActs.reset('code-2')],
      [proofActs.change('u1'), proofActs.change('u2')],
      [proofActs.changeFrom('u1', Y), proofActs.changeFrom('u1', newSecret().commitment)],
      [proofActs.changeFrom('u1', Y), proofActs.changeFrom('u2', Y)],
      [proofActs.updateEmail('u1', 'a@example.com'), proofActs.updateEmail('u1', 'b@example.com')],
      [proofActs.updateEmail('u1', 'a@example.com'), proofActs.updateEmail('u2', 'a@example.com')],
    ] as const;
    for (const [act, other] of pairs) {
      const proof = prove(secret, { ...CONTEXT, act });
      expect(verify(proof, { ...CONTEXT, act })).toBe(true);
      expect(verify(proof, { ...CONTEXT, act: other })).toBe(false);
    }
  });

  it('cannot be changed, nor moved to another user (negatives 1, 35 and 36)', () => {
    const proof = prove(secret, CONTEXT);
    const negated = client.subtract(
      client.subtract(proof.nonceCommitment, proof.nonceCommitment),
      proof.nonceCommitment,
    );
    expect(verify({ ...proof, answer: client.plus(proof.answer, one) })).toBe(false);
    expect(verify({ ...proof, nonceCommitment: negated })).toBe(false);
    expect(verify({ ...proof, nonceCommitment: Buffer.alloc(32) })).toBe(false);
    expect(verify({ ...proof, answer: Buffer.alloc(32) })).toBe(false);
    const other = newSecret();
    expect(verify(proof, CONTEXT, other.commitment)).toBe(false);
    expect(verify(prove(other, CONTEXT))).toBe(false);
  });

  it('cannot be made without the secret (negatives 37 and 38)', () => {
    // The equation holds for an answer and a challenge that are chosen first, but the challenge is a hash of V.
    const answer = client.randomScalar();
    const chosen = client.randomScalar();
    const nonceCommitment = client.add(client.base(answer), client.times(chosen, secret.commitment));
    expect(verify({ nonceCommitment, answer })).toBe(false);
    expect(verify({ nonceCommitment: client.randomElement(), answer: client.randomScalar() })).toBe(false);
  });
});

describe('what names have', () => {
  it('is a salt and a commitment for every name, stable, and different for each (negatives 40, 41 and 54)', async () => {
    const group = await loadRistretto255();
    const key = randomBytes(32);
    const names = ['alice', 'bob', 'al'].flatMap((username) =>
      ['acme', 'globex'].map((tenant) => ({ tenant, username })),
    );
    const salts = names.map((name) => saltOf(key, name).toString('hex'));
    expect(new Set(salts).size).toBe(names.length);
    expect(names.map((name) => saltOf(key, name).toString('hex'))).toEqual(salts);
    expect(saltOf(randomBytes(32), names[0]!).toString('hex')).not.toBe(salts[0]);
    const fakes = names.map((name) => fakeCommitmentOf(group, key, name));
    expect(fakes.every(group.isElement)).toBe(true);
    expect(new Set(fakes.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(names.length);
    expect(['ALICE', 'Alice', 'É'].map(foldedName)).toEqual(['alice', 'alice', 'É']);
  });

  it('is never written like what another name has', () => {
    expect(lengthPrefixed('ab', 'c')).not.toEqual(lengthPrefixed('a', 'bc'));
    expect(lengthPrefixed('é').toString('hex')).toBe('00000002c3a9');
    expect(lengthPrefixed()).toHaveLength(0);
  });
});

describe('a stored commitment', () => {
  const key = randomBytes(32);
  const owner = { tenant: 'acme', userId: 'u1' };

  it('opens for its owner under the key of the tenant', () => {
    const sealed = sealCommitment(key, owner, Y);
    expect(openCommitment(key, owner, sealed)).toEqual(Y);
    expect(sealed).not.toContain(Y.toString('base64url'));
    expect(sealCommitment(key, owner, Y)).not.toBe(sealed);
  });

  it('opens for nobody else, and under no other key', () => {
    const sealed = sealCommitment(key, owner, Y);
    expect(() => openCommitment(randomBytes(32), owner, sealed)).toThrow('does not open');
    for (const other of [
      { ...owner, tenant: 'globex' },
      { ...owner, userId: 'u2' },
      { tenant: 'acmeu', userId: '1' },
    ])
      expect(() => openCommitment(key, other, sealed)).toThrow('does not open');
  });
});
