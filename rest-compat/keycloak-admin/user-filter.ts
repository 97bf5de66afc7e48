import { z } from 'zod';
import { invalidField } from '../../src/kernel/index.ts';
import { momentOf } from '../realm-users/moment.ts';
import type { FindUsersVariables } from './operations.generated.ts';

const TEXT = z.string().optional();
/** Bounded, because the time to find pairs in a text without any grows with the square of its length. */
export const TEXT_OF_PAIRS = z.string().max(1000).optional();
const MOMENT = z
  .string()
  .regex(/^\d{1,15}$/)
  .optional();
const FLAG = z.enum(['true', 'false']).optional();
const NOT_SERVED = z.literal('').optional().describe('Not served: a value is refused.');

/** Parameters that narrow lists of users. */
export const FILTER_PARAMETERS = z.object({
  search: TEXT.describe(
    'Words, each of which the username, the e-mail address, the first or the last name begins with, or which is the id. `*` stands for any text; a word in quotes is the whole value. Or `id:` and ids. The other texts are ignored then.',
  ),
  username: TEXT.describe('Text in the username, ignoring case.'),
  email: TEXT.describe('Text in the e-mail address, ignoring case.'),
  firstName: TEXT.describe('Text in the first name, ignoring case.'),
  lastName: TEXT.describe('Text in the last name, ignoring case.'),
  exact: FLAG.describe(
    '`true`: the four texts are whole values. `q` takes whole values, so it is refused with `false`.',
  ),
  q: TEXT_OF_PAIRS.describe('Attributes as `name:value`, separated by blanks; either may stand in quotes.'),
  enabled: FLAG.describe('Only users who may or may not sign in.'),
  emailVerified: FLAG.describe('Only users whose address is or is not verified.'),
  createdTimeStart: MOMENT.describe('Only users created at this moment or later, in milliseconds since 1970.'),
  createdTimeEnd: MOMENT.describe('Only users created before this moment, in milliseconds since 1970.'),
  filterForRole: TEXT.describe('Id of a role: only users to whom it is granted directly.'),
  idpAlias: TEXT.describe('Name of an identity provider: only users with an account there.'),
  idpUserId: TEXT.describe(
    'Id at an identity provider: only users with this account, at `idpAlias` where it is given.',
  ),
  groups: NOT_SERVED,
});

type Given = z.output<typeof FILTER_PARAMETERS>;
type Filter = NonNullable<FindUsersVariables['filter']>;
type OrderBy = NonNullable<FindUsersVariables['orderBy']>;

const flagOf = (text: Given['enabled']): boolean | null => (text === undefined ? null : text === 'true');
const isGiven = (text: string | undefined): text is string => text !== undefined && text !== '';
const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** The pattern of a word: its beginning, unless it stands in quotes. */
function toPattern(word: string): string {
  const [, whole] = /^"(.+)"$/.exec(word) ?? [];
  if (whole !== undefined) return whole;
  return word.endsWith('*') ? word : `${word}*`;
}

/** What `search` asks for: patterns, or ids after `id:`. */
function bySearch(search: string): Filter {
  if (!search.startsWith('id:')) return { matches: wordsOf(search).map(toPattern) };
  const ids = wordsOf(search.slice('id:'.length));
  return { anyOf: (ids.length === 0 ? [''] : ids).map((id) => ({ allOf: [{ field: 'SUBJECT', value: id }] })) };
}

const QUOTED = String.raw`"((?:\\.|[^\\"])*)"`;
const PAIR = new RegExp(String.raw`(?:${QUOTED}|([^\s:"]+)):(?:${QUOTED}|([^\s"]+))`, 'g');
const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

/** The attributes that `q` names; what is no pair is ignored. */
export function attributesIn(q: string): { attribute: string; value: string }[] {
  return [...q.matchAll(PAIR)].map(([, quotedName, name, quotedValue, value]) => ({
    attribute: name ?? unescaped(quotedName!),
    value: value ?? unescaped(quotedValue!),
  }));
}

const FIELDS = ['username', 'email', 'firstName', 'lastName'] as const;

/** What the four texts and `q` ask for. @throws INVALID_INPUT Parts of values of attributes are not found. */
function byValues(given: Given): Filter {
  const { exact, q = '', username, email, firstName, lastName } = given;
  const attributes = attributesIn(q);
  if (exact === 'false' && attributes.length > 0) throw invalidField('q', 'EXACT_ONLY', '`q` takes whole values.');
  const isExact = exact === 'true';
  const fields = isExact ? FIELDS.filter((name) => isGiven(given[name])) : [];
  const whole = [...fields.map((attribute) => ({ attribute, value: given[attribute]! })), ...attributes];
  return {
    ...(isExact ? {} : { contains: { username, email, givenName: firstName, familyName: lastName } }),
    ...(whole.length === 0 ? {} : { anyOf: [{ allOf: whole }] }),
  };
}

/** The account at a provider that parameters ask for; both of them are of one account. */
function byExternalAccount({ idpAlias, idpUserId }: Given): Filter {
  if (!isGiven(idpAlias) && !isGiven(idpUserId)) return {};
  return { externalAccount: { providerName: idpAlias || null, externalId: idpUserId || null } };
}

/** The users that parameters ask for. @throws INVALID_INPUT */
export const toFilter = (given: Given): Filter => ({
  isEnabled: flagOf(given.enabled),
  emailVerified: flagOf(given.emailVerified),
  createdFrom: momentOf(given.createdTimeStart),
  createdBefore: momentOf(given.createdTimeEnd),
  ...(isGiven(given.filterForRole) ? { roleId: given.filterForRole } : {}),
  ...byExternalAccount(given),
  ...(isGiven(given.search) ? bySearch(given.search) : byValues(given)),
});

const ORDERS: Readonly<Record<string, OrderBy['field']>> = {
  username: 'USERNAME',
  email: 'EMAIL',
  firstName: 'GIVEN_NAME',
  lastName: 'FAMILY_NAME',
  createdTimestamp: 'CREATED_AT',
  enabled: 'ENABLED',
};

/** The order that `sort` asks for, such as `email:desc`; by username where it asks for none of the fields. */
export function toOrder(sort = ''): OrderBy {
  const [field = '', direction = ''] = sort.split(':');
  if (!Object.hasOwn(ORDERS, field)) return { field: 'USERNAME', direction: 'ASC' };
  return { field: ORDERS[field]!, direction: direction.toLowerCase() === 'desc' ? 'DESC' : 'ASC' };
}
