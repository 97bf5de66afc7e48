import { describe, expect, it } from 'vitest';
import { chooseLocale, pageLocales } from '../../../rest-compat/engine/locale.ts';
import { RestClient } from '../../support/rest.ts';

const LOCALES = ['en', 'de', 'pt-BR'];

describe('the language of a page', () => {
  const choose = async (query: string, accept?: string, locales = pageLocales([])): Promise<string> => {
    const rest = await RestClient.serve((ctx) => {
      ctx.body = chooseLocale(ctx, locales);
    });
    try {
      const headers: Record<string, string> = accept === undefined ? {} : { 'accept-language': accept };
      return (await rest.ask('GET', `/${query}`, { headers })).text;
    } finally {
      await rest.close();
    }
  };

  it('is the first of ui_locales that there is (OpenID Connect Core §3.1.2.1)', async () => {
    expect(await choose('?ui_locales=fr%20de%20en', 'en', LOCALES)).toBe('de');
    expect(await choose('?ui_locales=DE-ch+en', 'en', LOCALES)).toBe('de');
    expect(await choose('?ui_locales=pt-br', 'en', LOCALES)).toBe('pt-BR');
  });

  it('is else the best of Accept-Language, else the first', async () => {
    expect(await choose('', 'fr, en;q=0.2, de;q=0.7', LOCALES)).toBe('de');
    expect(await choose('?ui_locales=fr', 'de-AT', LOCALES)).toBe('de');
    expect(await choose('', undefined, LOCALES)).toBe('en');
    expect(await choose('', 'fr', LOCALES)).toBe('en');
    expect(await choose('', 'fr')).toBe('en');
    expect(await choose('?ui_locales=fr', 'ru-RU, en;q=0.5')).toBe('ru');
  });

  it('is one of those of the tenant that the pages have, else of all', async () => {
    expect(pageLocales(['RU_ru', 'fr', 'de-AT', 'ru'])).toEqual(['ru', 'de']);
    expect(pageLocales(['fr', '__proto__', ''])).toEqual(['en', 'de', 'ru']);
    expect(await choose('?ui_locales=en', 'en', pageLocales(['de', 'ru']))).toBe('de');
  });

  it('is the first for hostile values', async () => {
    for (const tags of ['', '%20%20', '__proto__', '%00', `${'x%20'.repeat(2000)}`, '-', 'constructor'])
      expect(await choose(`?ui_locales=${tags}`, ';;q=,,*;q=x', LOCALES)).toBe('en');
  });
});
