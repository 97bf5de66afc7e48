import type { Authority } from '../access/index.ts';
import { type IdentityError, isUuid, newId } from '../kernel/index.ts';
import type { ProfileRole, TenantSettings } from '../tenants/index.ts';
import { attributeMapFaults, mergeAttributes } from './attributes.ts';
import { givenUsername } from './given-username.ts';
import { newRow, withDefaultActions } from './new-user-row.ts';
import { assertProfile, isSetIn, profileRoleOf } from './profile-rules.ts';
import { taken, takenBy } from './taken-names.ts';
import { assertNew, counting, countingInput } from './tenant-rules.ts';
import type { User } from './user.entity.ts';
import { userErrors } from './user.errors.ts';
import { conflictOf, type IdentifierConflict, identifiersOf, type NewName } from './user-identifier.store.ts';
import { type CreateUser, checkedInput, throwFaults } from './user-input.ts';
import { canonicalUserId, fold, isServiceAccountName, userIdFault, usernameFault } from './user-names.ts';
import { attempt } from './user-result.ts';

/** A new account that was checked and is not inserted yet. */
export interface PreparedUser {
  readonly id: string;
  /** The input, with the values of attributes that mean a column moved to the column. */
  readonly input: CreateUser;
  readonly attributes: Record<string, unknown>;
  /** Who fills in the profile. Default: by the caller. */
  readonly profileRole?: ProfileRole;
  /** Whether another service had the account, whose values stay whatever the profile says. Default: no. */
  readonly isForeign?: boolean;
}

/** What is the same for the accounts that are made together. */
export interface Making {
  readonly authority: Authority;
  readonly settings: TenantSettings;
  readonly now: Date;
}

/** A new account whose names nobody else has, as far as is known. */
export interface SettledUser {
  readonly account: PreparedUser;
  readonly row: User;
  readonly names: readonly NewName[];
}

/** What became of accounts that are to be made together. */
export interface Settled {
  readonly accepted: readonly SettledUser[];
  readonly refused: ReadonlyMap<PreparedUser, IdentityError>;
  /** Refused because of an accepted account of the same list that comes before them. */
  readonly blocked: ReadonlyMap<PreparedUser, IdentityError>;
}

/** The chosen id in its stored form. @throws USER_ID_INVALID */
function chosenId(given: string | null | undefined): string | null {
  if (given == null) return null;
  const message = userIdFault(given);
  if (message === null) return canonicalUserId(given);
  throw userErrors.USER_ID_INVALID({
    message,
    fields: [{ path: 'input.subject', code: 'USER_ID_INVALID', message }],
  });
}

/** Checks an account to make. @throws As `UserService.prepare`. */
export function prepareAccount(settings: TenantSettings, given: CreateUser): PreparedUser {
  const id = chosenId(given.id) ?? newId();
  const input = checkedInput(given, id);
  const attributes = mergeAttributes({}, input.attributes ?? {});
  throwFaults(attributeMapFaults(attributes, 'input.attributes'));
  throwFaults(attributeMapFaults(input.profile ?? {}, 'input.profile'));
  assertNew(settings, input);
  return { id, input, attributes };
}

/** The username that an account gets if it is given none and the name is free, the best first. The last resort is the id. */
const candidatesOf = ({ id, input }: PreparedUser): string[] =>
  [input.email, input.phone]
    .filter((name) => name != null)
    .filter((name) => usernameFault(name, id) === null && !isServiceAccountName(name));

/**
 * Folded names of which it has to be known who has them, before accounts are made. Of a single account these are those that it could
 * have as its username: the insert itself tells whether its other names are free.
 */
export function namesToLookUp(accounts: readonly PreparedUser[], settings: TenantSettings): string[] {
  const wanted = accounts.flatMap((account) => {
    const { username } = givenUsername(settings, account.input);
    const usernames = username === null ? candidatesOf(account) : [username];
    if (accounts.length === 1) return username === null ? usernames : [];
    return [...usernames, account.input.email, account.id];
  });
  return [...new Set(wanted.filter((name) => name != null).map(fold))];
}

