import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerAuthenticator } from '../../../rest-compat/engine/index.ts';
import type { Caller } from '../../../src/access/index.ts';
import { kernelErrors, type TenantRef } from '../../../src/kernel/index.ts';
import { type Ask, NO_API_KEYS, type RestClient, serveDialects } from '../../support/rest.ts';
import { World } from '../../support/world.ts';
import { tinyDialect } from './dialect.ts';

describe('the translation engine', () => {
  let world: World;
  let tenant: TenantRef;
  let other: TenantRef;
  let rest: RestClient;
  const tokens = new Map<string, Caller>();
  const authenticator: CallerAuthenticator = {
    ...NO_API_KEYS,
    bearer(token, _tenant, origin) {
      const caller = tokens.get(token);
      if (caller === undefined) throw kernelErrors.UNAUTHENTICATED();
      return { ...caller, origin };
    },
    client() {
      throw kernelErrors.UNAUTHENTICATED();
    },
  };

  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant({ displayName: 'First' });
    other = await world.tenant();
    await world.tenant({ name: 'master' });
    tokens.set('reader', world.app(tenant, 'tenant:read'));
    tokens.set('writer', world.app(tenant, 'tenant:write'));
    tokens.set('nobody', world.app(tenant, 'user:read'));
    tokens.set('user', world.user(tenant, 'anna', 'tenant:write'));
    tokens.set('everywhere', world.app((await world.services.directory.byName('master'))!, 'tenant:write:all'));
    rest = await serveDialects([tinyDialect()], world, authenticator, {
      defaultTenant: tenant.name,
      bodyLimitBytes: 1000,
    });
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const get = (path: string, over: Ask = {}) => rest.ask('GET', path, { token: 'reader', ...over });
  const post = (body: unknown, over: Ask = {}) =>
    rest.ask('POST', '/tiny/tenants/self', { token: 'writer', body, ...over });

  describe('paths', () => {
    it('passes a path without an owner to the next middleware', async () => {
      expect((await get('/elsewhere')).status).toBe(404);
      expect((await get('/elsewhere')).headers['content-type']).toContain('text/plain');
    });

    it("answers an unknown path below a prefix in its owner's envelope", async () => {
      const answer = await get('/tiny/nothing/here');
      expect([answer.status, answer.json.error]).toEqual([404, 'absent']);
    });

    it('acts on the default tenant without a tenant in the path, and on the named one with it', async () => {
      expect((await get('/tiny/tenants/x/self')).json).toEqual({ title: tenant.name, isOn: true });
      expect((await get(`/t/${tenant.name}/tiny/tenants/x/self`)).json).toEqual({ title: tenant.name, isOn: true });
    });

    it('is exact about case and trailing slashes', async () => {
      expect((await get('/tiny/Tenants/x/self')).status).toBe(404);
      expect((await get('/Tiny/tenants/x/self')).headers['content-type']).toContain('text/plain');
      expect((await get('/tiny/tenants/x/self/')).status).toBe(404);
      expect((await get('/tiny/tenants//self')).status).toBe(404);
    });

    it('keeps an encoded slash inside its segment', async () => {
      expect((await get('/tiny/tenants/a%2Fb/self')).status).toBe(200);
    });

    it('answers 400 to malformed percent-encoding', async () => {
      const answer = await get('/tiny/tenants/%zz/self');
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid']);
    });

    it('answers 404 for a parameter that does not have the form of an id', async () => {
      expect((await get('/tiny/tenants/UPPER/self')).status).toBe(404);
    });

    it('answers 405 with Allow and an empty body, as the dialect declares', async () => {
      const answer = await rest.ask('DELETE', '/tiny/tenants/self', {});
      expect([answer.status, answer.text, answer.headers.allow]).toEqual([405, '', 'POST, OPTIONS']);
    });

    it('serves HEAD as GET without a body, and OPTIONS with the methods', async () => {
      const head = await rest.ask('HEAD', '/tiny/tenants/x/self', { token: 'reader' });
      expect([head.status, head.text]).toEqual([200, '']);
      const options = await rest.ask('OPTIONS', '/tiny/tenants/x/self');
      expect([options.status, options.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
      expect((await rest.ask('OPTIONS', '/tiny/nothing')).status).toBe(404);
    });
  });

  describe('bodies', () => {
    it('refuses another content type with 415 before the caller is authenticated', async () => {
      const answer = await post('a=1', { headers: { 'content-type': 'text/plain' }, token: 'bad' });
      expect([answer.status, answer.text]).toEqual([415, '']);
    });

    it('refuses charsets and encodings that are not UTF-8', async () => {
      const headers = { 'content-type': 'application/json; charset=utf-16' };
      expect((await post('{}', { headers })).status).toBe(415);
      expect(
        (await post('{}', { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })).status,
      ).toBe(415);
      expect((await post('{}', { headers: { 'content-type': 'application/json; charset="UTF-8"' } })).status).toBe(204);
    });

    it('refuses a body over the limit with 413, declared or not', async () => {
      expect((await post({ title: 'x'.repeat(1000) })).status).toBe(413);
      const chunked = await post(undefined, {});
      expect(chunked.status).toBe(400);
      expect(await sendChunks(rest.port, 3000)).toMatch(/^HTTP\/1\.1 413 /);
    });

    it('refuses a body that is not a JSON object', async () => {
      for (const body of ['{', '', '[]', '"text"', 'null', Buffer.from([0x7b, 0xff, 0x7d])]) {
        const answer = await post(body, { headers: { 'content-type': 'application/json' } });
        expect([answer.status, answer.json.error]).toEqual([400, 'no_json']);
      }
    });

    it('names each faulty member once', async () => {
      const answer = await post({ title: ['a'], isOn: 'yes' });
      expect(answer.status).toBe(400);
      expect(answer.json.items.map((item: { pos: string; error: string }) => [item.pos, item.error])).toEqual([
        ['title', 'bad'],
        ['isOn', 'bad'],
      ]);
    });

    it('continues to serve when a client disconnects in the middle of a body', async () => {
      await abandon(rest.port);
      expect((await get('/tiny/tenants/x/self')).status).toBe(200);
    });
  });

  describe('callers', () => {
    it('answers 401 without a credential, with an invalid one and with another scheme', async () => {
      const none = await rest.ask('GET', '/tiny/tenants/x/self');
      expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Tiny reason="missing"']);
      const bad = await get('/tiny/tenants/x/self', { token: 'bad' });
      expect([bad.status, bad.headers['www-authenticate']]).toEqual([401, 'Tiny reason="invalid"']);
      const basic = await rest.ask('GET', '/tiny/tenants/x/self', { headers: { authorization: 'Basic YTpi' } });
      expect(basic.status).toBe(401);
    });

    it('answers 403 without the scope, before it looks at the values', async () => {
      const answer = await post({ title: 1 }, { token: 'nobody' });
      expect([answer.status, answer.json.error]).toEqual([403, 'scope']);
    });

    it('answers 403 for another tenant whether or not it exists, 404 to callers with reach or without a credential', async () => {
      for (const name of [other.name, 'there-is-none']) {
        const answer = await get(`/t/${name}/tiny/tenants/x/self`);
        expect([answer.status, answer.json.error]).toEqual([403, 'scope']);
      }
      expect((await get(`/t/${other.name}/tiny/tenants/x/self`, { token: 'everywhere' })).json.title).toBe(other.name);
      expect((await get('/t/there-is-none/tiny/tenants/x/self', { token: 'everywhere' })).status).toBe(404);
      expect((await rest.ask('GET', '/t/there-is-none/tiny/tenants/x/self')).status).toBe(404);
    });

    it('answers 403 in a disabled tenant, except to callers with reach `all`', async () => {
      const closed = await world.tenant({ enabled: false });
      tokens.set('closed', world.app(closed, 'tenant:read'));
      expect((await get(`/t/${closed.name}/tiny/tenants/x/self`, { token: 'closed' })).status).toBe(403);
      expect((await get(`/t/${closed.name}/tiny/tenants/x/self`, { token: 'everywhere' })).json.isOn).toBe(false);
    });

    it("records the address that a request with a user's token names, and the address of the connection", async () => {
      const headers = { 'x-forwarded-for': '200.200.100.100, 10.0.0.1', 'user-agent': 'Phone/1' };
      expect((await post({ title: 'Told by the user' }, { token: 'user', headers })).status).toBe(204);
      const event = (await world.events(tenant)).at(-1)!;
      expect(event).toMatchObject({
        type: 'tenant.updated',
        ip: '200.200.100.100',
        peer_ip: '127.0.0.1',
        user_agent: 'Phone/1',
      });
    });

    it("refuses a user's change without a valid address; an application needs none, and one it names is ignored", async () => {
      for (const headers of [{}, { 'x-forwarded-for': 'unknown' }] as Record<string, string>[]) {
        expect((await post({ title: 'No address' }, { token: 'user', headers })).status).toBe(400);
      }
      expect((await post({ title: 'By an app' }, { headers: { 'x-forwarded-for': '1.2.3.4' } })).status).toBe(204);
      expect((await world.events(tenant)).at(-1)).toMatchObject({ ip: '127.0.0.1', peer_ip: '127.0.0.1' });
    });
  });

  describe('answers', () => {
    it('drops members the reply does not declare', async () => {
      expect(Object.keys((await get('/tiny/tenants/x/self')).json)).toEqual(['title', 'isOn']);
    });

    it("looks an error up in the row, then in the dialect's table, then by kind", async () => {
      const answer = await rest.ask('POST', '/t/master/tiny/tenants/self', {
        token: 'everywhere',
        body: { isOn: false },
      });
      expect([answer.status, answer.json.error]).toEqual([409, 'protected']);
    });

    it('answers 503 with Retry-After while the database is away, and 500 without details to an unknown error', async () => {
      const failing = (error: unknown): CallerAuthenticator => ({
        ...authenticator,
        bearer: () => {
          throw error;
        },
      });
      const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      const client = await serveDialects([tinyDialect()], world, failing(away));
      const answer = await client.ask('GET', '/tiny/tenants/x/self', { token: 'reader' });
      expect([answer.status, answer.json.error, answer.headers['retry-after']]).toEqual([503, 'away', '1']);
      await client.close();
      const fault = new Error('secret detail');
      const broken = await serveDialects([tinyDialect()], world, failing(fault));
      const internal = await broken.ask('GET', '/tiny/tenants/x/self', { token: 'reader' });
      expect([internal.status, internal.json.error]).toEqual([500, 'broken']);
      expect(internal.text).not.toContain('secret');
      expect(broken.faults).toEqual([fault]);
      await broken.close();
    });

    it('serves only its tenant on the host of a tenant', async () => {
      const hosted = await world.tenant();
      await world.db.orm.em
        .fork()
        .getConnection()
        .execute('insert into tenant_hosts (host, tenant_id, created_at) values (?, ?, now())', [
          'id.acme.example',
          hosted.id,
        ]);
      tokens.set('hosted', world.app(hosted, 'tenant:read'));
      const headers = { host: 'ID.acme.example:443' };
      expect((await get('/tiny/tenants/x/self', { token: 'hosted', headers })).json.title).toBe(hosted.name);
      expect((await get(`/t/${hosted.name}/tiny/tenants/x/self`, { token: 'hosted', headers })).status).toBe(200);
      expect((await get(`/t/${tenant.name}/tiny/tenants/x/self`, { headers })).status).toBe(403);
      expect((await rest.ask('GET', `/t/${tenant.name}/tiny/tenants/x/self`, { headers })).status).toBe(404);
    });

    it('distinguishes an absent member from null', async () => {
      await post({ title: 'Kept' });
      await post({ isOn: true });
      expect((await world.services.directory.byId(tenant.id))!.displayName).toBe('Kept');
      await post({ title: null });
      expect((await world.services.directory.byId(tenant.id))!.displayName).toBeNull();
    });
  });
});

/** Sends a body in chunks without its length. */
function sendChunks(port: number, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const head =
        'POST /tiny/tenants/self HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
      socket.write(`${head}${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`);
    });
    socket.once('data', (data: Buffer) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

/** Announces a body, sends half of it and disconnects. */
function abandon(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /tiny/tenants/self HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ti',
        () => {
          socket.destroy();
          resolve();
        },
      );
    });
  });
}
