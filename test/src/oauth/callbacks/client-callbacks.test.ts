import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CreateClient } from '../../../../src/clients/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { ClientCallbacks } from '../../../../src/oauth/callbacks/client-callbacks.ts';
import { TEST_REDIRECT, TestBrowserUser, TestClient } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

/** An application that takes messages. */
class Application {
  readonly messages: { readonly path: string; readonly type: string | undefined; readonly text: string }[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end('ok');
  readonly #server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      this.messages.push({ path: request.url!, type: request.headers['content-type'], text });
      this.answer(request, response);
    });
  });

  static async open(): Promise<Application> {
    const application = new Application();
    application.#server.listen(0, '127.0.0.1');
    await once(application.#server, 'listening');
    return application;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let world: World;
let acme: TenantRef;
let application: Application;
beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ template: 'realm' });
  application = await Application.open();
});
afterEach(() => {
  application.messages.length = 0;
  application.answer = (_request, response) => response.end('ok');
});
afterAll(async () => {
  application.close();
  await world.close();
});

const newClient = (metadata: CreateClient = {}) =>
  TestClient.create(world, acme, {
    grantTypes: ['authorization_code', 'refresh_token'],
    redirects: [{ uri: TEST_REDIRECT, match: 'exact' }],
    scopes: [{ name: 'openid', isDefault: false }],
    ...metadata,
  });

/** Signs a user in to a client, which names its session. */
async function signIn(client: TestClient, clientSession: string | null, issuerKind = 'realm') {
  const user = await TestBrowserUser.create(world, client);
  const named = clientSession === null ? {} : { client_session_state: clientSession };
  await user.redeem(await user.code({ issuerKind }), named, issuerKind);
  return user;
}

/** Ends a session, and waits until applications were informed. */
async function end({ session }: TestBrowserUser): Promise<void> {
  await world.services.sessions.end(world.system(acme), session.id);
  await world.services.oauth.callbacks.idle();
}

async function readMessage(text: string) {
  const { issuers, keys } = world.services.oauth;
  const set = (await keys.jwks(acme, issuers.of(acme, 'realm').kind)) as unknown as JSONWebKeySet;
  return jwtVerify(text, createLocalJWKSet(set), { currentDate: world.clock.now() });
}

const failures = async () =>
  (await world.events(acme)).filter(({ type }) => type === 'client_callback.failed').map(({ reason }) => reason);

