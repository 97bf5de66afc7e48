import { describe, expect, it } from 'vitest';
import { withText, withTexts } from '../../../src/tenants/index.ts';

const invalid = expect.objectContaining({ code: 'TENANT_SETTING_INVALID' });

describe('the texts of a tenant', () => {
  it('get others of a language beside those that they have', () => {
    const texts = { de: { tide: 'Flut' }, en: { tide: 'Tide' } };
    expect(withTexts(texts, 'de', { berth: 'Liegeplatz', tide: 'Ebbe' })).toEqual({
      de: { tide: 'Ebbe', berth: 'Liegeplatz' },
      en: { tide: 'Tide' },
    });
    expect(withText(texts, 'ru', 'tide', 'x')).toEqual({ ...texts, ru: { tide: 'x' } });
  });

  it.each([
    ['a language that hides others', '__proto__', { tide: 'x' }],
    ['a name that hides others', 'de', JSON.parse('{"__proto__":"x"}')],
    ['more bytes than all may have', 'de', { tide: 'x'.repeat(65_536) }],
  ])('do not get %s', (_, language, added) => {
    expect(() => withTexts({}, language, added)).toThrow(invalid);
  });
});
