import { describe, expect, it } from 'vitest';
import { newTotpSecret, readTotpSecret, stepOfCode, totpUri } from '../../../../src/auth-modes/totp/totp.code.ts';
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
    expect(stepOfCode(SECRET, code, at(time))).toBe(step);
  });

  it('are taken one step early and one step late, not two (section 5.2, check 45)', () => {
    const code = totpCode(SECRET, at(1_000_000_020));
    const step = stepOfCode(SECRET, code, at(1_000_000_020))!;
    expect([-30, 0, 30].map((late) => stepOfCode(SECRET, code, at(step * 30 + late)))).toEqual([step, step, step]);
    expect([-31, 60].map((late) => stepOfCode(SECRET, code, at(step * 30 + late)))).toEqual([null, null]);
  });

  it('of used up steps are refused, also by a clock that was set back', () => {
    const now = at(1_000_000_020);
    const code = totpCode(SECRET, now);
    const step = stepOfCode(SECRET, code, now)!;
    expect(stepOfCode(SECRET, code, now, step - 1)).toBe(step);
    expect(stepOfCode(SECRET, code, now, step)).toBeNull();
    expect(stepOfCode(SECRET, code, now, step + 1000)).toBeNull();
  });

  it('have six digits; blanks in them are how apps show them, and what copying adds', () => {
    const now = at(59);
    for (const code of ['287 082', ' 287082', '287082\n', '\u200b287\u00a0082\ufeff']) {
      expect(stepOfCode(SECRET, code, now)).toBe(1);
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
      expect(stepOfCode(SECRET, code, now)).toBeNull();
    }
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
    expect(totpUri('JBSWY3DPEHPK3PXP', 'Example Ltd', 'anna@example.com')).toBe(
      'otpauth://totp/Example%20Ltd:anna%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example%20Ltd&digits=6&period=30&algorithm=SHA1',
    );
  });

  it('keeps names from leaving their place, and short enough for an image', () => {
    const uri = new URL(totpUri('JBSWY3DPEHPK3PXP', 'A:B&digits=8', `x?secret=AAAA#/${'😀'.repeat(255)}`));
    expect(uri.searchParams.get('secret')).toBe('JBSWY3DPEHPK3PXP');
    expect(uri.searchParams.get('digits')).toBe('6');
    expect(uri.searchParams.get('issuer')).toBe('A B&digits=8');
    expect(uri.href.length).toBeLessThan(2953);
  });
});
