// Announces the nodes of all modules.
import '../../schema/modules.ts';
import { describe, expect, it } from 'vitest';
import { type NodeTags, parseGlobalId, registerTag, toGlobalId } from '../../schema/global-id.ts';
import { defineNode, registerNodes } from '../../schema/kit/node.ts';

const TENANT = { route: 'abcdefgh' };

describe('global ids', () => {
  it('carry the tag that the module of the type announces', () => {
    const id = toGlobalId('Consent', TENANT, 'jane:portal');
    expect(id).toBe('con~abcdefgh~jane:portal');
    expect(parseGlobalId(id)).toEqual({ type: 'Consent', route: 'abcdefgh', key: 'jane:portal' });
  });

  it('keep the tags that clients have stored: none of them ever changes', () => {
    const tags: NodeTags = {
      app: 'LinkedApp',
      blk: 'Lockout',
      cli: 'Client',
      con: 'Consent',
      crd: 'Credential',
      dev: 'Device',
      evt: 'SecurityEvent',
      fed: 'FederationLink',
      grp: 'Group',
      idp: 'FederationProvider',
      key: 'SigningKey',
      rol: 'Role',
      rsk: 'Riskbit',
      ses: 'Session',
      ten: 'Tenant',
      usr: 'User',
    };
    for (const [tag, type] of Object.entries(tags)) expect(toGlobalId(type, TENANT, 'x')).toBe(`${tag}~abcdefgh~x`);
  });

  it('do not start with two types under one tag, or with one type under two tags', () => {
    expect(() => registerTag('con', 'Device')).toThrow('The tag "con" of Device is the tag of Consent.');
    expect(() => registerTag('xyz', 'Device')).toThrow('Device has two tags: "dev" and "xyz".');
    const again = defineNode('dev', 'Device', () => null);
    expect(() => registerNodes([again])).toThrow('The tag "dev" of Device is the tag of Device.');
  });

  it('do not compile with a tag or a type that no module declares', () => {
    // @ts-expect-error `dev` is the tag of Device.
    defineNode('dev', 'User', () => null);
    // @ts-expect-error No module declares the tag.
    defineNode('xyz', 'Device', () => null);
    // @ts-expect-error No module declares the type.
    expect(() => toGlobalId('Draft', TENANT, 'x')).toThrow('Draft has no tag');
  });
});
