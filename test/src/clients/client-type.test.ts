import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { Client, ClientChanges, CreateClient } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('another type of a client', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const as = (...scopes: string[]) => new Authority(world.app(acme, ...scopes), acme, 'tenant');
  const make = (input: CreateClient = {}) => world.newClient(acme, input);
  const change = ({ id }: Client, changes: ClientChanges, authority = world.system(acme)) =>
    world.services.clients.update(authority, id, changes);
  const reload = async ({ id }: Client) => (await world.stores.clientStore.findById(acme.id, id))!;
  const secretsOf = ({ id }: Client) => world.stores.clientStore.secretsOf(acme.id, id);
  const proves = async ({ clientId }: Client, secret: string) =>
    (await world.services.clientAuthenticator.authenticate(acme.id, clientId, secret)) !== null;
  const eventsSince = async (count: number) => (await world.events(acme)).slice(count);

  it('public: all of its secrets end, and it authenticates as a public client does', async () => {
    const { client, secret } = await make({
      withRestSecret: true,
      tokenEndpointAuthMethod: 'client_secret_post',
      redirects: [{ uri: 'https://app.example/cb' }],
    });
    expect(await proves(client, secret!)).toBe(true);
    const before = (await world.events(acme)).length;
    await change(client, { newType: 'public' });
    // What was given out for the secret ends as well.
    expect(await reload(client)).toMatchObject({ type: 'public', metadata: {}, notBefore: world.clock.now() });
    expect(await secretsOf(client)).toEqual([]);
    expect(await proves(client, secret!)).toBe(false);
    expect((await eventsSince(before)).map(({ type, params }) => [type, params])).toEqual([
      ['client.updated', { changed: ['type', 'tokenEndpointAuthMethod'] }],
    ]);
    expect(await world.services.webOrigins.isListed(acme.id, 'https://app.example')).toBe(true);
  });

  it('public: the tokens and codes that it got with its secret end, also where the change names an earlier moment', async () => {
    const { client } = await make();
    const now = world.clock.now();
    await change(client, { newType: 'public', notBefore: new Date(now.getTime() - 5000) });
    expect((await reload(client)).notBefore).toEqual(now);
    await change(client, { newType: 'confidential', notBefore: null });
    expect((await reload(client)).notBefore).toBeNull();
  });

  it('confidential: it has no secret until it gets one', async () => {
    const { client } = await make({ type: 'public', tokenEndpointAuthMethod: 'none' });
    await change(client, { newType: 'confidential' });
    expect(await reload(client)).toMatchObject({ type: 'confidential', metadata: {}, notBefore: null });
    expect(await secretsOf(client)).toEqual([]);
    const { secret } = await world.services.clients.rotateSecret(world.system(acme), client.id, { kind: 'oauth' });
    expect(await proves(client, secret)).toBe(true);
  });

  it('may come with the secret and the method', async () => {
    const { client } = await make({ type: 'public' });
    const text = 's'.repeat(32);
    await change(client, {
      newType: 'confidential',
      secret: { text, isReadable: false },
      tokenEndpointAuthMethod: 'client_secret_basic',
    });
    expect(await reload(client)).toMatchObject({ metadata: { token_endpoint_auth_method: 'client_secret_basic' } });
    expect(await proves(client, text)).toBe(true);
  });

  it('changes nothing where it is the present one', async () => {
    const { client, secret } = await make({ tokenEndpointAuthMethod: 'client_secret_post' });
    const before = (await world.events(acme)).length;
    await change(client, { newType: 'confidential' }, as('client:write'));
    expect(await eventsSince(before)).toEqual([]);
    expect(await proves(client, secret!)).toBe(true);
  });

  it.each<[string, string, CreateClient, ClientChanges]>([
    ['CLIENT_GRANT_TYPE_INVALID', 'input.newType', { grantTypes: ['client_credentials'] }, {}],
    ['CLIENT_GRANT_TYPE_INVALID', 'input.addedGrantTypes.0', {}, { addedGrantTypes: ['client_credentials'] }],
    ['CLIENT_METADATA_INVALID', 'input.newType', { isResourceServer: true }, {}],
    ['CLIENT_METADATA_INVALID', 'input.tokenEndpointAuthMethod', {}, { tokenEndpointAuthMethod: 'client_secret_post' }],
  ])(
    'is refused where a public client cannot have what it keeps or gets: %s at %s',
    async (code, path, input, more) => {
      const { client, secret } = await make(input);
      expect(await faultsOf(() => change(client, { newType: 'public', ...more }))).toEqual([code, `${path} ${code}`]);
      expect((await reload(client)).type).toBe('confidential');
      expect(await proves(client, secret!)).toBe(true);
    },
  );

  it('is refused with a secret for a public client', async () => {
    const { client } = await make();
    const changes = { newType: 'public', secret: { text: 's'.repeat(32), isReadable: false } } as const;
    expect(await refusalOf(change(client, changes))).toBe('CLIENT_PUBLIC');
    expect(await secretsOf(client)).toHaveLength(1);
  });

  it('takes away in the same change what a public client cannot have', async () => {
    const { client } = await make({ grantTypes: ['client_credentials'] });
    await change(client, { newType: 'public', removedGrantTypes: ['client_credentials'] });
    expect(await reload(client)).toMatchObject({ type: 'public', grantTypes: [] });
  });

  it('is for callers who may replace secrets', async () => {
    const { client } = await make();
    const toPublic = (...scopes: string[]) => refusalOf(change(client, { newType: 'public' }, as(...scopes)));
    expect(await toPublic('client:write')).toBe('FORBIDDEN');
    expect(await secretsOf(client)).toHaveLength(1);
    expect(await toPublic('client:write', 'client-secret:rotate')).toBeNull();
  });

  it('leaves no service account behind', async () => {
    const { serviceAccounts } = world.services;
    const system = world.system(acme);
    const { client } = await serviceAccounts.createClient(system, { hasServiceAccount: true });
    const toPublic = (more: object) => serviceAccounts.updateClient(system, client.id, { newType: 'public', ...more });
    expect(await refusalOf(toPublic({}))).toBe('CLIENT_WITHOUT_ACCOUNT');
    expect(await refusalOf(toPublic({ hasServiceAccount: true }))).toBe('CLIENT_WITHOUT_ACCOUNT');
    expect((await reload(client)).type).toBe('confidential');
    expect((await toPublic({ hasServiceAccount: false })).type).toBe('public');
    expect(await world.services.users.findServiceAccount(acme.id, client.id)).toBeNull();
  });
});