/** The names of a new account, in an order that does not depend on the input: the first that is taken is the reason of a refusal. */
export const namesOf = (row: User, { uniqueEmail }: TenantSettings): NewName[] =>
  [...identifiersOf(row, uniqueEmail)]
    .map(([value, kinds]) => ({ value, userId: row.id, kinds }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));

/** Names and ids of the accounts that were accepted so far. */
class Claims {
  readonly #names = new Map<string, number>();
  readonly #ids = new Set<string>();

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Why an account cannot be made beside the others; null where it can. */
  refusalOf({ row, names }: SettledUser): IdentityError | null {
    const rivalry = firstTaken(names, this.#names);
    if (rivalry !== null) return rivalry;
    return isUuid(row.id) && this.#ids.has(row.id) ? taken('id', 'id') : null;
  }

  add({ row, names }: SettledUser): void {
    this.#ids.add(row.id);
    for (const { value, kinds } of names) this.#names.set(value, kinds);
  }
}

const isAboutUsernames = ({ wanted, existing }: IdentifierConflict): boolean =>
  existing === 'username' && wanted.includes('username');

/** The error about names that other users have, first of all that of the username; null where nobody has one. */
export function firstTaken(names: readonly NewName[], others: ReadonlyMap<string, number>): IdentityError | null {
  const conflicts = names
    .filter(({ value }) => others.has(value))
    .map(({ value, kinds }) => conflictOf(kinds, others.get(value)!));
  const found = conflicts.find(isAboutUsernames) ?? conflicts[0];
  return found === undefined ? null : takenBy(found);
}

/**
 * Decides which accounts can be made together: those that meet the settings and the profile of the tenant, and whose names neither
 * a user nor an account before them has.
 * @param existing Folded names that users have, with their kinds.
 */
export function settle(
  making: Making,
  accounts: readonly PreparedUser[],
  existing: ReadonlyMap<string, number>,
): Settled {
  const claims = new Claims();
  const accepted: SettledUser[] = [];
  const refused = new Map<PreparedUser, IdentityError>();
  const blocked = new Map<PreparedUser, IdentityError>();
  for (const account of accounts) {
    const user = attempt(() => toSettled(making, account, (name) => existing.has(name) || claims.has(name)));
    if (user instanceof Error) {
      refused.set(account, user);
      continue;
    }
    const fault = firstTaken(user.names, existing);
    const rivalry = claims.refusalOf(user);
    if (fault !== null) refused.set(account, fault);
    else if (rivalry !== null) blocked.set(account, rivalry);
    else {
      claims.add(user);
      accepted.push(user);
    }
  }
  return { accepted, refused, blocked };
}

/** @throws What the settings and the profile of the tenant refuse. */
function toSettled(
  { authority, settings, now }: Making,
  account: PreparedUser,
  isTaken: (name: string) => boolean,
): SettledUser {
  const { id, input, attributes, isForeign = false, profileRole: role = profileRoleOf(authority) } = account;
  const rules = isForeign ? { ...settings, userProfile: null } : settings;
  // Checked again, because the settings may have changed since the account was prepared with those of the cache.
  assertNew(settings, input);
  const row = newRow(
    authority.tenant.id,
    id,
    usernameFor(account, settings, isTaken),
    withDefaultActions(countingInput(role, rules, role === 'user' ? withoutProfile(input) : input), settings),
    counting(role, rules, attributes),
    now,
  );
  assertProfile(rules, role, row, isSetIn(row));
  return { account, row, names: namesOf(row, settings) };
}

/** People do not fill in the members of standard profiles, for which no tenant has rules. */
const withoutProfile = ({ profile: _profile, ...input }: CreateUser): CreateUser => input;

/** The given username, else the first of e-mail address, phone number and id that is a valid username and free. */
function usernameFor(account: PreparedUser, settings: TenantSettings, isTaken: (name: string) => boolean): string {
  const { username } = givenUsername(settings, account.input);
  return username ?? candidatesOf(account).find((name) => !isTaken(fold(name))) ?? account.id;
}
