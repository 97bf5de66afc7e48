import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 1 });
const PATH = '/auth/realms/acme/v4_realm/appsettings';
const UPDATED = [200, answer('Tenant settings updated successfully')];
const MISSING = [400, answer('Mandatory data is missing', 'BAD_REQUEST')];
const FORBIDDEN = { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') };

describe('KOBIL: settings of apps', () => {
  const kobil = kobilOfSuite();
  let token: string;
  beforeAll(() => {
    token = kobil.token(kobil.acme, 'tenant:read', 'setting:write');
  });
  const ask = (method: string, body?: unknown, path = PATH) => kobil.ask(method, path, { token, body });
  const shown = (data: object) => [200, { ...answer('Tenant setting(s) fetched successfully'), data }];
  beforeEach(async () => {
    const { extra } = (await kobil.world.services.tenants.find(kobil.acme.id))!;
    await kobil.world.services.tenants.updateExtra(kobil.world.system(kobil.acme), {
      remove: Object.keys(extra ?? {}),
    });
  });

  it('53 stores texts, and numbers and booleans as their text; unknown members are ignored', async () => {
    const sent = {
      flutter_ios_version: '7.31.2',
      flutter_ios_build_number: '0412',
      macos_build_number: 58,
      windows_build_number: '58-rc',
      huawei_version: 3.5,
      huawei_link: true,
      windows_update_by: '14.02.2031 06:30',
      unheard_of: { a: 1 },
    };
    expect(await ask('PUT', sent)).toEqual(UPDATED);
    expect(await ask('GET')).toEqual(
      shown({
        flutter_ios_version: '7.31.2',
        flutter_ios_build_number: 412,
        macos_build_number: 58,
        windows_build_number: '58-rc',
        huawei_version: '3.5',
        huawei_link: 'true',
        windows_update_by: '14.02.2031 06:30',
      }),
    );
    const { extra } = (await kobil.world.services.tenants.find(kobil.acme.id))!;
    expect(extra).toMatchObject({ flutter_ios_build_number: '0412', macos_build_number: '58', huawei_version: '3.5' });
    expect(extra).not.toHaveProperty('unheard_of');
  });

  it('53 leaves what is not sent, and removes what is null or empty, whether or not it is there', async () => {
    await ask('PUT', { macos_link: 'https://apps.example/mac', macos_version: '1.8', windows_version: '2.0' });
    expect(await ask('PUT', { macos_link: '', windows_version: null, flutter_ios_link: null })).toEqual(UPDATED);
    expect(await ask('PUT', {})).toEqual(UPDATED);
    expect(await ask('GET')).toEqual(shown({ macos_version: '1.8' }));
  });

  it('53 refuses what is no object, and a member that is no plain value; nothing changes then', async () => {
    for (const body of [[], undefined, { macos_version: '9', macos_link: ['x'] }, { macos_link: { a: 1 } }])
      expect(await ask('PUT', body)).toEqual(MISSING);
    expect(await ask('PUT', { macos_link: 'x'.repeat(65_537) })).toEqual(MISSING);
    expect(await ask('PUT', { macos_link: 'a\u0000' })).toEqual(MISSING);
    expect(await ask('GET')).toEqual(shown({}));
  });

  it('53 writes one event with the names, and none when nothing changes', async () => {
    const before = (await kobil.world.events(kobil.acme)).length;
    await ask('PUT', { macos_version: '4', macos_update_by: '2031-02-14' });
    await ask('PUT', { macos_version: '4' });
    const events = (await kobil.world.events(kobil.acme)).slice(before);
    expect(events.map(({ type, params }) => [type, params])).toEqual([
      ['setting.changed', { changed: ['extra'], extra: ['macos_update_by', 'macos_version'] }],
    ]);
  });

  it('54 shows build numbers as numbers only where no digit is lost', async () => {
    await ask('PUT', { macos_build_number: '90071992547409931', windows_build_number: '-3' });
    expect(await ask('GET')).toEqual(shown({ macos_build_number: '90071992547409931', windows_build_number: '-3' }));
  });

  it('54 by POST shows the settings of a list, or all', async () => {
    await ask('PUT', { macos_version: '1.8', macos_build_number: '7', windows_version: '2.0' });
    expect(await ask('POST', { keys: ['macos_build_number', 'windows_link', 'displayName'] })).toEqual(
      shown({ macos_build_number: 7 }),
    );
    expect(await ask('POST', { keys: [] })).toEqual(shown({}));
    const all = shown({ macos_version: '1.8', macos_build_number: 7, windows_version: '2.0' });
    for (const body of [{}, { keys: null }, undefined]) expect(await ask('POST', body, PATH.slice(5))).toEqual(all);
    for (const body of [{ keys: 'macos_version' }, { keys: [1] }, []]) expect(await ask('POST', body)).toEqual(MISSING);
  });

  it('54 shows the settings of the tenant of the path alone', async () => {
    await ask('PUT', { macos_version: '1.8' });
    const theirs = kobil.token(kobil.master, 'tenant:read:all', 'setting:read');
    expect(await kobil.ask('GET', '/realms/master/v4_realm/appsettings', { token: theirs })).toEqual(shown({}));
    expect(await kobil.ask('GET', PATH, { token: theirs })).toEqual([403, FORBIDDEN]);
  });

  it('54 refuses callers who may read the tenant and not its settings', async () => {
    const blind = kobil.token(kobil.acme, 'tenant:read');
    for (const method of ['GET', 'POST'])
      expect(await kobil.ask(method, PATH, { token: blind })).toEqual([403, FORBIDDEN]);
  });
});
