import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64Url, encodeBase64Url, lengthPrefixed } from '../../../web/zero-knowledge/bytes.ts';
import { assertFollowsRules, encodeFactor, type ProofFactor } from '../../../web/zero-knowledge/factor.ts';
import { assertImage, hashImage, MAX_IMAGE_BYTES } from '../../../web/zero-knowledge/image.ts';
import { deriveNonce } from '../../../web/zero-knowledge/proof.ts';
import { stretch } from '../../../web/zero-knowledge/secret.ts';
import { proofActs } from '../../../web/zero-knowledge/transcript.ts';
import { AUDIENCE, CHALLENGE, IDENTITY, X } from '../../src/auth-modes/image-proof/vectors.ts';

const pin = (digits: string): ProofFactor => ({ kind: 'pin', digits });
const pattern = (side: number, ...points: readonly number[]) => ({ kind: 'pattern', side, points }) as ProofFactor;
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
  return 'none';
};

describe('what is added to an image', () => {
  it.each([
    [pin('271828'), 'PIN:271828'],
    [pin('012'), 'PIN:012'],
    [pattern(3, 0, 1, 2, 5, 8), 'PATTERN:3:00-01-02-05-08'],
    [pattern(4, 15, 10, 5), 'PATTERN:4:15-10-05'],
    [{ kind: 'none' } as ProofFactor, 'NONE'],
  ])('has one text: %j', (factor, text) => {
    expect(encodeFactor(factor)).toBe(text);
  });

  it.each(['', '12', '1234567', '12a', '12 ', '１２３', '1234\n', '-12', '+123', '1e3'])('is no PIN: %j', (digits) => {
    expect(codeOf(() => encodeFactor(pin(digits)))).toBe('PIN_INVALID');
  });

  it.each([
    ['fewer than three points', pattern(3, 0, 1)],
    ['no points', pattern(3)],
    ['a point twice', pattern(3, 0, 1, 0)],
    ['a point beside the grid', pattern(3, 0, 1, 9)],
    ['a negative point', pattern(3, 0, 1, -1)],
    ['half a point', pattern(3, 0, 1, 1.5)],
    ['a point that is no number', pattern(3, 0, 1, '2' as unknown as number)],
    ['not a number', pattern(3, 0, 1, Number.NaN)],
    ['a grid of 2', pattern(2, 0, 1, 2)],
    ['a grid of 5', pattern(5, 0, 1, 2)],
  ])('is no pattern: %s', (_what, factor) => {
    expect(codeOf(() => encodeFactor(factor))).toBe('PATTERN_INVALID');
  });

  it('follows the rules of the tenant where a person chooses it', () => {
    const faultOf = (factor: ProofFactor, pinSize: number | null, gridSide: 3 | 4 | null) =>
      codeOf(() => assertFollowsRules(factor, { pinSize, gridSide }));
    expect(faultOf(pin('1234'), 4, 3)).toBe('none');
    expect(faultOf(pattern(4, 0, 1, 2), 4, 4)).toBe('none');
    expect(faultOf({ kind: 'none' }, null, null)).toBe('none');
    expect(faultOf(pin('12345'), 4, 3)).toBe('PIN_INVALID');
    expect(faultOf(pin('1234'), null, 3)).toBe('PIN_INVALID');
    expect(faultOf(pattern(3, 0, 1, 2), 4, 4)).toBe('PATTERN_INVALID');
    expect(faultOf(pattern(3, 0, 1, 2), 4, null)).toBe('PATTERN_INVALID');
    expect(faultOf({ kind: 'none' }, 4, null)).toBe('PIN_INVALID');
    expect(faultOf({ kind: 'none' }, null, 3)).toBe('PATTERN_INVALID');
  });
});

describe('an image', () => {
  const hashOf = (bytes: Uint8Array): string =>
    createHash('sha512').update(lengthPrefixed('sv-zkp/1/image', bytes)).digest('hex');

  it('of 20 MiB is taken, and read in pieces that give the hash of the whole', async () => {
    const bytes = new Uint8Array(MAX_IMAGE_BYTES).fill(7);
    expect(Buffer.from(await hashImage(new Blob([bytes]))).toString('hex')).toBe(hashOf(bytes));
  });

  it('of one byte is taken', async () => {
    expect(Buffer.from(await hashImage(new Blob(['x']))).toString('hex')).toBe(hashOf(Buffer.from('x')));
  });

  it('gives the same hash again, because reading it changes nothing', async () => {
    const file = new Blob(['picture']);
    expect(await hashImage(file)).toEqual(await hashImage(file));
  });

  it.each([
    ['nothing', new Blob([]), 'IMAGE_EMPTY'],
    ['more than 20 MiB', new Blob([new Uint8Array(MAX_IMAGE_BYTES + 1)]), 'IMAGE_TOO_LARGE'],
    ['a text', 'data:image/png;base64,AA==', 'IMAGE_UNREADABLE'],
    ['bytes', new Uint8Array(3), 'IMAGE_UNREADABLE'],
    ['null', null, 'IMAGE_UNREADABLE'],
    ['an object that looks like a file', { size: 1, stream: (): null => null }, 'IMAGE_UNREADABLE'],
  ])('is refused when it is %s', (_what, given, code) => {
    expect(codeOf(() => assertImage(given as Blob))).toBe(code);
  });

  it('is refused when its file cannot be read any more, or has another length than before', async () => {
    const withStream = (stream: () => unknown): Blob => Object.assign(new Blob(['picture']), { stream });
    const fails = () => new ReadableStream({ start: (controller) => controller.error(new Error('gone')) });
    await expect(hashImage(withStream(fails))).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    const shorter = withStream(() => new Blob(['pic']).stream());
    await expect(hashImage(shorter)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });
});

describe('the derivation', () => {
  it('says when the device cannot do it', async () => {
    const salt = new Uint8Array(4);
    await expect(stretch(new Uint8Array(8), salt)).rejects.toMatchObject({ code: 'DERIVATION_FAILED' });
  });

  it('has a nonce that differs with the secret, with what is proved and with the randomness', () => {
    const context = { identity: IDENTITY, act: proofActs.authenticate('a'), audience: AUDIENCE, challenge: CHALLENGE };
    const random = new Uint8Array(64);
    const nonces = [
      deriveNonce(X, context, random),
      deriveNonce(X, context, new Uint8Array(64).fill(1)),
      deriveNonce(X, { ...context, act: proofActs.authenticate('b') }, random),
      deriveNonce(X, { ...context, identity: { ...IDENTITY, tenant: 'other' } }, random),
      deriveNonce(new Uint8Array(32), context, random),
    ];
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(deriveNonce(X, context, random)).toBe(nonces[0]);
  });
});

describe('base64url', () => {
  it.each(['AA==', '+/8A', 'AA A', 'AAAA\n', 'AB', 'A', '!'])(
    'has one spelling, which is not %j (negative 5)',
    (text) => {
      expect(decodeBase64Url(text)).toBeNull();
    },
  );

  it('is read with the length that it has to have', () => {
    expect(decodeBase64Url('AAAA', 2)).toBeNull();
    expect(decodeBase64Url(encodeBase64Url(new Uint8Array([1, 2, 3])), 3)).toEqual(new Uint8Array([1, 2, 3]));
    expect(decodeBase64Url('', 0)).toEqual(new Uint8Array(0));
  });
});
