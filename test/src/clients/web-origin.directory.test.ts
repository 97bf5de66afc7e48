import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('the directory of origins', () => {
  let world: World;
  let acme: TenantRef;
  let other: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((text) => statements.push(text)));
    acme = await world.tenant();
    other = await world.tenant();
  });
  afterAll(() => world.close());

  const listed = (tenant: TenantRef | null, origin: string) =>
    world.services.webOrigins.isListed(tenant?.id ?? null, origin);
  const update = (id: string, input: Parameters<typeof world.services.clients.update>[2]) =>
    world.services.clients.update(world.system(acme), id, input);

  it('finds what a client of the tenant lists, and nothing of another tenant (check 55)', async () => {
    await world.newClient(acme, { clientId: 'web', webOrigins: ['https://web.example'] });
    expect(await listed(acme, 'https://web.example')).toBe(true);
    expect(await listed(other, 'https://web.example')).toBe(false);
    expect(await listed(null, 'https://web.example')).toBe(true);
    for (const origin of ['https://web.example:444', 'https://WEB.example', 'null', '*', '+', '', 'x'.repeat(9000)])
      expect(await listed(acme, origin)).toBe(false);
  });

  it('knows which client it is that lists an origin', async () => {
    const { isListedBy } = world.services.webOrigins;
    const by = (tenant: TenantRef, clientId: string, origin: string) =>
      isListedBy.call(world.services.webOrigins, tenant.id, clientId, origin);
    await world.newClient(acme, { clientId: 'mine', webOrigins: ['https://mine.example'] });
    await world.newClient(other, { clientId: 'mine', webOrigins: ['https://theirs.example'] });
    expect(await by(acme, 'mine', 'https://mine.example')).toBe(true);
    expect(await by(acme, 'mine', 'https://theirs.example')).toBe(false);
    expect(await by(acme, 'web', 'https://mine.example')).toBe(false);
    expect(await by(acme, 'nobody', 'https://mine.example')).toBe(false);
  });

  it('follows the root address of a public client whose redirect addresses are paths', async () => {
    const input = { clientId: 'rooted', type: 'public', redirects: [{ uri: '/*', match: 'wildcard' }] } as const;
    const { client } = await world.newClient(acme, { ...input, rootUrl: 'https://root.example/app' });
    expect(await listed(acme, 'https://root.example')).toBe(true);
    expect(await world.services.webOrigins.isListedBy(acme.id, 'rooted', 'https://root.example')).toBe(true);
    await update(client.id, { rootUrl: null });
    expect(await listed(acme, 'https://root.example')).toBe(false);
    expect(await world.services.webOrigins.isListedBy(acme.id, 'rooted', 'https://root.example')).toBe(false);
  });

  it('follows the redirect addresses of a public client', async () => {
    const redirects = [{ uri: 'https://one.example/cb' }];
    const { client } = await world.newClient(acme, { clientId: 'spa', type: 'public', redirects });
    expect(await listed(acme, 'https://one.example')).toBe(true);
    await update(client.id, { redirects: [{ uri: 'https://two.example/cb' }] });
    expect([await listed(acme, 'https://one.example'), await listed(acme, 'https://two.example')]).toEqual([
      false,
      true,
    ]);
    await update(client.id, { webOrigins: [] });
    expect(await listed(acme, 'https://two.example')).toBe(false);
    await update(client.id, { webOrigins: null });
    expect(await listed(acme, 'https://two.example')).toBe(true);
    expect(await world.services.webOrigins.isListedBy(acme.id, 'spa', 'https://two.example')).toBe(true);
    const changes = (await world.events(acme)).filter(
      ({ type, client_id: id }) => type === 'client.updated' && id === 'spa',
    );
    expect(changes.map(({ params }) => params['changed'])).toEqual([['redirects'], ['webOrigins'], ['webOrigins']]);
  });

  it('follows clients that register themselves', async () => {
    expect(await listed(acme, 'https://registered.example')).toBe(false);
    await world.newClient(acme, {
      type: 'public',
      isRegistration: true,
      redirects: [{ uri: 'https://registered.example/cb' }],
    });
    expect(await listed(acme, 'https://registered.example')).toBe(true);
  });

  it('leaves out clients that may not be used, and those that are gone', async () => {
    const { client } = await world.newClient(acme, { clientId: 'once', webOrigins: ['https://once.example'] });
    const all = async () =>
      Promise.all([
        listed(acme, 'https://once.example'),
        listed(null, 'https://once.example'),
        world.services.webOrigins.isListedBy(acme.id, 'once', 'https://once.example'),
      ]);
    expect(await all()).toEqual([true, true, true]);
    await update(client.id, { enabled: false });
    expect(await all()).toEqual([false, false, false]);
    await update(client.id, { enabled: true });
    expect(await all()).toEqual([true, true, true]);
    await world.services.clients.delete(world.system(acme), client.id);
    expect(await all()).toEqual([false, false, false]);
  });

  it('leaves out tenants that are disabled or deleted, where no tenant is named', async () => {
    const closing = await world.tenant();
    await world.newClient(closing, { webOrigins: ['https://closing.example'] });
    expect(await listed(null, 'https://closing.example')).toBe(true);
    await world.services.tenants.update(world.system(closing), { enabled: false });
    expect(await listed(null, 'https://closing.example')).toBe(false);
  });

  it('runs no query for origins that no client lists', async () => {
    await listed(acme, 'https://first.example');
    const before = statements.length;
    for (let at = 0; at < 50; at += 1) expect(await listed(acme, `https://stranger-${at}.example`)).toBe(false);
    expect(statements.length).toBe(before);
  });

  it('knows all of a tenant that lists thousands, though it keeps no more than its bound of them', async () => {
    const crowded = await world.tenant();
    const { client } = await world.newClient(crowded, { webOrigins: ['https://app.example'] });
    await sql`insert into client_web_origins (tenant_id, origin, client_uuid)
      select ${crowded.id}::uuid, 'https://app-' || lpad(n::text, 5, '0') || '.example', ${client.id}::uuid
      from generate_series(1, 2500) as n`.execute(world.db.read());
    const origins = ['https://app-00001.example', 'https://app-02500.example', 'https://app.example'];
    for (const origin of origins) expect(await listed(crowded, origin)).toBe(true);
    expect(await listed(crowded, 'https://app-09999.example')).toBe(false);
    const before = statements.length;
    for (const origin of [...origins, 'https://app-09999.example']) await listed(crowded, origin);
    expect(statements.length).toBe(before);
    await world.services.clients.delete(world.system(crowded), client.id);
    for (const origin of origins) expect(await listed(crowded, origin)).toBe(false);
  });
});
