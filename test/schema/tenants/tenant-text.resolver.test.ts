import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const SET = 'mutation ($input: SetTenantTextInput!) { done: setTenantText(input: $input) { texts } }';
const REMOVE = 'mutation ($input: RemoveTenantTextsInput!) { done: removeTenantTexts(input: $input) { texts } }';

describe('texts of a tenant, over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
  });
  afterAll(() => world.close());

  const ask = (text: string, input: object, scope = 'setting:write') =>
    world.graphql(world.app(tenant, scope), text, { input });
  const set = (language: string, key: string, text: string) => ask(SET, { language, key, text });
  const texts = async () => {
    const caller = world.app(tenant, 'setting:read', 'tenant:read');
    const query = 'query ($tenant: String!) { tenant(tenant: $tenant) { settings { texts } } }';
    return (await world.graphql(caller, query, { tenant: tenant.name })).data.tenant.settings.texts;
  };

  it('are set, replaced and removed one by one or by language, each with an event', async () => {
    expect(await texts()).toEqual({});
    await set('de', 'tide', 'Flut\nund Ebbe');
    await set('de', 'berth', 'Liegeplatz');
    const { data } = await set('en', 'tide', 'Tide');
    expect(data.done.texts).toEqual({ de: { tide: 'Flut\nund Ebbe', berth: 'Liegeplatz' }, en: { tide: 'Tide' } });
    await set('de', 'tide', 'Tide');
    expect((await ask(REMOVE, { language: 'de', key: 'berth' })).data.done.texts.de).toEqual({ tide: 'Tide' });
    await ask(REMOVE, { language: 'de', key: 'tide' });
    expect(await texts()).toEqual({ en: { tide: 'Tide' } });
    await ask(REMOVE, { language: 'en', key: null });
    expect(await texts()).toEqual({});
    const changes = (await world.events(tenant)).filter(({ type }) => type === 'setting.changed');
    expect(changes.map(({ params }) => params)).toEqual(Array(7).fill({ changed: ['texts'] }));
  });

  it('that are the same again have no event', async () => {
    await set('de', 'tide', 'Flut');
    await set('de', 'tide', 'Flut');
    expect((await world.events(tenant)).filter(({ type }) => type === 'setting.changed')).toHaveLength(1);
  });

  it('at the same moment are both kept', async () => {
    await Promise.all([set('de', 'tide', 'Flut'), set('de', 'berth', 'Liegeplatz'), set('en', 'tide', 'Tide')]);
    expect(await texts()).toEqual({ de: { tide: 'Flut', berth: 'Liegeplatz' }, en: { tide: 'Tide' } });
  });

  it('are refused where they cannot be stored, and are bounded', async () => {
    for (const [language, key, text] of [
      ['', 'tide', 'x'],
      ['de/../en', 'tide', 'x'],
      ['de', '', 'x'],
      ['de', '__proto__', 'x'],
      ['__proto__', 'tide', 'x'],
      ['de', 'a\u0007b', 'x'],
      ['de', 'k'.repeat(256), 'x'],
      ['de', 'tide', 'x'.repeat(4_001)],
    ] as const)
      expect([language, key, (await set(language, key, text)).code]).toEqual([language, key, 'TENANT_SETTING_INVALID']);
    for (let at = 0; at < 16; at++) await set('de', `tide ${at}`, 'x'.repeat(4_000));
    expect((await set('en', 'tide', 'x'.repeat(4_000))).code).toBe('TENANT_SETTING_INVALID');
    expect(Object.keys((await texts()).de)).toHaveLength(16);
  });

  it('are removed only where they are', async () => {
    await set('de', 'tide', 'Flut');
    for (const input of [
      { language: 'en' },
      { language: 'toString' },
      { language: 'de', key: 'berth' },
      { language: 'de', key: 'toString' },
      { language: 'en', key: 'tide' },
    ])
      expect((await ask(REMOVE, input)).code).toBe('TENANT_TEXT_NOT_FOUND');
  });

  it('take the permission to change settings', async () => {
    expect((await ask(SET, { language: 'de', key: 'tide', text: 'x' }, 'setting:read')).code).toBe('FORBIDDEN');
    expect((await ask(REMOVE, { language: 'de' }, 'setting:read')).code).toBe('FORBIDDEN');
  });
});
