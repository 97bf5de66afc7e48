// Announces the nodes of all modules.
import '../../schema/modules.ts';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseGlobalId, registerTag, taggedTypes, toGlobalId } from '../../schema/global-id.ts';
import { defineNode, registerNodes } from '../../schema/kit/node.ts';
import { buildIdsPage } from '../../scripts/ids-page.ts';

const TENANT = { route: 'abcdefgh' };

describe('global ids', () => {
  it('carry the tag that the module of the type announces', () => {
    const id = toGlobalId('Consent', TENANT, 'jane:portal');
    expect(id).toBe('con~abcdefgh~jane:portal');
    expect(parseGlobalId(id)).toEqual({ type: 'Consent', route: 'abcdefgh', key: 'jane:portal' });
  });

  it('keep the tags that clients have stored: the page that lists them changes by new ones only', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/ids.md'), 'utf8');
    expect(page).toContain('| `con` | `Consent` |');
    expect(page).toContain('| `usr` | `User` |');
    expect(buildIdsPage(page)).toBe(page);
    expect(buildIdsPage('')).toBe(page);
    const others = taggedTypes().filter((type) => type !== 'Device');
    expect(buildIdsPage(page.replace('| `dev` | `Device` |\n', ''), others)).not.toContain('Device');
    expect(() => buildIdsPage(page, others)).toThrow('The tag dev of Device is gone');
    expect(() => buildIdsPage(page.replace('`Device`', '`Machine`'))).toThrow('The tag dev of Machine is Device');
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