describe('an application that takes messages', () => {
  it('learns that its session has ended, under the name that it gave', async () => {
    const client = await newClient({ adminUrl: `${application.origin}/app/`, notBefore: new Date(5_000) });
    const user = await signIn(client, 'app-session-1');
    await end(user);
    expect(application.messages).toEqual([
      { path: '/app/k_logout', type: 'text/plain; charset=utf-8', text: expect.any(String) },
    ]);
    const { payload, protectedHeader } = await readMessage(application.messages[0]!.text);
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    expect(payload).toEqual({
      id: expect.any(String),
      expiration: Math.floor(world.clock.now().getTime() / 1000) + 60,
      resource: client.clientId,
      action: 'LOGOUT',
      notBefore: 5,
      adapterSessionIds: ['app-session-1'],
      keycloakSessionIds: [user.session.id],
    });
  });

  it('may have its address below its root', async () => {
    const user = await signIn(await newClient({ rootUrl: application.origin, adminUrl: '/admin' }), 'app-session-2');
    await end(user);
    expect(application.messages.map(({ path }) => path)).toEqual(['/admin/k_logout']);
  });

  it('learns at once of all sessions of a user that end together, and of none that stays', async () => {
    const client = await newClient({ adminUrl: application.origin });
    const user = await signIn(client, 'first');
    const { session } = await world.signedIn(acme, user.user.id, { inBrowser: true });
    for (const [name, sessionId] of [
      ['second', session.id],
      ['third', session.id],
    ] as const)
      await user.redeem(await user.code({ issuerKind: 'realm', sessionId }), { client_session_state: name }, 'realm');
    await world.services.sessions.revokeAllOf(world.system(acme), user.user.id, { exceptSessionId: user.session.id });
    await world.services.oauth.callbacks.idle();
    const { payload } = await readMessage(application.messages[0]!.text);
    expect(application.messages).toHaveLength(1);
    expect((payload['adapterSessionIds'] as string[]).toSorted()).toEqual(['second', 'third']);
    expect(payload['keycloakSessionIds']).toEqual([session.id]);
  });

  it('learns nothing where it named no session, takes no messages, or asked another issuer', async () => {
    await end(await signIn(await newClient({ adminUrl: application.origin }), null));
    await end(await signIn(await newClient(), 'named'));
    await end(await signIn(await newClient({ adminUrl: application.origin }), 'native', 'native'));
    const disabled = await newClient({ adminUrl: application.origin });
    const user = await signIn(disabled, 'of a disabled client');
    await world.services.clients.update(world.system(acme), disabled.uuid, { enabled: false });
    await end(user);
    expect(application.messages).toEqual([]);
  });

  it('learns nothing of what was rolled back', async () => {
    const user = await signIn(await newClient({ adminUrl: application.origin }), 'kept');
    const undone = world.db.transaction(async () => {
      await world.services.sessions.end(world.system(acme), user.session.id);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await world.services.oauth.callbacks.idle();
    expect(application.messages).toEqual([]);
  });

  it('does not delay the end of the session, nor undo it when it refuses', async () => {
    const redirected = (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(302, { location: `${application.origin}/elsewhere` }).end();
    const failing = (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(500).end();
    const gone = (_request: IncomingMessage, response: ServerResponse) => void response.destroy();
    const before = (await failures()).length;
    const client = await newClient({ adminUrl: application.origin });
    for (const answer of [redirected, failing, gone]) {
      application.answer = answer;
      const user = await signIn(client, 'refused');
      await end(user);
      expect(await world.services.sessions.findIn(acme.id, user.session.id)).toBeNull();
    }
    expect(application.messages.map(({ path }) => path)).toEqual(['/k_logout', '/k_logout', '/k_logout']);
    expect((await failures()).slice(before)).toEqual(['refused', 'refused', 'unreachable']);
  });

  it.each([
    ['in the network of the operator', 'https://10.1.2.3', 'unreachable'],
    ['of this machine without anybody listening', 'https://127.0.0.1:9', 'unreachable'],
    ['without TLS on this machine, whose certificate is missing', 'TLS', 'unreachable'],
  ])('is not informed at an address %s', async (_, address, reason) => {
    const before = (await failures()).length;
    const adminUrl = address === 'TLS' ? application.origin.replace('http:', 'https:') : address;
    await end(await signIn(await newClient({ adminUrl }), 'app'));
    expect((await failures()).slice(before)).toEqual([reason]);
    expect(application.messages).toEqual([]);
  });

  describe('that is slow', () => {
    const WITHIN = { timeout: 4_000 };
    /** A session of a client, under a name. */
    const sessionOf = ({ uuid }: TestClient, name: string) => ({
      clientUuid: uuid,
      sessionId: null,
      clientSession: name,
    });
    const sessionsOf = (client: TestClient, name: string, count: number) =>
      Array.from({ length: count }, (_, at) => sessionOf(client, `${name}-${at}`));
    const dropped = async (from: World, tenant: TenantRef) =>
      (await from.events(tenant)).flatMap(({ type, reason, params }) =>
        type === 'client_callback.failed' ? [[reason, params['sessions']]] : [],
      );
    /** An application that answers when the test says so. */
    async function openSlow() {
      const slow = await Application.open();
      const open: ServerResponse[] = [];
      slow.answer = (_request, response) => void open.push(response);
      return {
        slow,
        arrived: (count: number) => vi.waitFor(() => expect(slow.messages).toHaveLength(count), WITHIN),
        answerOne: () => open.shift()!.end('ok'),
        answerAll: () => {
          slow.answer = (_request, response) => response.end('ok');
          for (const response of open.splice(0)) response.end('ok');
        },
      };
    }

    it('learns of the sessions that ended meanwhile by the next message, and delays no other', async () => {
      const { callbacks } = world.services.oauth;
      const { slow, arrived, answerAll } = await openSlow();
      try {
        const client = await newClient({ adminUrl: slow.origin });
        const other = await newClient({ adminUrl: application.origin });
        const authority = world.system(acme);
        for (const session of sessionsOf(client, 'slow', 150)) callbacks.tell(authority, [session]);
        callbacks.tell(authority, [sessionOf(other, 'quick')]);
        await vi.waitFor(() => expect(application.messages).toHaveLength(1), WITHIN);
        await arrived(1);
        answerAll();
        await callbacks.idle();
        const names = await Promise.all(
          slow.messages.map(async ({ text }) => (await readMessage(text)).payload['adapterSessionIds'] as string[]),
        );
        expect(names.map(({ length }) => length)).toEqual([1, 149]);
      } finally {
        slow.close();
      }
    });

    it('has at most 2,000 sessions that wait; how many more there were is one event a minute, and one at the end', async () => {
      const tenant = await world.tenant({ template: 'realm' });
      const { callbacks } = world.services.oauth;
      const { slow, arrived, answerOne, answerAll } = await openSlow();
      try {
        const client = await TestClient.create(world, tenant, { adminUrl: slow.origin });
        const authority = world.system(tenant);
        const tell = (name: string, count: number) => callbacks.tell(authority, sessionsOf(client, name, count));
        tell('first', 1);
        await arrived(1);
        tell('second', 2_300);
        answerOne();
        await arrived(2);
        expect(await dropped(world, tenant)).toEqual([['queue_full', 300]]);
        tell('third', 210);
        answerOne();
        await arrived(3);
        expect(await dropped(world, tenant)).toHaveLength(1);
        tell('fourth', 205);
        world.clock.advance(60);
        answerOne();
        await arrived(4);
        expect(await dropped(world, tenant)).toEqual([
          ['queue_full', 300],
          ['queue_full', 15],
        ]);
        tell('fifth', 207);
        answerAll();
        await callbacks.idle();
        expect(await dropped(world, tenant)).toEqual([
          ['queue_full', 300],
          ['queue_full', 15],
          ['queue_full', 7],
        ]);
        expect(slow.messages).toHaveLength(14);
      } finally {
        slow.close();
      }
    });

    it('leaves places to wait for 200 sessions of each other client of its tenant', async () => {
      const own = await World.open();
      const { slow } = await openSlow();
      try {
        const tenant = await own.tenant({ template: 'realm' });
        const { callbacks } = own.services.oauth;
        const authority = own.system(tenant);
        const clients: TestClient[] = [];
        for (let at = 0; at < 12; at++) clients.push(await TestClient.create(own, tenant, { adminUrl: slow.origin }));
        for (const client of clients) callbacks.tell(authority, [sessionOf(client, 'first')]);
        for (const client of clients) callbacks.tell(authority, sessionsOf(client, 'more', 2_000));
        await callbacks.stop();
        const counts = (await dropped(own, tenant)).flatMap(([reason, count]) =>
          reason === 'stopping' ? [count] : [],
        );
        // Ten clients fill what the tenant has; the others could not keep 1,800, and lose 200 with the node.
        const ofTen = Array.from({ length: 10 }, () => 2_000);
        expect(counts.map(Number).toSorted((a, b) => a - b)).toEqual([200, 200, 1_800, 1_800, ...ofTen]);
      } finally {
        slow.close();
        await own.close();
      }
    });

    it('learns of the others after a fault, which is reported', async () => {
      const faults: unknown[] = [];
      const recorded: unknown[] = [];
      const callbacks = new ClientCallbacks({
        db: { detached: (work: () => unknown) => work() },
        clients: { byUuid: async () => Promise.reject(new Error('the database is away')) },
        clock: world.clock,
        events: { append: async (_caller: unknown, _tenant: unknown, event: unknown) => recorded.push(event) },
        onError: (error: unknown) => faults.push(error),
      } as never);
      const client = await TestClient.create(world, acme);
      callbacks.tell(world.system(acme), sessionsOf(client, 'lost', 1));
      callbacks.tell(world.system(acme), sessionsOf(client, 'lost', 2_003));
      await callbacks.idle();
      expect(faults).toHaveLength(11);
      expect(recorded).toMatchObject([{ reason: 'queue_full', params: { sessions: 3 } }]);
    });

    it('is given up where the node stops, with one event about what waits', async () => {
      const own = await World.open();
      const { slow } = await openSlow();
      try {
        const tenant = await own.tenant({ template: 'realm' });
        const client = await TestClient.create(own, tenant, { adminUrl: slow.origin });
        const { callbacks } = own.services.oauth;
        for (const session of sessionsOf(client, 'app', 60)) callbacks.tell(own.system(tenant), [session]);
        await callbacks.stop();
        expect(await dropped(own, tenant)).toEqual([
          ['unreachable', undefined],
          ['stopping', 59],
        ]);
      } finally {
        slow.close();
        await own.close();
      }
    });
  });

  it('learns before which moment tokens are refused: alone, or with the others of its tenant', async () => {
    const tenant = await world.tenant({ template: 'realm' });
    const { callbacks } = world.services.oauth;
    const made = (path: string, more: CreateClient = {}) =>
      TestClient.create(world, tenant, { adminUrl: `${application.origin}/${path}`, ...more });
    const first = await made('first', { notBefore: new Date(7_000) });
    await made('second');
    await made('third', { enabled: false });
    await TestClient.create(world, tenant);
    const neighbour = await TestClient.create(world, acme, { adminUrl: application.origin });
    const authority = world.system(tenant);
    expect(await callbacks.pushNotBefore(authority, first.uuid)).toBe(1);
    expect(await callbacks.pushNotBefore(authority, neighbour.uuid)).toBe(0);
    await callbacks.idle();
    expect(application.messages.map(({ path }) => path)).toEqual(['/first/k_push_not_before']);
    const payload = JSON.parse(Buffer.from(application.messages[0]!.text.split('.')[1]!, 'base64url').toString());
    expect(payload).toMatchObject({ action: 'PUSH_NOT_BEFORE', resource: first.clientId, notBefore: 7 });
    application.messages.length = 0;
    expect(await callbacks.pushNotBefore(authority, null)).toBe(2);
    await callbacks.idle();
    expect(application.messages.map(({ path }) => path).toSorted()).toEqual([
      '/first/k_push_not_before',
      '/second/k_push_not_before',
    ]);
    const pushed = (await world.events(tenant)).filter(({ type }) => type === 'not_before.pushed');
    expect(pushed.map(({ client_id: id }) => id)).toEqual([first.clientId, null, null]);
  });

  it('learns of many sessions in messages of a bounded size', async () => {
    const client = await newClient({ adminUrl: application.origin });
    const ended = Array.from({ length: 201 }, (_, at) => ({
      clientUuid: client.uuid,
      sessionId: null,
      clientSession: `app-${at}`,
    }));
    world.services.oauth.callbacks.tell(world.system(acme), ended);
    await world.services.oauth.callbacks.idle();
    const sizes = await Promise.all(
      application.messages.map(async ({ text }) => {
        const { payload } = await readMessage(text);
        expect(payload['keycloakSessionIds']).toEqual([]);
        return (payload['adapterSessionIds'] as string[]).length;
      }),
    );
    expect(sizes.toSorted()).toEqual([1, 200]);
  });
});
