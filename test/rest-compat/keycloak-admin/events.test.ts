import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ACTIVITY,
  nameActivity,
  nameChange,
  typesNamed,
  typesOfChanges,
} from '../../../rest-compat/keycloak-admin/event-types.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { EVENT_TYPES, type EventName } from '../../../src/modules.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];
const BAD_REQUEST = [400, { error: 'HTTP 400 Bad Request' }];
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const DONE = [204, undefined];
const BARE = { subjectId: null, clientId: null, sessionId: null, params: {} };

describe('the administration of events', () => {
  const realm = kobilOfSuite();
  let tenant: TenantRef;
  let name: string;
  let all: string;
  let reader: string;
  beforeAll(() => {
    all = realm.token(realm.master, 'event:read:all', 'setting:write:all', 'tenant:read:all');
  });
  beforeEach(async () => {
    tenant = await realm.world.tenant({ template: 'realm' });
    ({ name } = tenant);
    reader = realm.token(tenant, 'event:read');
  });
  const ask = (method: string, path: string, token = reader, body?: unknown) =>
    realm.ask(method, `/admin/realms/${name}/${path}`, { token, ...(body === undefined ? {} : { body }) });
  const listed = async (path: string): Promise<Record<string, unknown>[]> => (await ask('GET', path))[1];
  const record = (type: EventName, more: object = {}) =>
    realm.world.services.events.append(realm.world.system(tenant).caller, tenant, { type: EVENT_TYPES[type], ...more });

  it('shows what users did, and what was changed, by the stock client', async () => {
    const user = await realm.world.newUser(tenant);
    const { session } = await realm.world.signedIn(tenant, user.id);
    const admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: name });
    admin.setAccessToken(reader);
    const [login, ...others] = await admin.realms.findEvents({ realm: name });
    expect(others).toEqual([]);
    expect(login).toMatchObject({
      type: 'LOGIN',
      realmId: name,
      userId: user.id,
      sessionId: session.id,
      time: realm.world.clock.now().getTime(),
    });
    const changes = await admin.realms.findAdminEvents({ realm: name });
    expect(
      changes.map(({ operationType, resourceType, resourcePath }) => [operationType, resourceType, resourcePath]),
    ).toEqual([
      ['CREATE', 'REALM_ROLE_MAPPING', `users/${user.id}/role-mappings/realm`],
      ['CREATE', 'USER', `users/${user.id}`],
      ['CREATE', 'REALM', ''],
    ]);
  });

  it('narrows what users did', async () => {
    const [a, b] = [newId(), newId()];
    await record('session.started', { subjectId: a, clientId: 'portal' });
    await record('sign_in.failed', { subjectId: b, outcome: 'failure', reason: 'PASSWORD_WRONG' });
    await record('token.issued', { subjectId: a, params: { grantType: 'refresh_token' } });
    await record('token.issued', { subjectId: b, params: { grantType: 'authorization_code' } });
    const types = async (query: string) => (await listed(`events?${query}`)).map(({ type }) => type);
    expect(await types('')).toEqual(['CODE_TO_TOKEN', 'REFRESH_TOKEN', 'LOGIN_ERROR', 'LOGIN']);
    expect(await types('type=LOGIN&type=REFRESH_TOKEN')).toEqual(['REFRESH_TOKEN', 'LOGIN']);
    expect(await types('type=TIDE')).toEqual([]);
    expect(await types(`user=${a}`)).toEqual(['REFRESH_TOKEN', 'LOGIN']);
    expect(await types('client=portal')).toEqual(['LOGIN']);
    expect(await types('first=1&max=2')).toEqual(['REFRESH_TOKEN', 'LOGIN_ERROR']);
    expect(await types('ipAddress=192.0.2.200')).toEqual([]);
    const day = realm.world.clock.now().toISOString().slice(0, 10);
    expect(await types(`dateFrom=${day}&dateTo=${day}&max=1`)).toEqual(['CODE_TO_TOKEN']);
    expect(await types(`dateTo=${realm.world.clock.now().getTime() - 60_000}`)).toEqual([]);
    expect((await listed('events?type=LOGIN_ERROR'))[0]).toMatchObject({ userId: b, error: 'PASSWORD_WRONG' });
  });

  it('narrows what was changed', async () => {
    const user = newId();
    const byApp = realm.world.app(tenant, 'user:write');
    await realm.world.services.events.append(byApp, tenant, { type: EVENT_TYPES['user.deleted'], subjectId: user });
    await record('role.created', { params: { name: 'keeper' } });
    const paths = async (query: string) =>
      (await listed(`admin-events?${query}`)).map(({ resourcePath }) => resourcePath);
    expect(await paths('operationTypes=DELETE')).toEqual([`users/${user}`]);
    expect(await paths('resourceTypes=REALM_ROLE&resourceTypes=USER')).toEqual(['roles/keeper', `users/${user}`]);
    expect(await paths('operationTypes=CREATE&resourceTypes=USER')).toEqual([]);
    expect(await paths(`authClient=${byApp.clientId}`)).toEqual([`users/${user}`]);
    expect(await paths('resourcePath=users/*')).toEqual([`users/${user}`]);
    expect(await paths('resourcePath=roles/k*p*r')).toEqual(['roles/keeper']);
    expect(await paths('resourcePath=roles/keep')).toEqual([]);
    expect(await paths('resourcePath=roles/keeper*keeper')).toEqual([]);
    expect(await paths('authUser=nobody')).toEqual([]);
    expect(await paths('authIpAddress=192.0.2.200')).toEqual([]);
  });

  it('hides what was recorded, in one list alone; the log keeps it', async () => {
    await record('session.started');
    await record('role.created', { params: { name: 'keeper' } });
    realm.world.clock.advance(1);
    expect(await ask('DELETE', 'events')).toEqual(FORBIDDEN);
    for (const path of ['events', 'admin-events'])
      expect(await ask('DELETE', path, realm.token(tenant, 'setting:write'))).toEqual(FORBIDDEN);
    expect(await ask('DELETE', 'events', all)).toEqual(DONE);
    expect(await listed('events')).toEqual([]);
    expect((await listed('admin-events')).length).toBeGreaterThan(1);
    realm.world.clock.advance(1);
    expect(await ask('DELETE', 'admin-events', all)).toEqual(DONE);
    realm.world.clock.advance(1);
    // The hiding itself is left.
    expect((await listed('admin-events')).map(({ details }) => details)).toEqual([{ changed: '["hiddenEvents"]' }]);
    await record('session.started');
    expect(await listed('events')).toHaveLength(1);
    const now = realm.world.clock.now().getTime();
    expect(await listed(`events?dateFrom=${now - 600_000}`)).toHaveLength(1);
    expect(await listed(`events?dateFrom=${now + 600_000}`)).toEqual([]);
    expect(await realm.world.eventTypes(tenant)).toContain('role.created');
  });

  it('keeps what the realm says about events', async () => {
    expect((await ask('GET', 'events/config', all))[1]).toMatchObject({
      eventsEnabled: false,
      eventsListeners: ['jboss-logging'],
      adminEventsEnabled: false,
    });
    const config = { eventsEnabled: true, eventsExpiration: 600, enabledEventTypes: ['LOGIN'] };
    expect(await ask('PUT', 'events/config', all, { ...config, adminEventsEnabled: null })).toEqual(DONE);
    expect((await ask('GET', 'events/config', all))[1]).toMatchObject({ ...config, adminEventsEnabled: false });
    for (const body of [{ eventsEnabled: 'yes' }, { eventsExpiration: -1 }, { eventsListeners: 'x' }, []])
      expect([body, await ask('PUT', 'events/config', all, body)]).toEqual([body, WRONG_SHAPE]);
    expect(await ask('PUT', 'events/config', reader, config)).toEqual(FORBIDDEN);
  });

  it('shows the usual values in place of what was stored elsewhere with another type', async () => {
    const usual = (await ask('GET', 'events/config', all))[1];
    await realm.world.services.tenants.configure(realm.world.system(tenant), {
      extra: {
        set: { eventsEnabled: 'yes', eventsExpiration: -1, eventsListeners: { a: 1 }, enabledEventTypes: [7] },
      },
    });
    expect(await ask('GET', 'events/config', all)).toEqual([200, usual]);
  });

  it('refuses parameters that cannot be used', async () => {
    for (const query of ['max=x', 'max=-1', 'first=-1', 'dateFrom=soon', 'dateFrom=2026-13-01', 'direction=asc'])
      expect([query, await ask('GET', `events?${query}`)]).toEqual([query, BAD_REQUEST]);
    expect(await ask('GET', 'events?max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
    expect(await ask('GET', 'admin-events?first=9999&max=2')).toEqual([
      400,
      { errorMessage: 'max must not exceed 10000' },
    ]);
    const other = realm.token(realm.acme, 'event:read');
    expect(await ask('GET', 'events', other)).toEqual(FORBIDDEN);
  });
});

describe('the names of events', () => {
  it('are for types that there are, each in one list', () => {
    const changes = typesOfChanges([], []);
    expect([...Object.keys(ACTIVITY), ...changes].filter((type) => !Object.hasOwn(EVENT_TYPES, type))).toEqual([]);
    expect(changes.filter((type) => Object.hasOwn(ACTIVITY, type))).toEqual([]);
    for (const type of changes) expect(nameChange({ ...BARE, type }).path).not.toMatch(/undefined|null/);
  });

  it.each([
    ['token.issued', 'client_credentials', 'CLIENT_LOGIN'],
    ['token.issued', 'authorization_code', 'CODE_TO_TOKEN'],
    ['token.refused', 'refresh_token', 'REFRESH_TOKEN_ERROR'],
    ['token.refused', 'toString', 'CODE_TO_TOKEN_ERROR'],
    ['token.revoked', 'refresh_token', 'REVOKE_GRANT'],
  ])('%s of %s is %s, by which it is found', (type, grantType, named) => {
    expect(nameActivity({ ...BARE, type, params: { grantType } })).toBe(named);
    expect(typesNamed([named])).toContain(type);
  });
});
