import { z } from 'zod';
import { momentOf } from '../realm-users/moment.ts';
import type { FindUsersVariables } from './operations.generated.ts';
import { PAGE_PARAMETERS } from './paging.ts';

const TEXT = z.string().optional();

const ORDER_PARAMETERS = {
  orderBy: TEXT.describe('`asc` or `desc`. Default `asc`.'),
  orderByKey: TEXT.describe('`username`, `firstName`, `lastName`, `email`, in any case. Default `username`.'),
};

const TIME_PARAMETERS = {
  from: TEXT.describe('Only users created at this moment or later, in milliseconds since 1970.'),
  to: TEXT.describe('Only users created at this moment or before, in milliseconds since 1970.'),
  fromDate: TEXT.describe('Older name of `from`.'),
  toDate: TEXT.describe('Older name of `to`.'),
};

const ANYWHERE = TEXT.describe('Text in a name, the e-mail address or the username. The other texts are ignored then.');

/** Parameters of the users of a role, and of all users. */
export const LIST_PARAMETERS = z.object({
  ...PAGE_PARAMETERS,
  ...ORDER_PARAMETERS,
  isUserEnabled: TEXT.describe('`true` or `false`: only users who may or may not sign in.'),
  isEmailVerified: TEXT.describe('`true` or `false`: only users whose address is or is not verified.'),
  genericSearchVal: ANYWHERE,
  firstName: TEXT.describe('Text in the first name, ignoring case.'),
  lastName: TEXT.describe('Text in the last name, ignoring case.'),
  email: TEXT.describe('Text in the e-mail address, ignoring case.'),
  username: TEXT.describe('Text in the username, ignoring case.'),
});

/** Parameters of all users, whose pages had another name. */
export const ALL_PARAMETERS = LIST_PARAMETERS.extend({ pageNumber: TEXT.describe('Older name of `offset`.') });

/** Parameters of the users of a role of an app, which had those of time under older names. */
export const APP_ROLE_PARAMETERS = LIST_PARAMETERS.extend({
  fromDate: TIME_PARAMETERS.from,
  toDate: TIME_PARAMETERS.to,
});

/** Parameters of the members of a group. */
export const GROUP_PARAMETERS = z.object({
  ...PAGE_PARAMETERS,
  ...ORDER_PARAMETERS,
  ...TIME_PARAMETERS,
  isUserEnabled: LIST_PARAMETERS.shape.isUserEnabled,
  genericSearchVal: ANYWHERE,
  email: LIST_PARAMETERS.shape.email,
});

type Given = Readonly<
  Partial<Record<keyof z.output<typeof LIST_PARAMETERS> | keyof typeof TIME_PARAMETERS, string | undefined>>
>;
type Filter = NonNullable<FindUsersVariables['filter']>;
type OrderBy = NonNullable<FindUsersVariables['orderBy']>;

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };
const flagOf = (text = ''): boolean | null => FLAGS[text.toLowerCase()] ?? null;

const ORDERS: Readonly<Record<string, OrderBy['field']>> = {
  username: 'USERNAME',
  firstname: 'GIVEN_NAME',
  lastname: 'FAMILY_NAME',
  email: 'EMAIL',
};
/** Of the members of a group. */
const GROUP_ORDERS: typeof ORDERS = { ...ORDERS, createdtimestamp: 'CREATED_AT' };

/** The users that parameters ask for. */
export function toFilter(given: Given): Filter {
  const { genericSearchVal, firstName, lastName, email, username } = given;
  const isGeneric = genericSearchVal !== undefined && genericSearchVal !== '';
  return {
    isEnabled: flagOf(given.isUserEnabled),
    emailVerified: flagOf(given.isEmailVerified),
    contains: isGeneric
      ? { anywhere: genericSearchVal }
      : { givenName: firstName, familyName: lastName, email, username },
    createdFrom: momentOf(given.from ?? given.fromDate),
    // The list ends before its moment, the parameter is the last one.
    createdBefore: momentOf(given.to ?? given.toDate, 1),
  };
}

function orderIn(orders: typeof ORDERS, { orderBy = '', orderByKey = '' }: Given): OrderBy {
  const key = orderByKey.toLowerCase();
  return {
    field: Object.hasOwn(orders, key) ? orders[key]! : 'USERNAME',
    direction: orderBy.toLowerCase() === 'desc' ? 'DESC' : 'ASC',
  };
}

/** The order that parameters ask for. */
export const toOrder = (given: Given): OrderBy => orderIn(ORDERS, given);
/** The order of the members of a group. */
export const toGroupOrder = (given: Given): OrderBy => orderIn(GROUP_ORDERS, given);
