import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  claimedIssuer,
  claimedText,
  createSigningKey,
  MasterKey,
  openSigner,
  Sealer,
  type SigningAlgorithm,
  TokenRejected,
  type VerificationKey,
  type VerifyJwtOptions,
  verificationKey,
  verifyJwt,
} from '../../../../src/crypto/index.ts';
import { generateSigningKey } from '../../../../src/crypto/signing/signing-key.ts';

const ISSUER = 'https://id.example/t/a';
const NOW = new Date('2026-11-22T12:00:00.000Z');
const SECONDS = NOW.getTime() / 1000;
const CLAIMS = { iss: ISSUER, sub: 'u1', iat: SECONDS, exp: SECONDS + 900 };

const sealer = new Sealer(MasterKey.fromText('44'.repeat(32)));
const stored = {
  EdDSA: await createSigningKey('EdDSA', sealer, 't', NOW),
  ES256: await createSigningKey('ES256', sealer, 't', NOW),
  RS256: await createSigningKey('RS256', sealer, 't', NOW),
};
const signer = openSigner(stored.EdDSA, sealer, 't');
const keys = new Map(Object.values(stored).map((key) => [key.kid, verificationKey(key.publicJwk)]));
const findKey = (kid: string): VerificationKey | undefined => keys.get(kid);

const options: VerifyJwtOptions = {
  types: ['at+jwt'],
  algorithms: ['EdDSA', 'ES256', 'RS256'],
  isIssuer: (issuer) => issuer === ISSUER,
  acceptsExpired: false,
  now: NOW,
};

const encode = (value: object | string) =>
  Buffer.from(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)).toString(
    'base64url',
  );

