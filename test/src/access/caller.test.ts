import { describe, expect, it } from 'vitest';
import { anonymousCaller, PermissionSet, systemCaller, userBehind } from '../../../src/access/index.ts';
import type { Origin, TenantRef } from '../../../src/kernel/index.ts';

const ORIGIN: Origin = { ip: '192.0.2.1', peerIp: '192.0.2.2', userAgent: 'curl', api: 'graphql', processId: 'test' };

describe('a caller without a credential', () => {
  it('holds nothing and is nothing but its origin', () => {
    const { kind, permissions, scopes, amr, origin, ...rest } = anonymousCaller(ORIGIN);
    expect([kind, scopes, amr, origin]).toEqual(['anonymous', [], [], ORIGIN]);
    expect(permissions).toBe(PermissionSet.none);
    expect(Object.values(rest).every((value) => value === null)).toBe(true);
  });
});

describe('the service as a caller', () => {
  it('has no address and calls from inside, unless it goes on for a request', () => {
    expect(systemCaller({ processId: 'test' })).toEqual({
      ...anonymousCaller({ ip: null, peerIp: null, userAgent: null, api: 'internal', processId: 'test' }),
      kind: 'system',
    });
    expect(systemCaller(ORIGIN).origin).toEqual(ORIGIN);
  });
});

describe('the user behind a caller', () => {
  const tenant = { id: 'acme' } as TenantRef;
  const caller = { ...anonymousCaller(ORIGIN), tenant, userId: 'ada' };

  it('is the user of a token, and the owner of an API key, in its tenant', () => {
    expect(userBehind({ ...caller, kind: 'user' })).toEqual({ tenantId: 'acme', userId: 'ada' });
    const owner = { tenantId: 'master', userId: 'root' };
    expect(userBehind({ ...caller, kind: 'api-key', userId: null, apiKey: { id: 'k', owner } })).toBe(owner);
  });

  it('is nobody for others', () => {
    expect(userBehind({ ...caller, kind: 'application' })).toBeNull();
    expect(userBehind({ ...caller, kind: 'user', userId: null })).toBeNull();
    expect(userBehind({ ...caller, kind: 'user', tenant: null })).toBeNull();
    expect(userBehind(systemCaller(ORIGIN))).toBeNull();
  });
});
