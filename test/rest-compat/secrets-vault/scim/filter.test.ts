import { describe, expect, it } from 'vitest';
import {
  MAX_FILTER_DEPTH,
  MAX_FILTER_LENGTH,
  parseFilter,
  type ScimFilter,
} from '../../../../rest-compat/secrets-vault/scim/filter.ts';
import { meetsFilter, resolveFilter } from '../../../../rest-compat/secrets-vault/scim/resolved-filter.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { refused } from './refused.ts';

/** A filter as nested lists. */
function shape(filter: ScimFilter): unknown {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [filter.kind, ...filter.filters.map(shape)];
    case 'not':
      return ['not', shape(filter.filter)];
    case 'values':
      return [nameOf(filter.path), shape(filter.filter)];
    case 'present':
      return `${nameOf(filter.path)} pr`;
    case 'compare':
      return `${nameOf(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
  }
}

const nameOf = ({ schema, name, sub }: { schema: string | null; name: string; sub: string | null }) =>
  `${schema === null ? '' : `${schema}|`}${name}${sub === null ? '' : `.${sub}`}`;
const read = (text: string) => shape(parseFilter(text));

describe('filters of SCIM', () => {
  it('are read with every operator, in any case', () => {
    for (const operator of ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
      expect(read(`userName ${operator.toUpperCase()} "x"`)).toBe(`userName ${operator} "x"`);
    expect(read('title PR')).toBe('title pr');
    expect(read('  active   eq   TRUE ')).toBe('active eq true');
    expect(read('a eq null')).toBe('a eq null');
    expect(read('a eq -1.5e3')).toBe('a eq -1500');
  });

  it('have the precedence of RFC 7644 section 3.4.2.2: groups, not, and, or', () => {
    expect(read('a pr or b pr and c pr or d pr')).toEqual(['or', 'a pr', ['and', 'b pr', 'c pr'], 'd pr']);
    expect(read('(a pr OR b pr) And not (c pr or not(d pr))')).toEqual([
      'and',
      ['or', 'a pr', 'b pr'],
      ['not', ['or', 'c pr', ['not', 'd pr']]],
    ]);
  });

  it('name members, schemas and values in brackets, with a member behind these', () => {
    expect(read('name.familyName co "O\'Malley"')).toBe('name.familyName co "O\'Malley"');
    expect(read(`${ENTERPRISE_SCHEMA}:manager.value eq "1"`)).toBe(`${ENTERPRISE_SCHEMA}|manager.value eq "1"`);
    expect(read('members.$ref pr')).toBe('members.$ref pr');
    expect(read('emails[type eq "work" and value co "@x"]')).toEqual([
      'emails',
      ['and', 'type eq "work"', 'value co "@x"'],
    ]);
    expect(read('emails[type eq "work"].value eq "x"')).toEqual(['emails', ['and', 'type eq "work"', 'value eq "x"']]);
  });

  it('hold texts as JSON writes them', () => {
    expect(read(String.raw`userName eq "\u0041\"\\\/\n"`)).toBe(`userName eq ${JSON.stringify('A"\\/\n')}`);
    expect(read('userName eq "(a) and [b] or \\"c\\""')).toBe('userName eq "(a) and [b] or \\"c\\""');
  });

  it.each([
    '',
    ' ',
    'userName',
    'userName eq',
    'userName eq ',
    'userName eq x',
    'userName eq "x',
    'userName eq "x" and',
    'userName eq "x"and title pr',
    'userName eq "x" title pr',
    'userName like "x"',
    'userName eq "\\x"',
    'userName eq "a\u0000b"',
    'userName eq 01',
    'userName eq truex',
    "userName eq 'x'",
    'not userName pr',
    'not pr',
    '(userName pr',
    'userName pr)',
    '()',
    'emails[]',
    'emails[type pr',
    'emails[type pr]. eq "x"',
    'emails[type pr].a.b eq "x"',
    'emails[a[b pr]]',
    'emails[type pr].value',
    'name.givenName.x pr',
    '.name pr',
    '1a pr',
    'userName pr and or title pr',
    '🦄 pr',
  ])('refuse %j', (text) => {
    expect(refused(() => parseFilter(text))).toBe('invalidFilter');
  });

  it('have a bounded length and depth', () => {
    const long = (length: number) => `userName eq "${'x'.repeat(length - 14)}"`;
    expect(() => parseFilter(long(MAX_FILTER_LENGTH))).not.toThrow();
    expect(refused(() => parseFilter(long(MAX_FILTER_LENGTH + 1)))).toBe('invalidFilter');
    const deep = (depth: number, inside: string) => `${'('.repeat(depth)}${inside}${')'.repeat(depth)}`;
    expect(() => parseFilter(deep(MAX_FILTER_DEPTH, 'a pr'))).not.toThrow();
    expect(() => parseFilter(deep(MAX_FILTER_DEPTH - 1, 'a[b pr]'))).not.toThrow();
    expect(refused(() => parseFilter(deep(MAX_FILTER_DEPTH + 1, 'a pr')))).toBe('invalidFilter');
    expect(refused(() => parseFilter(deep(MAX_FILTER_DEPTH, 'a[b pr]')))).toBe('invalidFilter');
    expect(refused(() => parseFilter('not('.repeat(500)))).toBe('invalidFilter');
  });
});

const USER = {
  id: 'Ab1',
  externalId: 'Ext',
  userName: 'Anna.Berg',
  name: { givenName: 'Anna', familyName: 'Berg' },
  active: true,
  profileUrl: 'https://example.com/Anna',
  emails: [
    { value: 'anna@work.example', type: 'work', primary: true },
    { value: 'anna@home.example', type: 'home' },
  ],
  [ENTERPRISE_SCHEMA]: { department: 'Sales', manager: { value: 'M1' } },
  meta: { created: '2026-01-01T00:00:00.000Z' },
};
const meets = (text: string) => meetsFilter(resolveFilter(USER_KIND, parseFilter(text)), USER);

describe('operators of filters', () => {
  it.each([
    'userName eq "ANNA.berg"',
    'USERNAME ne "other"',
    'userName co "NA.B"',
    'userName sw "anna"',
    'userName ew "BERG"',
    'userName gt "anna"',
    'userName ge "anna.berg"',
    'userName lt "b"',
    'userName le "anna.berg"',
    'id eq "Ab1"',
    'externalId eq "Ext" and id ne "ab1"',
    'active eq true',
    'active eq "True"',
    'active ne false',
    'name pr',
    'name.givenName eq "anna"',
    'title ne "x"',
    'title eq null',
    'userName ne null',
    'unknown ne "x"',
    'unknown eq null',
    'not (unknown pr)',
    'emails eq "ANNA@work.example"',
    'emails.value eq "anna@home.example"',
    'emails.value ne "anna@home.example"',
    'emails[type eq "work"].value eq "anna@work.example"',
    'emails[type eq "work" and value sw "anna"]',
    'emails[not (type eq "work")]',
    'emails[primary eq true]',
    'profileUrl co "/Anna"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna.berg"',
    `${ENTERPRISE_SCHEMA}:department eq "sales"`,
    `${ENTERPRISE_SCHEMA}:manager eq "M1"`,
    'meta.created gt "2025-12-31T23:59:59Z"',
    'meta.created eq "2026-01-01T01:00:00+01:00"',
    'meta.created le "2026-01-01T00:00:00Z"',
  ])('hold: %s', (text) => {
    expect(meets(text)).toBe(true);
  });

  it.each([
    'id eq "ab1"',
    'externalId eq "ext"',
    'externalId co "ext"',
    'active eq false',
    'title pr',
    'title eq "x"',
    'title gt ""',
    'userName eq null',
    'unknown pr',
    'unknown eq "x"',
    'unknown gt "x"',
    'unknown ne null',
    'unknown[value pr]',
    'emails[type eq "work"].value eq "anna@home.example"',
    'emails[type eq "home" and primary eq true]',
    'emails[unknown pr]',
    'emails[name.x pr]',
    'profileUrl co "/anna"',
    'urn:example:Other:userName eq "anna.berg"',
    `${ENTERPRISE_SCHEMA} pr`,
    'department eq "sales"',
    'name.unknown pr',
    'meta.created lt "2026-01-01T00:00:00Z"',
  ])('do not hold: %s', (text) => {
    expect(meets(text)).toBe(false);
  });

  it.each([
    'active gt true',
    'active co "t"',
    'active sw true',
    'active eq "yes"',
    'active eq 1',
    'userName eq 1',
    'userName eq true',
    'userName co null',
    'userName gt null',
    'name eq "Anna"',
    'meta.created co "2026"',
    'meta.created gt "yesterday"',
    'meta.created gt "2026-99-01T00:00:00Z"',
    'meta.created gt 5',
    'emails.primary lt true',
    'userName[value eq "x"]',
  ])('do not suit: %s', (text) => {
    expect(refused(() => meets(text))).toBe('invalidFilter');
  });

  it('do not ask for passwords (RFC 7644 section 7.5.2)', () => {
    expect(refused(() => meets('password eq "x"'))).toBe('sensitive');
    expect(refused(() => meets('not (password pr)'))).toBe('sensitive');
  });
});
