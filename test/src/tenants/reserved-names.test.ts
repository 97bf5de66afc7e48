import { describe, expect, it } from 'vitest';
import { RESERVED_TENANT_NAMES, TENANT_NAME } from '../../../src/tenants/reserved-names.ts';

describe('the form of a tenant name', () => {
  it.each(['ab', 'a1', '1a', 'A-_', 'x'.repeat(63)])('is met by %j', (name) =>
    expect(TENANT_NAME.test(name)).toBe(true),
  );

  it.each([
    '',
    'a',
    'x'.repeat(64),
    '-a',
    '_a',
    'a b',
    'a.b',
    'a/b',
    'a~b',
    'a%2f',
    '..',
    'äb',
    'ａｂ',
    'ab\n',
    '\0ab',
    'a\u200bb',
  ])('is not met by %j', (name) => expect(TENANT_NAME.test(name)).toBe(false));
});

describe('the reserved names', () => {
  it('are in lower case, because a name is compared in lower case', () => {
    expect([...RESERVED_TENANT_NAMES].filter((name) => name !== name.toLowerCase() || name === '')).toEqual([]);
  });
});
