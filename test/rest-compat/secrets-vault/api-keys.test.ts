import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newRoutedId } from '../../../src/crypto/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import type { Ask } from '../../support/rest.ts';
import { vaultOfSuite } from '../../support/vault.ts';

const OWN = ['read', 'create', 'delete', 'rotate'].map((verb) => `api-key:${verb}:self`);
/** What a user without roles holds. */
const PERSON = [...OWN, 'user:read:self', 'user:delete:self', 'session:read:self'];

const UNAUTHENTICATED = [401, { detail: 'Not authenticated' }];
const FORBIDDEN = [403, { detail: 'Not enough permissions' }];
const UNKNOWN = [404, { detail: 'Api key not found' }];

describe('the API keys of Secrets Vault', () => {
  const vault = vaultOfSuite();
  let anna: User;
  beforeEach(async () => {
    anna = await vault.world.newUser(vault.acme);
  });

  const person = ({ id }: User, ...more: string[]): string => vault.userToken(vault.acme, id, ...PERSON, ...more);
  const create = (token: string, body: object = {}) =>
    vault.ask('POST', '/api/api-keys', {
      token,
      body: { name: 'Backup', scopes: ['USER:READ'], tenant_id: 'acme', ...body },
    });
  const made = async (token = person(anna), body: object = {}) => {
    const [status, json] = await create(token, body);
    expect(status).toBe(201);
    return json;
  };
  const own = async (token: string) => {
    const [status, json] = await vault.ask('GET', '/api/user/api-keys', { token });
    expect(status).toBe(200);
    return json.api_keys.map(({ name }: { name: string }) => name);
  };
  /** A role of the user, with these permissions. */
  const promote = async ({ id }: User, ...permissions: string[]) => {
    const { id: roleId } = await vault.world.newRole(vault.acme, { permissions });
    await vault.world.grantRole(vault.acme, { roleId, holderKind: 'user', holderId: id });
  };
  /** The members that the faults of an answer name. */
  const faultsOf = async (request: Promise<[number, { detail: { loc: unknown[] }[] }]>) => {
    const [status, json] = await request;
    return [status, json.detail.map(({ loc }) => loc[1])];
  };

  describe('USER-10', () => {
    it('201: makes a key, which it shows this once', async () => {
      const { api_key: secret, ...key } = await made();
      const now = vault.world.clock.now();
      expect(secret).toMatch(/^svk_[A-Za-z0-9_-]{43}$/);
      expect(key).toEqual({
        key_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        key_hash: hash('sha256', secret),
        user_id: anna.id,
        tenant_id: 'acme',
        created_at: { iso: now.toISOString(), epoch_ms: now.getTime() },
        name: 'Backup',
        scopes: ['USER:READ'],
        last_use_at: null,
        is_active: true,
      });
      const [, { api_keys: listed }] = await vault.ask('GET', '/api/user/api-keys', { token: person(anna) });
      expect(listed).toEqual([key]);
    });

    it('201: by a key, with no more scopes than it has', async () => {
      const { api_key: key } = await made(person(anna), { scopes: ['API_KEY'] });
      expect((await create(key, { scopes: ['API_KEY:READ'] }))[0]).toBe(201);
      expect(await create(key, { scopes: ['USER'] })).toEqual(FORBIDDEN);
    });

    it('400: not when the user has 100 keys', async () => {
      for (let i = 0; i < 100; i++) await vault.world.newApiKey(vault.acme, anna.id, 'USER:READ');
      expect((await create(person(anna)))[0]).toBe(400);
    });

    it('401: without a credential, or with a wrong one', async () => {
      expect(await vault.ask('POST', '/api/api-keys', { body: {} })).toEqual(UNAUTHENTICATED);
      for (const token of ['nobody', 'svk_nobody']) expect(await create(token)).toEqual(UNAUTHENTICATED);
    });

    it('403: for scopes that the caller lacks, in other tenants, and by applications', async () => {
      expect(await create(person(anna), { scopes: ['CLIENT'] })).toEqual(FORBIDDEN);
      for (const tenant of ['master', 'nowhere'])
        expect(await create(person(anna), { tenant_id: tenant })).toEqual(FORBIDDEN);
      expect(await create(vault.token(vault.acme, 'api-key:create', 'user:read'))).toEqual(FORBIDDEN);
      expect(await create(vault.userToken(vault.acme, anna.id, 'user:read:self'))).toEqual(FORBIDDEN);
      const { api_key: reading } = await made(person(anna), { scopes: ['API_KEY:READ'] });
      expect(await create(reading)).toEqual(FORBIDDEN);
      expect(await create(vault.userToken(vault.acme, 'gone', ...PERSON))).toEqual(FORBIDDEN);
    });

    it('403: to users who signed in too long ago (check 54)', async () => {
      expect((await create(vault.signedInBefore(person(anna), 300)))[0]).toBe(201);
      expect(await create(vault.signedInBefore(person(anna), 301))).toEqual(FORBIDDEN);
    });

    it('404: in a tenant that is not there, to those who may see all tenants', async () => {
      const root = vault.userToken(vault.master, anna.id, 'api-key:create:all', 'user:read:all');
      expect(await create(root, { tenant_id: 'nowhere' })).toEqual([404, { detail: 'Tenant not found' }]);
    });

    it.each([
      ['a member is missing', { name: undefined }, ['name']],
      ['the tenant is missing', { tenant_id: undefined }, ['tenant_id']],
      ['a member has another type', { name: 1 }, ['name']],
      ['the list is none', { scopes: 'USER' }, ['scopes']],
      ['a scope is no text', { scopes: ['USER:READ', 1] }, ['scopes']],
      ['the name is too long', { name: 'x'.repeat(256) }, ['name']],
      ['there is no scope', { scopes: [] }, ['scopes']],
      ['a scope is unknown', { scopes: ['USER:READ', 'NOBODY'] }, ['scopes']],
    ])('422: when %s', async (_, body, faults) => {
      expect(await faultsOf(create(person(anna), body))).toEqual([422, faults]);
      expect(await own(person(anna))).toEqual([]);
    });
  });

  describe('USER-11', () => {
    it("200: lists the caller's keys alone, whatever else the caller sees", async () => {
      const boris = await vault.world.newUser(vault.acme);
      await made(person(boris));
      await made(person(anna), { name: 'mine' });
      expect(await own(person(anna, 'api-key:read'))).toEqual(['mine']);
      const { api_key: key } = await made(person(boris), { scopes: ['API_KEY:READ'], name: 'reading' });
      expect((await own(key)).sort()).toEqual(['Backup', 'reading']);
    });

    it('401, 403: for nobody, for applications and for keys without the scope', async () => {
      const list = (request: Ask) => vault.ask('GET', '/api/user/api-keys', request);
      expect(await list({})).toEqual(UNAUTHENTICATED);
      expect(await list({ token: vault.token(vault.acme, 'api-key:read') })).toEqual(FORBIDDEN);
      expect(await list({ token: (await made()).api_key })).toEqual(FORBIDDEN);
    });
  });

  describe('USER-12', () => {
    const remove = (token: string, id: string) => vault.ask('DELETE', `/api/api-keys/${id}`, { token });

    it('204: deletes a key, once, and finds its tenant in its id', async () => {
      const { key_id: id, api_key: secret } = await made();
      const root = vault.token(vault.master, 'api-key:delete:all');
      const { key_id: other } = await made();
      expect(await remove(person(anna), id)).toEqual([204, undefined]);
      expect(await remove(root, other)).toEqual([204, undefined]);
      expect(await vault.world.keyCaller(secret)).toBeNull();
      expect(await remove(person(anna), id)).toEqual(UNKNOWN);
    });

    it('404: for others, and for what is no key', async () => {
      const { key_id: id } = await made();
      const boris = person(await vault.world.newUser(vault.acme));
      for (const wrong of [
        id,
        newId(),
        newRoutedId(vault.acme.route),
        newRoutedId('aaaaaaaa'),
        'nonsense',
        '%00',
        '%2F',
      ])
        expect([wrong, await remove(boris, wrong)]).toEqual([wrong, UNKNOWN]);
      expect(await own(person(anna))).toEqual(['Backup']);
    });

    it('401, 403: for nobody, without the permission, for keys of other tenants, of those who may do more', async () => {
      const { key_id: id, api_key: key } = await made();
      expect(await vault.ask('DELETE', `/api/api-keys/${id}`)).toEqual(UNAUTHENTICATED);
      expect(await remove(key, id)).toEqual(FORBIDDEN);
      expect(await remove(person(anna), newRoutedId(vault.master.route))).toEqual(FORBIDDEN);
      await promote(anna, 'client:read');
      expect(await remove(vault.token(vault.acme, 'api-key:delete'), id)).toEqual(FORBIDDEN);
    });
  });

  describe('USER-13', () => {
    const regenerate = (token: string, id: string) => vault.ask('POST', `/api/api-keys/${id}/regenerate`, { token });

    it('200: gives a key another secret; the one before is dead at once', async () => {
      const { api_key: before, ...key } = await made();
      await vault.ask('GET', '/api/user/api-keys', { token: before });
      await vault.world.services.apiKeyAuthenticator.idle();
      const [status, { api_key: after, ...rest }] = await regenerate(person(anna), key.key_id);
      expect([status, rest]).toEqual([200, { ...key, key_hash: hash('sha256', after) }]);
      expect([await vault.world.keyCaller(before), (await vault.world.keyCaller(after))?.userId]).toEqual([
        null,
        anna.id,
      ]);
    });

    it('403: to users who signed in too long ago (check 54)', async () => {
      const { key_id: id, api_key: secret } = await made();
      expect(await regenerate(vault.signedInBefore(person(anna), 301), id)).toEqual(FORBIDDEN);
      expect(await vault.world.keyCaller(secret)).not.toBeNull();
    });

    it('401, 403, 404: for nobody, for less than the key allows, for others', async () => {
      await promote(anna, 'client:read');
      const { key_id: id } = await made(person(anna, 'client:read'), { scopes: ['CLIENT:READ'] });
      expect(await vault.ask('POST', `/api/api-keys/${id}/regenerate`)).toEqual(UNAUTHENTICATED);
      expect(await regenerate(person(anna), id)).toEqual(FORBIDDEN);
      const { api_key: weak } = await made(person(anna), { scopes: ['API_KEY'] });
      expect(await regenerate(weak, id)).toEqual(FORBIDDEN);
      const admin = vault.token(vault.acme, 'api-key:read', 'api-key:rotate');
      expect(await regenerate(admin, id)).toEqual(FORBIDDEN);
      expect(await regenerate(person(await vault.world.newUser(vault.acme)), id)).toEqual(UNKNOWN);
      expect(await regenerate(person(anna), 'nonsense')).toEqual(UNKNOWN);
    });
  });

  describe('KEY-1', () => {
    const list = (token: string, query = '?tenant_id=acme') => vault.ask('GET', `/api/api-keys${query}`, { token });

    it('200: lists all keys of the tenant to administrators, and their keys to others', async () => {
      const { key_id: id } = await made();
      const { key_id: other, api_key: key } = await made(person(await vault.world.newUser(vault.acme)), {
        scopes: ['API_KEY'],
      });
      const idsOf = async (token: string) => {
        const [status, json] = await list(token);
        expect(status).toBe(200);
        return json.api_keys.map(({ key_id: each }: { key_id: string }) => each);
      };
      const all = [vault.token(vault.acme, 'api-key:read'), vault.token(vault.master, 'api-key:read:all')];
      for (const token of all) expect(await idsOf(token)).toEqual(expect.arrayContaining([id, other]));
      expect(await idsOf(person(anna))).toEqual([id]);
      expect(await idsOf(key)).toEqual([other]);
      expect(JSON.stringify((await list(all[0]!))[1])).not.toContain(key.slice(4));
    });

    it('401, 403, 404, 422: for nobody, of other tenants, of none, without a tenant', async () => {
      expect(await vault.ask('GET', '/api/api-keys?tenant_id=acme')).toEqual(UNAUTHENTICATED);
      for (const tenant of ['master', 'nowhere'])
        expect(await list(person(anna), `?tenant_id=${tenant}`)).toEqual(FORBIDDEN);
      const root = vault.token(vault.master, 'api-key:read:all');
      expect(await list(root, '?tenant_id=nowhere')).toEqual([404, { detail: 'Tenant not found' }]);
      expect(await faultsOf(list(person(anna), ''))).toEqual([422, ['tenant_id']]);
    });
  });

  describe('KEY-2', () => {
    const scopes = (token: string) => vault.ask('GET', '/api/api-keys/scopes', { token });

    it('200: lists the scopes that the caller can give, and tenants for which it can make keys', async () => {
      const expected = { scopes: ['USER', 'USER:READ', 'API_KEY', 'API_KEY:READ'], tenants: ['acme'] };
      expect(await scopes(person(anna))).toEqual([200, expected]);
      const { api_key: key } = await made(person(anna), { scopes: ['API_KEY:READ'] });
      expect(await scopes(key)).toEqual([200, { scopes: ['API_KEY:READ'], tenants: [] }]);
      const root = vault.userToken(vault.master, anna.id, 'api-key:read', 'api-key:create:all');
      expect((await scopes(root))[1].tenants).toEqual(expect.arrayContaining(['acme', 'master']));
    });

    it('401, 403: for nobody, for applications and for keys without the scope', async () => {
      expect(await vault.ask('GET', '/api/api-keys/scopes')).toEqual(UNAUTHENTICATED);
      expect(await scopes(vault.token(vault.acme, 'api-key:read'))).toEqual(FORBIDDEN);
      expect(await scopes((await made()).api_key)).toEqual(FORBIDDEN);
    });
  });

  it('are taken in either header, beside a token of the same user, and not beside another', async () => {
    const { api_key: key } = await made(person(anna), { scopes: ['API_KEY:READ'] });
    const status = async (headers: Record<string, string>) =>
      (await vault.ask('GET', '/api/user/api-keys', { headers }))[0];
    expect(await status({ 'x-api-key': key })).toBe(200);
    expect(await status({ authorization: `Bearer ${key}` })).toBe(200);
    expect(await status({ 'x-api-key': key, authorization: `Bearer ${person(anna)}` })).toBe(200);
    const other = person(await vault.world.newUser(vault.acme));
    expect(await status({ 'x-api-key': key, authorization: `Bearer ${other}` })).toBe(401);
    expect(await status({ 'x-api-key': 'svk_nobody' })).toBe(401);
  });

  it('end with their user, and are shown as not active while it is disabled', async () => {
    const { api_key: key } = await made(person(anna), { scopes: ['API_KEY:READ'] });
    await vault.world.services.users.setEnabled(vault.world.system(vault.acme), anna.id, false);
    expect(await vault.ask('GET', '/api/user/api-keys', { token: key })).toEqual(UNAUTHENTICATED);
    const [, { api_keys: keys }] = await vault.ask('GET', '/api/api-keys?tenant_id=acme', {
      token: vault.token(vault.acme, 'api-key:read'),
    });
    expect(keys.find(({ user_id: id }: { user_id: string }) => id === anna.id)).toMatchObject({ is_active: false });
  });
});
