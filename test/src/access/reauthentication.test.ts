import { describe, expect, it } from 'vitest';
import {
  Authority,
  anonymousCaller,
  type Caller,
  NEVER_SIGNED_IN,
  requireRecentProof,
  requireRecentSignIn,
} from '../../../src/access/index.ts';
import type { Origin, TenantRef } from '../../../src/kernel/index.ts';

const ORIGIN: Origin = { ip: null, peerIp: null, userAgent: null, api: 'graphql', processId: 'test' };
const tenant = (id: string) => ({ id, name: id, route: 'route' }) as unknown as TenantRef;
const acme = tenant('acme');
const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

describe('a recent sign-in (ASVS 7.5.1)', () => {
  const ada = (authTime: Date | null, over: Partial<Caller> = {}): Caller => ({
    ...anonymousCaller(ORIGIN),
    kind: 'user',
    tenant: acme,
    userId: 'ada',
    authTime,
    ...over,
  });
  const check = (caller: Caller, userId = 'ada', where = acme) => {
    const authority = new Authority(caller, where, 'tenant');
    return () => requireRecentSignIn(authority, userId, 300, NOW);
  };
  const REFUSAL = expect.objectContaining({ code: 'REAUTHENTICATION_REQUIRED', kind: 'unauthenticated' });

  it('is demanded of users who change their own account, whatever the reach', () => {
    expect(check(ada(ago(300)))).not.toThrow();
    expect(check(ada(ago(301)))).toThrow(REFUSAL);
    expect(check(ada(null))).toThrow(REFUSAL);
  });

  it('is not required for other accounts, the same id in another tenant, and callers that are not users', () => {
    expect(check(ada(null), 'bert')).not.toThrow();
    expect(check(ada(null), 'ada', tenant('neighbour'))).not.toThrow();
    expect(check(ada(null, { kind: 'application', userId: null }))).not.toThrow();
    expect(check(ada(null, { kind: 'api-key' }), 'bert')).not.toThrow();
    expect(check(ada(null, { kind: 'api-key' }), 'ada', tenant('neighbour'))).not.toThrow();
  });

  it('is one that API keys never had, so they change no credentials of their owner', () => {
    for (const api of ['rest', 'graphql'])
      expect(check(ada(NOW, { kind: 'api-key', origin: { ...ORIGIN, api } }))).toThrow(
        expect.objectContaining({ code: 'FORBIDDEN' }),
      );
  });

  it('is not demanded by the older APIs, whose callers could not act on the answer', () => {
    expect(check(ada(null, { origin: { ...ORIGIN, api: 'rest' } }))).not.toThrow();
  });

  it('is demanded by every API for what gives lasting access', () => {
    const prove = (seconds: number) => () =>
      requireRecentProof(ada(ago(seconds), { origin: { ...ORIGIN, api: 'rest' } }), 300, NOW);
    expect(prove(300)).not.toThrow();
    expect(prove(301)).toThrow(REFUSAL);
  });

  it('is demanded by every API where an administrator acts as the user, which nobody can meet', () => {
    for (const api of ['rest', 'graphql'])
      expect(check(ada(NEVER_SIGNED_IN, { origin: { ...ORIGIN, api } }))).toThrow(REFUSAL);
  });
});
