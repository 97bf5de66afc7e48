import { describe, expect, it } from 'vitest';
import { anonymousCaller, PermissionSet, systemCaller } from '../../../src/access/index.ts';
import type { Origin } from '../../../src/kernel/index.ts';

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
