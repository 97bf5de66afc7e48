import { describe, expect, it } from 'vitest';
import { ACR_VALUES, acrOf, amrAfter, factorsOf, satisfiesAcr } from '../../../src/auth-modes/index.ts';

describe('acr: how strongly a user proved who they are', () => {
  it.each([
    [[], '1fa'],
    [['pwd'], '1fa'],
    [['otp'], '1fa'],
    [['pop', 'pin'], '1fa'],
    [['pwd', 'otp', 'mfa'], '2fa'],
    [['hwk'], 'phr'],
    [['pwd', 'swk', 'mfa'], 'phr'],
  ])('of the methods %j is %s', (amr, acr) => {
    expect(acrOf(amr)).toBe(acr);
  });

  it('needs two factors from the second value on, and one for a value that is not known', () => {
    expect(ACR_VALUES.map(factorsOf)).toEqual([1, 2, 2]);
    expect(factorsOf('urn:other')).toBe(1);
  });

  it('is satisfied by itself and by stronger ones, never by weaker or unknown ones', () => {
    for (const [place, wanted] of ACR_VALUES.entries())
      expect(ACR_VALUES.map((held) => satisfiesAcr(held, wanted))).toEqual(ACR_VALUES.map((_, at) => at >= place));
    expect(satisfiesAcr(null, '1fa')).toBe(false);
    expect(satisfiesAcr('urn:other', '1fa')).toBe(false);
    expect(satisfiesAcr('2fa', 'urn:other')).toBe(false);
    expect(satisfiesAcr('urn:other', 'urn:other')).toBe(true);
  });

  it('is that of several factors after a method of another kind, and not after the same one again', () => {
    expect(amrAfter(['pwd'], ['otp'])).toEqual(['pwd', 'otp', 'mfa']);
    expect(amrAfter(['pwd'], ['pwd'])).toEqual(['pwd']);
    expect(amrAfter(['pwd', 'otp', 'mfa'], ['pwd'])).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('counts a PIN as a part of the image that it belongs to', () => {
    expect(amrAfter(['pop', 'pin'], ['pop', 'pin'])).toEqual(['pop', 'pin']);
    expect(amrAfter(['pop', 'pin'], ['otp'])).toEqual(['pop', 'pin', 'otp', 'mfa']);
  });
});
