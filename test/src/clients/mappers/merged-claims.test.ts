import { describe, expect, it } from 'vitest';
import {
  type ClaimFacts,
  differAtIntrospection,
  mergeClaims,
  type ProtocolMapper,
  readsRoles,
  toIntrospected,
} from '../../../../src/clients/index.ts';

const FACTS: ClaimFacts = {
  clientId: 'ferry',
  account: null,
  realmRoles: ['mate'],
  clientRoles: new Map(),
  sessionNotes: new Map(),
};
const fixed = (claim: string, value: string, switches: Record<string, string>): ProtocolMapper => ({
  id: claim,
  name: claim,
  type: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': claim, 'claim.value': value, ...switches },
});
const ACCESS_ALONE = { 'access.token.claim': 'true', 'introspection.token.claim': 'false' };
const INTROSPECTION_ALONE = { 'introspection.token.claim': 'true' };
const BOTH = { 'access.token.claim': 'true' };

describe('claims of mappers beside those of a token', () => {
  it('join objects and replace every other value', () => {
    const claims = { ship: { name: 'Skuld', crew: ['a'] }, port: 'SKA', tide: { now: 'low' } };
    expect(mergeClaims(claims, { ship: { crew: ['b'] }, port: { code: 'X' }, tide: 'high', moon: 1 })).toEqual({
      ship: { name: 'Skuld', crew: ['b'] },
      port: { code: 'X' },
      tide: 'high',
      moon: 1,
    });
  });

  it('take no member of the prototype for one of the claims', () => {
    const merged = mergeClaims({}, { constructor: { a: 1 }, toString: 'x' });
    expect(Object.entries(merged)).toEqual([
      ['constructor', { a: 1 }],
      ['toString', 'x'],
    ]);
    const parsed = JSON.parse('{"port":{"__proto__":{"isAdmin":true}}}');
    const guarded = mergeClaims({ port: {} }, parsed) as { port: Record<string, unknown> };
    expect(guarded.port['isAdmin']).toBeUndefined();
    expect(Object.getPrototypeOf(guarded.port)).toBe(Object.prototype);
  });

  it('are those of the token at introspection where no switch differs', () => {
    expect(differAtIntrospection([fixed('a', '1', BOTH)])).toBe(false);
    expect(differAtIntrospection([fixed('a', '1', ACCESS_ALONE)])).toBe(true);
    expect(differAtIntrospection([fixed('a', '1', INTROSPECTION_ALONE)])).toBe(true);
  });

  it('are left out of introspection, or added there, as their switches say', () => {
    const mappers = [
      fixed('ship.name', 'Skuld', ACCESS_ALONE),
      fixed('ship.tide', 'low', INTROSPECTION_ALONE),
      fixed('port.code', 'SKA', ACCESS_ALONE),
      fixed('moon', 'full', BOTH),
    ];
    const claims = { sub: 'u', ship: { name: 'Skuld', flag: 'dk' }, port: { code: 'SKA' }, moon: 'full' };
    expect(toIntrospected({ claims, audience: ['x'] }, mappers, FACTS)).toEqual({
      claims: { sub: 'u', ship: { flag: 'dk', tide: 'low' }, moon: 'full' },
      audience: ['x'],
    });
  });

  it('depend on roles where a mapper for the place reads them', () => {
    const roles = (type: string): ProtocolMapper => ({ id: 'r', name: 'r', type, config: BOTH });
    expect(readsRoles([roles('oidc-usermodel-realm-role-mapper')], 'accessToken')).toBe(true);
    expect(readsRoles([roles('oidc-audience-resolve-mapper')], 'accessToken')).toBe(true);
    expect(readsRoles([roles('oidc-usermodel-realm-role-mapper')], 'userinfo')).toBe(false);
    expect(readsRoles([roles('oidc-audience-mapper'), roles('unheard-of')], 'accessToken')).toBe(false);
  });
});
