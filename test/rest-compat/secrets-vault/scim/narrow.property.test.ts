import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UserFilterInput } from '../../../../rest-compat/secrets-vault/operations.generated.ts';
import { MAX_FILTER_LENGTH, parseFilter } from '../../../../rest-compat/secrets-vault/scim/filter.ts';
import { narrowUsers } from '../../../../rest-compat/secrets-vault/scim/narrow-users.ts';
import { meetsFilter, resolveFilter } from '../../../../rest-compat/secrets-vault/scim/resolved-filter.ts';
import { type ShownUser, toUserResource } from '../../../../rest-compat/secrets-vault/scim/user-mapping.ts';
import { USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { fold } from '../../../../src/kernel/index.ts';

const MOMENTS = ['2030-01-01T00:00:00.000Z', '2030-01-02T00:00:00.000Z', '2030-01-03T00:00:00.000Z'];
const text = fc.constantFrom('a', 'A', 'ab', 'B', 'ba');
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const user: fc.Arbitrary<ShownUser> = fc
  .record({
    subject: text,
    username: text,
    email: perhaps(text),
    phone: perhaps(text),
    givenName: perhaps(text),
    familyName: perhaps(text),
    displayName: perhaps(text),
    externalId: perhaps(text),
    isEnabled: fc.boolean(),
    createdAt: fc.constantFrom(...MOMENTS),
    profile: fc.record({ title: text, emails: fc.array(fc.record({ value: text, type: text }), { maxLength: 2 }) }),
  })
  .map((members) => ({ ...members, middleName: null, locale: null, updatedAt: members.createdAt }));

const attribute = fc.constantFrom(
  ...['id', 'userName', 'externalId', 'emails', 'emails.type', 'phoneNumbers.value', 'displayName', 'title'],
  ...['name.givenName', 'name.familyName', 'nickName', 'nothing'],
);
const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le');
const leaf = fc.oneof(
  fc.tuple(attribute, operator, text).map(([name, compared, value]) => `${name} ${compared} "${value}"`),
  attribute.map((name) => `${name} pr`),
  fc.tuple(fc.constantFrom('eq', 'ne'), fc.boolean()).map(([compared, value]) => `active ${compared} ${value}`),
  fc
    .tuple(fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), fc.constantFrom(...MOMENTS))
    .map(([compared, moment]) => `meta.created ${compared} "${moment}"`),
  fc.tuple(text, text).map(([type, value]) => `emails[type eq "${type}" and value eq "${value}"]`),
);
const tree = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 2, maxLength: 4 }))
      .map(([joint, nodes]) => `(${nodes.join(` ${joint} `)})`),
    tie('node').map((node) => `not (${node})`),
  ),
})).node;

const begins = (value: string | null, beginning: string): boolean => fold(value ?? '').startsWith(fold(beginning));
const isSame = (value: string | null | undefined, other: string): boolean =>
  value != null && fold(value) === fold(other);

/** Whether a user meets a filter of the graph, as `UserFilterInput` describes it. */
function isFound(filter: UserFilterInput, one: ShownUser): boolean {
  const { username, email, phone, givenName, familyName, displayName } = one;
  const { search, contains, attribute, profile, anyOf, and, or } = filter;
  const byAttribute: Readonly<Record<string, string | null>> = {
    given_name: givenName,
    family_name: familyName,
    phone_number: phone,
  };
  const members = one.profile as { readonly title: string; readonly emails: readonly { readonly value: string }[] };
  const ofProfile = (name: string) =>
    name === 'emails' ? members.emails.map(({ value }) => value) : name === 'title' ? [members.title] : [];
  return [
    filter.username == null || isSame(username, filter.username),
    filter.email == null || isSame(email, filter.email),
    filter.userIds == null || filter.userIds.includes(one.subject),
    filter.externalId == null || one.externalId === filter.externalId,
    filter.isEnabled == null || one.isEnabled === filter.isEnabled,
    filter.createdFrom == null || Date.parse(one.createdAt) >= Date.parse(String(filter.createdFrom)),
    filter.createdBefore == null || Date.parse(one.createdAt) < Date.parse(String(filter.createdBefore)),
    search == null || [username, email, givenName, familyName, displayName, phone].some((each) => begins(each, search)),
    Object.entries(contains ?? {}).every(([name, inside]) =>
      fold(({ username, givenName, familyName } as Record<string, string | null>)[name] ?? '').includes(fold(inside!)),
    ),
    attribute == null || isSame(byAttribute[attribute.name], attribute.value),
    profile == null || ofProfile(profile.name).some((each) => isSame(each, profile.value)),
    anyOf == null || anyOf.some(({ allOf }) => allOf.every(({ value }) => one.subject === value)),
    and == null || and.every((each) => isFound(each, one)),
    or == null || or.some((each) => isFound(each, one)),
  ].every(Boolean);
}

describe('what the graph is asked for a filter of users', () => {
  it('finds everybody who meets the filter, for 1,000 random filters and users', () => {
    const property = fc.property(tree, fc.array(user, { minLength: 1, maxLength: 5 }), (written, users) => {
      fc.pre(written.length <= MAX_FILTER_LENGTH);
      const filter = resolveFilter(USER_KIND, parseFilter(written));
      const narrowed = narrowUsers(filter);
      const met = users.filter((one) => meetsFilter(filter, toUserResource(one, 'https://id.example')));
      expect(met.filter((one) => narrowed !== null && !isFound(narrowed, one))).toEqual([]);
    });
    fc.assert(property, { numRuns: 1000, seed: 7644 });
  });
});
