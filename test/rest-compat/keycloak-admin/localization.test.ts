import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const UNKNOWN = [404, { error: 'Localization text not found' }];
const DONE = [204, undefined];

describe('the texts of a realm', () => {
  const realm = kobilOfSuite();
  let all: string;
  let name: string;
  let count = 0;
  beforeAll(() => {
    all = realm.token(realm.master, 'tenant:read:all', 'setting:write:all');
  });
  beforeEach(async () => {
    ({ name } = await realm.world.tenant({
      name: `Tide-${++count}`,
      template: 'realm',
      settings: { locales: ['en', 'de'] },
    }));
  });
  const ask = (method: string, path = '', body?: string, type = 'text/plain') =>
    realm.ask(method, `/admin/realms/${name}/localization${path}`, {
      token: all,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    });

  it('by the stock client: are set, listed and removed', async () => {
    const admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: name });
    admin.setAccessToken(all);
    const { realms } = admin;
    const of = { realm: name, selectedLocale: 'de' };
    expect(await realms.getRealmSpecificLocales({ realm: name })).toEqual([]);
    await realms.addLocalization({ ...of, key: 'harbour.name' }, 'Häfen & "Kai"' as never);
    expect(await realms.getRealmSpecificLocales({ realm: name })).toEqual(['de']);
    expect(await realms.getRealmLocalizationTexts(of)).toEqual({ 'harbour.name': 'Häfen & "Kai"' });
    await realms.deleteRealmLocalizationTexts({ ...of, key: 'harbour.name' });
    expect(await realms.getRealmSpecificLocales({ realm: name })).toEqual([]);
  });

  it('have those of the default language where this is asked for', async () => {
    expect(await ask('PUT', '/en/tide', 'Tide')).toEqual(DONE);
    expect(await ask('PUT', '/en/berth', 'Berth')).toEqual(DONE);
    expect(await ask('PUT', '/de/tide', 'Flut')).toEqual(DONE);
    expect(await ask('GET')).toEqual([200, ['de', 'en']]);
    expect(await ask('GET', '/de')).toEqual([200, { tide: 'Flut' }]);
    const fallback = '?useRealmDefaultLocaleFallback=true';
    expect(await ask('GET', `/de${fallback}`)).toEqual([200, { tide: 'Flut', berth: 'Berth' }]);
    expect(await ask('GET', `/toString${fallback}`)).toEqual([200, { tide: 'Tide', berth: 'Berth' }]);
    expect(await ask('GET', '/fr')).toEqual([200, {}]);
    expect(await ask('DELETE', '/en')).toEqual(DONE);
    expect(await ask('GET', `/de${fallback}`)).toEqual([200, { tide: 'Flut' }]);
  });

  it('of mails are those of the service by other names, with the values that they have there', async () => {
    const body = 'Hi {0} {1} {2} {3} {4} {5}';
    for (const key of ['executeActionsBody', 'emailVerificationBody', 'emailTestBody', 'tide'])
      await ask('PUT', `/de/${key}`, body);
    const { settings } = (await realm.world.services.directory.byName(name))!;
    expect(settings.texts).toEqual({
      de: {
        'actions-link.text': 'Hi {link} {minutes} {app} {3} {minutes}\u00A0min {5}',
        'verification-link.text': 'Hi {link} {minutes} {app} {minutes}\u00A0min {4} {5}',
        'test-mail.text': 'Hi {app} {1} {2} {3} {4} {5}',
        tide: body,
      },
    });
    expect(await ask('GET', '/de')).toEqual([
      200,
      { executeActionsBody: body, emailVerificationBody: body, emailTestBody: body, tide: body },
    ]);
    expect(await ask('DELETE', '/de/executeActionsBody')).toEqual(DONE);
    expect(await ask('DELETE', '/de/executeActionsBody')).toEqual(UNKNOWN);
  });

  it('are refused where they are unknown, no text, or cannot be stored', async () => {
    expect(await ask('DELETE', '/de/tide')).toEqual(UNKNOWN);
    expect(await ask('DELETE', '/de')).toEqual([404, { error: 'No localization texts for locale de found.' }]);
    const wrongType = [415, { error: 'HTTP 415 Unsupported Media Type' }];
    expect(await ask('PUT', '/de/tide', '"x"', 'application/json')).toEqual(wrongType);
    for (const path of ['/1/tide', '/de/__proto__'])
      expect([path, (await ask('PUT', path, 'x'))[0]]).toEqual([path, 400]);
    expect((await ask('PUT', '/de/tide', 'x'.repeat(4_001)))[0]).toBe(400);
    expect(await ask('PUT', '/de/tide', '')).toEqual(DONE);
  });
});