/** A token made by hand, with a right Ed25519 signature, whatever its header says. */
function handMade(header: object, payload: object | string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), forger.key).toString('base64url')}`;
}

/** A key whose private part the test holds; it is published like the others. */
const forger = await (async () => {
  const made = await generateSigningKey('EdDSA', NOW);
  keys.set(made.kid, verificationKey(made.publicJwk));
  return { ...made, key: createPrivateKey({ key: made.privateJwk, format: 'jwk' }) };
})();
const HEADER = { alg: 'EdDSA', kid: forger.kid, typ: 'at+jwt' };

async function rejection(token: string, changes: Partial<VerifyJwtOptions> = {}): Promise<string> {
  try {
    await verifyJwt(token, findKey, { ...options, ...changes });
  } catch (error) {
    return error instanceof TokenRejected ? error.reason : `other: ${String(error)}`;
  }
  return 'accepted';
}

describe('token verification', () => {
  it.each(['EdDSA', 'ES256', 'RS256'] as const)(
    'accepts a token of ours signed with %s',
    async (alg: SigningAlgorithm) => {
      const token = await openSigner(stored[alg], sealer, 't').sign(CLAIMS, { typ: 'at+jwt' });
      expect(await verifyJwt(token, findKey, options)).toEqual({
        header: { alg, kid: stored[alg].kid, typ: 'at+jwt' },
        payload: CLAIMS,
      });
    },
  );

  it('accepts a key that must be waited for, and typ as a media type in any case (RFC 8725 section 3.11)', async () => {
    const token = handMade({ ...HEADER, typ: 'application/AT+JWT' }, CLAIMS);
    const { payload } = await verifyJwt(token, async (kid) => findKey(kid), options);
    expect(payload.sub).toBe('u1');
  });

  it('lets the failure of a key look-up through, which is no fault of the token', async () => {
    const token = handMade(HEADER, CLAIMS);
    const failing = () => Promise.reject(new Error('database away'));
    await expect(verifyJwt(token, failing, options)).rejects.toThrow('database away');
  });

  it('puts nothing of the token into the refusal', async () => {
    const error = await verifyJwt(handMade(HEADER, { ...CLAIMS, exp: 1, sub: 'hidden' }), findKey, options).catch(
      String,
    );
    expect(error).toBe('TokenRejected: Token refused: expired.');
  });
});

describe('token verification: forged and foreign tokens (check 26)', () => {
  it('refuses alg none, with and without a signature', async () => {
    const unsigned = `${encode({ ...HEADER, alg: 'none' })}.${encode(CLAIMS)}.`;
    expect(await rejection(unsigned)).toBe('algorithm-not-allowed');
    expect(await rejection(handMade({ ...HEADER, alg: 'none' }, CLAIMS))).toBe('algorithm-not-allowed');
  });

  it('refuses HS256 keyed with a public key', async () => {
    const input = `${encode({ alg: 'HS256', kid: stored.RS256.kid, typ: 'at+jwt' })}.${encode(CLAIMS)}`;
    const pem = keys.get(stored.RS256.kid)?.key.export({ type: 'spki', format: 'pem' }) ?? '';
    const mac = createHmac('sha256', pem).update(input).digest('base64url');
    expect(await rejection(`${input}.${mac}`)).toBe('algorithm-not-allowed');
  });

  it("refuses an algorithm this place does not take, and one that is not the key's", async () => {
    expect(await rejection(handMade(HEADER, CLAIMS), { algorithms: ['RS256'] })).toBe('algorithm-not-allowed');
    expect(await rejection(handMade({ ...HEADER, alg: 'ES256' }, CLAIMS))).toBe('key-for-other-algorithm');
  });

  it.each([
    ['jwk', forger.publicJwk],
    ['jku', 'https://attacker.example/jwks'],
    ['x5u', 'https://attacker.example/cert'],
    ['x5c', ['AAAA']],
  ])('refuses a header that brings %s', async (name, value) => {
    expect(await rejection(handMade({ ...HEADER, [name]: value }, CLAIMS))).toBe('header-carries-key');
  });

  it.each([[['exp']], [['b64']], [[]], [null]])('refuses crit %j', async (crit) => {
    expect(await rejection(handMade({ ...HEADER, crit, b64: true }, CLAIMS))).toBe('critical-extension');
  });

  it.each([
    ['missing', undefined, 'key-not-named'],
    ['empty', '', 'key-not-named'],
    ['a number', 7, 'key-not-named'],
    ['unknown', 'other', 'key-unknown'],
  ])('refuses a kid that is %s', async (_fault, kid, reason) => {
    expect(await rejection(handMade({ ...HEADER, kid }, CLAIMS))).toBe(reason);
  });

  it.each(['JWT', 'logout+jwt', '', undefined, 5])(
    'refuses typ %j where an access token is wanted (check 27)',
    async (typ) => {
      expect(await rejection(handMade({ ...HEADER, typ }, CLAIMS))).toBe('type-not-allowed');
    },
  );

  it('refuses a changed payload, a changed signature and another key of the ring', async () => {
    const [header, , signature] = handMade(HEADER, CLAIMS).split('.');
    expect(await rejection(`${header}.${encode({ ...CLAIMS, sub: 'u2' })}.${signature}`)).toBe('signature-wrong');
    expect(await rejection(`${header}.${encode(CLAIMS)}.${'A'.repeat(86)}`)).toBe('signature-wrong');
    expect(await rejection(handMade({ ...HEADER, kid: stored.EdDSA.kid }, CLAIMS))).toBe('signature-wrong');
  });

  it('refuses an issuer it was not asked about', async () => {
    expect(await rejection(handMade(HEADER, { ...CLAIMS, iss: `${ISSUER}/` }))).toBe('issuer-not-allowed');
  });

  it.each([
    ['empty', ''],
    ['no token', 'bearer'],
    ['two parts', 'a.b'],
    ['a header that is no JSON', `${encode('{')}.${encode(CLAIMS)}.AAAA`],
    ['a header that is a list', `${encode([])}.${encode(CLAIMS)}.AAAA`],
    ['four parts', `${handMade(HEADER, CLAIMS)}.x`],
    ['a payload that is no JSON', handMade(HEADER, 'text')],
    ['a payload that is a list', handMade(HEADER, [])],
    ['a payload that is no UTF-8', handMade(HEADER, Buffer.from('{"iss":"\xff"}', 'latin1'))],
    ['a payload that is null', handMade(HEADER, 'null')],
  ])('refuses as malformed: %s', async (_fault, token) => {
    expect(await rejection(token)).toBe('malformed');
  });

  it('refuses an encrypted token (five parts)', async () => {
    const header = { alg: 'dir', enc: 'A256GCM', kid: forger.kid, typ: 'at+jwt' };
    expect(await rejection(`${encode(header)}..AAAA.AAAA.AAAA`)).toBe('algorithm-not-allowed');
    expect(await rejection(`${encode(HEADER)}..AAAA.AAAA.AAAA`)).toBe('malformed');
  });

  it('refuses more than 64 KiB unread', async () => {
    expect(await rejection(handMade(HEADER, { ...CLAIMS, filler: 'x'.repeat(65_536) }))).toBe('too-large');
  });
});

describe('token verification: time (check 28)', () => {
  it('accepts a token that has ended where the place takes it as a hint, and checks its other times', async () => {
    const ended = { ...CLAIMS, exp: SECONDS - 1_000_000 };
    expect(await rejection(handMade(HEADER, ended), { acceptsExpired: true })).toBe('accepted');
    const ahead = { ...ended, iat: SECONDS + 61 };
    expect(await rejection(handMade(HEADER, ahead), { acceptsExpired: true })).toBe('issued-in-future');
  });

  it.each([
    ['exp in a second', { exp: SECONDS + 1 }, 'accepted'],
    ['exp now', { exp: SECONDS }, 'expired'],
    ['exp a second ago', { exp: SECONDS - 1 }, 'expired'],
    ['iat 10 s ahead', { iat: SECONDS + 10 }, 'accepted'],
    ['iat 61 s ahead', { iat: SECONDS + 61 }, 'issued-in-future'],
    ['iat absent', { iat: undefined }, 'accepted'],
    ['nbf 10 s ahead', { nbf: SECONDS + 10 }, 'accepted'],
    ['nbf 61 s ahead', { nbf: SECONDS + 61 }, 'not-yet-valid'],
    ['nbf in the past', { nbf: SECONDS - 100 }, 'accepted'],
  ])('%s: %j is %s', async (_case, claims, outcome) => {
    expect(await rejection(handMade(HEADER, { ...CLAIMS, ...claims }))).toBe(outcome);
  });

  it.each([
    ['exp', undefined],
    ['exp', String(SECONDS + 900)],
    ['exp', null],
    ['iat', 'now'],
    ['nbf', {}],
    ['iss', undefined],
    ['iss', [ISSUER]],
  ])('refuses %s = %j as malformed', async (name, value) => {
    expect(await rejection(handMade(HEADER, { ...CLAIMS, [name]: value }))).toBe('claim-malformed');
  });

  it('refuses an exp beyond all numbers', async () => {
    const payload = `{"iss":"${ISSUER}","exp":1e999}`;
    expect(await rejection(handMade(HEADER, payload))).toBe('claim-malformed');
  });
});

describe('the issuer a token claims', () => {
  it('is read without a key', async () => {
    expect(claimedIssuer(await signer.sign(CLAIMS, { typ: 'JWT' }))).toBe(ISSUER);
  });

  it.each(['', 'opaque', 'a.b.c', `${encode('{}')}.${encode('{"iss":5}')}.x`, `a.${'A'.repeat(65_536)}.c`])(
    'is null where there is none (case %#)',
    (token) => {
      expect(claimedIssuer(token)).toBeNull();
    },
  );
});

describe('a claim of a token that is not verified', () => {
  const tokenOf = (claims: unknown) => `${encode('{"alg":"none"}')}.${encode(JSON.stringify(claims))}.`;

  it('is read where it is a text', () => {
    expect(claimedText(tokenOf({ state: 'x' }), 'state')).toBe('x');
  });

  it.each([{}, { state: 5 }, { state: ['x'] }, { state: null }])('is null where it is none: %j', (claims) => {
    expect(claimedText(tokenOf(claims), 'state')).toBeNull();
    expect(claimedText(tokenOf(claims), 'toString')).toBeNull();
  });
});
