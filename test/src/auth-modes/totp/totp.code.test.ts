import { describe, expect, it } from 'vitest';
import {
  newTotpSecret,
  type OtpShape,
  readTotpSecret,
  stepOfCode,
  totpUri,
  USUAL_SHAPE,
} from '../../../../src/auth-modes/totp/totp.code.ts';
import { totpCode } from '../../../support/totp.ts';

const at = (seconds: number): Date => new Date(seconds * 1000);

describe('codes (RFC 6238)', () => {
  /** Appendix B, the SHA-1 rows; the last six of the eight digits printed there. */
  const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const VECTORS = [
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [1_111_111_111, '050471', 37_037_037],
    [1_234_567_890, '005924', 41_152_263],
    [2_000_000_000, '279037', 66_666_666],
    [20_000_000_000, '353130', 666_666_666],
  ] as const;

  it.each(VECTORS)('are those of appendix B at %i', (time, code, step) => {
    expect(totpCode(SECRET, at(time))).toBe(code);
    expect(stepOfCode(SECRET, code, { now: at(time) })).toBe(step);
  });

  it('are taken one step early and one step late, not two (section 5.2, check 45)', () => {
    const code = totpCode(SECRET, at(1_000_000_020));
    const step = stepOfCode(SECRET, code, { now: at(1_000_000_020) })!;
    expect([-30, 0, 30].map((late) => stepOfCode(SECRET, code, { now: at(step * 30 + late) }))).toEqual([
      step,
      step,
      step,
    ]);
    expect([-31, 60].map((late) => stepOfCode(SECRET, code, { now: at(step * 30 + late) }))).toEqual([null, null]);
  });

  it('of used up steps are refused, also by a clock that was set back', () => {
    const now = at(1_000_000_020);
    const code = totpCode(SECRET, now);
    const step = stepOfCode(SECRET, code, { now })!;
    expect(stepOfCode(SECRET, code, { now, afterStep: step - 1 })).toBe(step);
    expect(stepOfCode(SECRET, code, { now, afterStep: step })).toBeNull();
    expect(stepOfCode(SECRET, code, { now, afterStep: step + 1000 })).toBeNull();
  });

  it('have six digits; blanks in them are how apps show them, and what copying adds', () => {
    const now = at(59);
    for (const code of ['287 082', ' 287082', '287082\n', '\u200b287\u00a0082\ufeff']) {
      expect(stepOfCode(SECRET, code, { now })).toBe(1);
    }
    for (const code of [
      '',
      '28708',
      '2870820',
      '28708a',
      '٢٨٧٠٨٢',
      '-87082',
      `${' '.repeat(59)}287082`,
      '2'.repeat(100_000),
    ]) {
      expect(stepOfCode(SECRET, code, { now })).toBeNull();
    }
  });
});

describe('codes of other shapes', () => {
  it.each([
    ['SHA256', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA', '46119246', '68084774'],
    [
      'SHA512',
      'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
      '90693936',
      '25091201',
    ],
  ] as const)('are those of RFC 6238 appendix B for %s', (algorithm, secret, first, second) => {
    const shape: OtpShape = { type: 'totp', algorithm, digits: 8, periodSeconds: 30 };
    expect(stepOfCode(secret, first, { now: at(59), shape })).toBe(1);
    expect(stepOfCode(secret, second, { now: at(1_111_111_109), shape })).toBe(37_037_036);
    expect(stepOfCode(secret, first.slice(2), { now: at(59), shape })).toBeNull();
    expect(stepOfCode(secret, first, { now: at(59), shape: { ...shape, algorithm: 'SHA1' } })).toBeNull();
  });

  it('of a period are found within as many periods as are looked at', () => {
    const shape: OtpShape = { type: 'totp', algorithm: 'SHA1', digits: 6, periodSeconds: 60 };
    const find = (now: number, lookAhead: number) =>
      stepOfCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', '287082', { now: at(now), shape, lookAhead });
    expect([find(60, 0), find(119, 0), find(120, 0), find(120, 1), find(180, 1), find(180, 2)]).toEqual([
      1,
      1,
      null,
      1,
      null,
      1,
    ]);
  });

  it('of a counter are those of RFC 4226 appendix D, after the last one that was used', () => {
    const shape: OtpShape = { ...USUAL_SHAPE, type: 'hotp' };
    const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
    const find = (code: string, afterStep: number, lookAhead: number) =>
      stepOfCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', code, { now: at(0), afterStep, shape, lookAhead });
    expect(codes.map((code, counter) => find(code, counter - 1, 0))).toEqual(codes.map((_, counter) => counter));
    expect(find(codes[4]!, 2, 1)).toBe(4);
    expect(find(codes[5]!, 2, 1)).toBeNull();
    expect(find(codes[2]!, 2, 9)).toBeNull();
  });
});

describe('secrets of code apps', () => {
  it('are fresh, of 160 bits, 32 base32 characters (check 32)', () => {
    const secrets = new Set(Array.from({ length: 50 }, newTotpSecret));
    expect(secrets.size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('are read in any case, with blanks and padding, in one spelling', () => {
    const secret = 'JBSWY3DPEHPK3PXPAA';
    for (const typed of [secret, secret.toLowerCase(), 'jbsw y3dp ehpk 3pxp aa', `${secret}======`]) {
      expect(readTotpSecret(typed)).toBe(secret);
    }
    expect(readTotpSecret('JBSWY3DPEHPK3PXP')).toBe('JBSWY3DPEHPK3PXP');
  });

  it('are refused when they are not base32, too short or too long', () => {
    const bad = [
      '',
      'A',
      'JBSWY3DP',
      'JBSWY3DPEHPK3PX1',
      'JBSWY3DP-EHPK3PXP',
      'JBSWY3DPEHPK3PXPA',
      '=',
      '\0'.repeat(16),
    ];
    for (const typed of [...bad, '\ud800'.repeat(16), 'A'.repeat(104), 'A'.repeat(100_000)]) {
      expect(readTotpSecret(typed)).toBeNull();
    }
    expect(readTotpSecret('A'.repeat(103))).toHaveLength(103);
  });
});

describe('the address in the QR image', () => {
  it('names issuer, login, secret and shape', () => {
    expect(totpUri('JBSWY3DPEHPK3PXP', { issuer: 'Example Ltd', login: 'anna@example.com' })).toBe(
      'otpauth://totp/Example%20Ltd:anna%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example%20Ltd&digits=6&period=30&algorithm=SHA1',
    );
  });

  it('has the first counter in place of a period where codes are counted', () => {
    const shape: OtpShape = { type: 'hotp', algorithm: 'SHA256', digits: 8, periodSeconds: 30 };
    expect(totpUri('JBSWY3DPEHPK3PXP', { issuer: 'A', login: 'b', shape, counter: 7 })).toBe(
      'otpauth://hotp/A:b?secret=JBSWY3DPEHPK3PXP&issuer=A&digits=8&counter=7&algorithm=SHA256',
    );
  });

  it('keeps names from leaving their place, and short enough for an image', () => {
    const uri = new URL(
      totpUri('JBSWY3DPEHPK3PXP', { issuer: 'A:B&digits=8', login: `x?secret=AAAA#/${'😀'.repeat(255)}` }),
    );
    expect(uri.searchParams.get('secret')).toBe('JBSWY3DPEHPK3PXP');
    expect(uri.searchParams.get('digits')).toBe('6');
    expect(uri.searchParams.get('issuer')).toBe('A B&digits=8');
    expect(uri.href.length).toBeLessThan(2953);
  });
});
