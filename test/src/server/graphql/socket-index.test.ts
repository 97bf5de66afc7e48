import { describe, expect, it } from 'vitest';
import { anonymousCaller, type Caller } from '../../../../src/access/index.ts';
import type { SecurityEvent } from '../../../../src/events/index.ts';
import { newId, type TenantId, type TenantRef } from '../../../../src/kernel/index.ts';
import { EVENT_CATALOGUE, EVENT_TYPES, type EventName } from '../../../../src/modules.ts';
import { SocketIndex } from '../../../../src/server/graphql/socket-index.ts';
import { TEST_ORIGIN } from '../../../support/world.ts';

const tenantOf = (name: string): TenantRef => ({ id: newId() as TenantId, name, route: 'abcdefgh' }) as TenantRef;
const acme = tenantOf('acme');
const other = tenantOf('other');

const caller = (tenant: TenantRef, over: Partial<Caller>): Caller => ({
  ...anonymousCaller(TEST_ORIGIN),
  kind: over.userId === undefined ? 'application' : 'user',
  tenant,
  ...over,
});

const event = (type: EventName, over: Partial<SecurityEvent> = {}): SecurityEvent =>
  ({ tenantId: acme.id, type, sessionId: null, subjectId: null, clientId: null, params: {}, ...over }) as SecurityEvent;

describe('the index of sockets', () => {
  /** Many sockets that no event concerns, and a few that events concern. */
  function filled(): SocketIndex<string> {
    const index = new SocketIndex<string>(EVENT_CATALOGUE);
    for (let i = 0; i < 3_000; i++)
      index.add(caller(acme, { userId: `idle-${i}`, sessionId: `s-${i}`, clientId: `c-${i}` }), `idle-${i}`);
    index.add(caller(acme, { userId: 'anna', sessionId: 'one', clientId: 'app' }), 'anna/one');
    index.add(caller(acme, { userId: 'anna', sessionId: 'two', clientId: 'app' }), 'anna/two');
    index.add(caller(acme, { clientId: 'app' }), 'app');
    index.add(caller(other, { userId: 'anna', sessionId: 'one', clientId: 'app' }), 'neighbour');
    return index;
  }

  it.each<[EventName, Partial<SecurityEvent>, string[]]>([
    ['session.revoked', { sessionId: 'one' }, ['anna/one']],
    ['user.disabled', { subjectId: 'anna' }, ['anna/one', 'anna/two']],
    ['session.revoked', { sessionId: 'one', subjectId: 'anna', clientId: 'app' }, ['anna/one']],
    ['user.state_changed', { subjectId: 'anna', sessionId: 's-1', clientId: 'c-1' }, ['anna/one', 'anna/two']],
    ['token.revoked', { clientId: 'app', params: { tokenId: 'j' } }, ['anna/one', 'anna/two', 'app']],
    ['client.updated', { clientId: 'app' }, ['anna/one', 'anna/two', 'app']],
    ['user.disabled', { subjectId: 'nobody' }, []],
    ['token.issued', { sessionId: 'one', subjectId: 'anna', clientId: 'app' }, []],
    ['role.updated', { tenantId: other.id }, ['neighbour']],
  ])('finds for %s %j those concerned, each once, and touches nobody else', (type, over, expected) => {
    expect([...filled().concernedBy(event(type, over))]).toEqual(expected);
  });

  it('finds all sockets of the tenant, and no others, for events that may end all its tokens', () => {
    const concerned = filled().concernedBy(event('tenant.sessions_revoked'));
    expect(concerned.size).toBe(3_003);
    expect(concerned.has('neighbour')).toBe(false);
    const roleOfGroup = event('role_grant.removed', { clientId: 'acting-app', params: { holderKind: 'group' } });
    expect(filled().concernedBy(roleOfGroup).size).toBe(3_003);
  });

  it('finds those of API keys by their owner, who may belong to another tenant', () => {
    const index = filled();
    const owner = { tenantId: other.id, userId: 'root' };
    index.add(caller(acme, { kind: 'api-key', apiKey: { id: 'k', owner } }), 'key');
    expect([...index.concernedBy(event('user.disabled', { tenantId: other.id, subjectId: 'root' }))]).toEqual(['key']);
    expect(index.concernedBy(event('user.disabled', { subjectId: 'root' })).size).toBe(0);
    // A deleted key of such an owner names no account of the tenant.
    expect(index.concernedBy(event('api_key.deleted', { params: { apiKeyId: 'k' } })).has('key')).toBe(true);
    expect(index.countOfCaller(caller(other, { userId: 'root' }))).toBe(1);
  });

  it('finds those of API keys when roles change in the tenant of their owner, where they do not count', () => {
    const index = filled();
    const ofOther = caller(acme, {
      kind: 'api-key',
      apiKey: { id: 'k', owner: { tenantId: other.id, userId: 'root' } },
    });
    index.add(ofOther, 'key');
    const changed = event('role.updated', { tenantId: other.id });
    expect([...index.concernedBy(changed)]).toEqual(['neighbour', 'key']);
    expect([index.countOfTenant(ofOther), index.countOfTenant(caller(other, {}))]).toEqual([3_004, 1]);
    index.add(caller(acme, { kind: 'api-key', apiKey: { id: 'l', owner: { tenantId: acme.id, userId: 'a' } } }), 'own');
    expect([...index.concernedBy(event('role.updated'))].filter((socket) => socket === 'own')).toHaveLength(1);
    index.delete(ofOther, 'key');
    expect([...index.concernedBy(changed)]).toEqual(['neighbour']);
  });

  it('does not find deleted sockets', () => {
    const index = filled();
    index.delete(caller(acme, { userId: 'anna', sessionId: 'one', clientId: 'app' }), 'anna/one');
    for (const type of Object.keys(EVENT_TYPES) as EventName[]) {
      const named = event(type, { sessionId: 'one', subjectId: 'anna', clientId: 'app' });
      expect(index.concernedBy(named).has('anna/one')).toBe(false);
    }
  });

  it('counts the sockets of a caller, for a user over all clients, and of a tenant', () => {
    const index = filled();
    index.add(caller(acme, { userId: 'anna', clientId: 'another' }), 'anna/three');
    expect(index.countOfCaller(caller(acme, { userId: 'anna', clientId: 'new' }))).toBe(3);
    expect(index.countOfCaller(caller(acme, { clientId: 'app' }))).toBe(1);
    expect(index.countOfCaller(caller(other, { userId: 'anna' }))).toBe(1);
    expect(index.countOfTenant(caller(acme, { userId: 'new' }))).toBe(3_004);
    expect(index.countOfTenant(caller(other, { userId: 'new' }))).toBe(1);
  });
});
