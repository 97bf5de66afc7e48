import { isSameJson, kernelErrors } from '../../../src/kernel/index.ts';
import { toObjectId } from '../../realm-users/object-id.ts';
import type { ScimAddresses, ScimGroups, ScimUser, StandardAddressInput } from '../operations.generated.ts';
import { showAddresses, toAddresses } from './address.ts';
import { type Attribute, named } from './attribute.ts';
import { locationOf } from './location.ts';
import { joinValues, splitValues } from './main-value.ts';
import { ScimRefusal } from './refusal.ts';
import { isAssigned, isObject } from './resolved-filter.ts';
import { assigned, type Resource, readValue, textIn } from './resource.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from './user-schema.ts';

/** A user as the graph shows it, with the groups and addresses where they are asked for. */
export type ShownUser = ScimUser & Partial<ScimGroups> & Partial<ScimAddresses>;

/** Most values of `emails` and of `phoneNumbers`: an index finds users by so many of them. */
const MAX_VALUES = 8;
/** Profile of the groups that SCIM shows. */
const TREE = 'groups';

/** Members that the profile keeps as they are. */
const KEPT = ['nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'timezone'] as const;
/** Member of the profile in which earlier versions kept addresses. */
const FORMER_ADDRESSES = 'addresses';
/** Members of `name` that have no column. */
const KEPT_OF_NAME = ['formatted', 'honorificPrefix', 'honorificSuffix'] as const;

const ENTERPRISE: Attribute = {
  ...named(USER_KIND.attributes, 'name')!,
  name: ENTERPRISE_SCHEMA,
  subAttributes: USER_KIND.extensions[0]!.attributes,
};

/** What the profile holds under a name, as far as it is a value of the attribute: other APIs may write there too. */
function kept({ profile }: ShownUser, attribute: Attribute): unknown {
  try {
    return readValue(attribute, profile[attribute.name]);
  } catch (error) {
    if (error instanceof ScimRefusal) return undefined;
    throw error;
  }
}

const keptNamed = (user: ShownUser, name: string): unknown => kept(user, named(USER_KIND.attributes, name)!);

/** A user as a resource. @param base Address of the service provider, without a slash at the end. */
export function toUserResource(user: ShownUser, base: string): Resource {
  const name = keptNamed(user, 'name');
  const enterprise = kept(user, ENTERPRISE);
  return assigned({
    schemas: [USER_KIND.schema, ...(isAssigned(enterprise) ? [ENTERPRISE_SCHEMA] : [])],
    id: user.subject,
    externalId: user.externalId,
    userName: user.username,
    name: assigned({
      ...(isObject(name) ? Object.fromEntries(KEPT_OF_NAME.map((member) => [member, name[member]])) : {}),
      familyName: user.familyName,
      givenName: user.givenName,
      middleName: user.middleName,
    }),
    displayName: user.displayName,
    locale: user.locale,
    ...Object.fromEntries(KEPT.map((member) => [member, keptNamed(user, member)])),
    active: user.isEnabled,
    emails: joinValues(user.email, keptNamed(user, 'emails')),
    phoneNumbers: joinValues(user.phone, keptNamed(user, 'phoneNumbers')),
    addresses: addressesOf(user),
    groups: showGroups(user, base),
    [ENTERPRISE_SCHEMA]: enterprise,
    meta: {
      resourceType: USER_KIND.name,
      created: user.createdAt,
      lastModified: user.updatedAt,
      location: locationOf(base, 'User', user.subject),
    },
  });
}

/** Those of earlier versions stand in the profile, until a request changes the addresses of the user. */
function addressesOf(user: ShownUser): unknown {
  const shown = showAddresses(user.addresses ?? []);
  return shown.length > 0 ? shown : keptNamed(user, FORMER_ADDRESSES);
}

const showGroups = ({ groups }: ShownUser, base: string): readonly Resource[] =>
  (groups ?? []).flatMap((group) => {
    if (group?.profile !== TREE) return [];
    const id = toObjectId(group.id);
    return [{ value: id, $ref: locationOf(base, 'Group', id), display: group.path.slice(1), type: 'direct' }];
  });

/** What a resource says about an account, as the graph takes it. */
export interface UserValues {
  readonly username: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly familyName: string | null;
  readonly displayName: string | null;
  readonly locale: string | null;
  readonly externalId: string | null;
  readonly isEnabled: boolean;
  readonly addresses: readonly StandardAddressInput[];
  /** Null removes a member. */
  readonly profile: Readonly<Record<string, unknown>>;
}

/**
 * The account that a resource describes; what the resource lacks is null.
 * @throws FORBIDDEN It has roles: SCIM grants none.
 * @throws ScimRefusal invalidValue: more than eight e-mail addresses or phone numbers.
 */
export function toUserValues(resource: Resource): UserValues {
  if (isAssigned(resource['roles'])) throw kernelErrors.FORBIDDEN();
  const name = isObject(resource['name']) ? resource['name'] : {};
  const [emails, phones] = (['emails', 'phoneNumbers'] as const).map((member) => boundedValues(resource, member));
  const nameRest = assigned(Object.fromEntries(KEPT_OF_NAME.map((member) => [member, name[member]])));
  return {
    username: textIn(resource, 'userName')!,
    email: emails!.main,
    phone: phones!.main,
    givenName: textIn(name, 'givenName'),
    middleName: textIn(name, 'middleName'),
    familyName: textIn(name, 'familyName'),
    displayName: textIn(resource, 'displayName'),
    locale: textIn(resource, 'locale'),
    externalId: textIn(resource, 'externalId'),
    isEnabled: resource['active'] !== false,
    addresses: toAddresses(resource['addresses']),
    profile: {
      ...Object.fromEntries(KEPT.map((member) => [member, resource[member] ?? null])),
      name: isAssigned(nameRest) ? nameRest : null,
      emails: emails!.others,
      phoneNumbers: phones!.others,
      [FORMER_ADDRESSES]: null,
      [ENTERPRISE_SCHEMA]: resource[ENTERPRISE_SCHEMA] ?? null,
    },
  };
}

function boundedValues(resource: Resource, member: 'emails' | 'phoneNumbers') {
  const values = resource[member];
  if (Array.isArray(values) && values.length > MAX_VALUES)
    throw new ScimRefusal('invalidValue', `"${member}" has at most ${MAX_VALUES} values.`);
  return splitValues(values);
}

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/**
 * A resource of a new or replaced user with an e-mail address: without one, the name serves if it is an address.
 * @throws ScimRefusal invalidValue: it is none.
 */
export function withAddress(resource: Resource): Resource {
  if (splitValues(resource['emails']).main !== null) return resource;
  const name = textIn(resource, 'userName')!;
  if (!ADDRESS.test(name))
    throw new ScimRefusal('invalidValue', '"emails" is required where "userName" is no e-mail address.');
  return { ...resource, emails: [{ value: name, primary: true }] };
}

/** The values that differ from those before; the others are left as they are, for what changed meanwhile. */
export function changedValues(before: UserValues, after: UserValues): Partial<UserValues> {
  const { profile: _before, ...columns } = before;
  const { profile: _after, ...others } = after;
  const changed: Partial<UserValues> = differing(columns, others);
  const profile = {
    ...differing(before.profile, after.profile),
    ...(changed.addresses === undefined ? {} : { [FORMER_ADDRESSES]: null }),
  };
  return {
    ...changed,
    ...(Object.keys(profile).length === 0 ? {} : { profile }),
  };
}

const differing = (before: object, after: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => !isSameJson((before as Record<string, unknown>)[name], value)),
  );
