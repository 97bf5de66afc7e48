import type { ClientRecord } from '../../clients/index.ts';
import { epochSeconds } from '../../kernel/index.ts';
import { fullNameOf } from '../../users/index.ts';
import type { Person } from '../grants/user-rows.ts';
import type { ClaimGroup, Issuer } from '../issuers/issuers.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** Claim names of each group (OpenID Connect Core section 5.1; `groups` is common usage). */
export const CLAIMS_OF_GROUP: Readonly<Record<ClaimGroup, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
  groups: ['groups'],
  organisations: ['groups'],
  name: ['name'],
  account: ['created_at', 'updated_at', 'locale'],
};

/** The members of the claim `address` (OpenID Connect Core section 5.1.1). */
const ADDRESS_MEMBERS = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'];

/** Claims that a client can ask for by name: those about the person, which no other table has to be read for. */
const ASKABLE: ReadonlySet<string> = new Set(
  (['profile', 'email', 'address', 'phone'] as const).flatMap((group) => CLAIMS_OF_GROUP[group]),
);

/** The names that can be asked for one by one; what a request names beside them is ignored (OpenID Connect Core section 5.5). */
export const askableNames = (requested: object): readonly string[] =>
  Object.keys(requested).filter((name) => ASKABLE.has(name));

/** The groups of claims that scopes allow at an issuer. */
export function groupsOf({ claimScopes }: Issuer, scopes: Iterable<string>): ReadonlySet<ClaimGroup> {
  const groups = [...scopes].map((scope) => (Object.hasOwn(claimScopes, scope) ? claimScopes[scope] : undefined));
  return new Set(groups.filter((group) => group !== undefined));
}

const namesOf = (groups: ReadonlySet<ClaimGroup>): readonly string[] =>
  [...groups].flatMap((group) => CLAIMS_OF_GROUP[group]);

/**
 * The claims among those that a client asked for by name which it may see. Users consent to scopes, so asking by name gives no
 * more than the granted scopes allow; a trusted client, whose users are not asked, gets what its allowed scopes allow.
 */
export function allowedNames(
  issuer: Issuer,
  { metadata, allowedScopes }: ClientRecord,
  scopes: readonly string[],
  asked: readonly string[],
): readonly string[] {
  if (asked.length === 0) return asked;
  const allowed = new Set(namesOf(groupsOf(issuer, metadata.consent === 'trusted' ? allowedScopes : scopes)));
  return asked.filter((name) => allowed.has(name));
}

/** The names of the claims that scopes allow. */
export const openNames = (issuer: Issuer, scopes: readonly string[]): readonly string[] =>
  namesOf(groupsOf(issuer, scopes));

/** The claims of a person with these names, less those without a value. */
export function claimsOf(person: Person, names: Iterable<string>): Claims {
  const all = readClaims(person);
  const wanted = new Set(names);
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value != null && wanted.has(name)));
}

function readClaims(person: Person): Claims {
  const { attributes } = person;
  return {
    name: fullNameOf(person),
    given_name: person.givenName,
    family_name: person.familyName,
    middle_name: person.middleName,
    nickname: readText(attributes, 'nickname'),
    preferred_username: person.username,
    profile: readText(attributes, 'profile'),
    picture: readText(attributes, 'picture'),
    website: readText(attributes, 'website'),
    gender: readText(attributes, 'gender'),
    birthdate: readText(attributes, 'birthdate'),
    zoneinfo: readText(attributes, 'zoneinfo'),
    locale: person.locale,
    updated_at: epochSeconds(person.updatedAt),
    email: person.email,
    email_verified: person.email == null ? null : person.emailVerified,
    address: readAddress(attributes),
    phone_number: person.phone,
    phone_number_verified: person.phone == null ? null : person.phoneVerified,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** An attribute as a text; the first of a list. Null for anything else: these claims are texts. */
function readText(attributes: Claims, name: string): string | null {
  const value = readOne(attributes, name);
  return isText(value) ? value : null;
}

function readOne(attributes: Claims, name: string): unknown {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : null;
  return Array.isArray(value) ? value[0] : value;
}

/** The attribute `address`: an object with members of the claim, or the whole address as one text. */
function readAddress(attributes: Claims): Claims | null {
  const value = readOne(attributes, 'address');
  if (isText(value)) return { formatted: value };
  if (typeof value !== 'object' || value === null) return null;
  const given = new Map(Object.entries(value));
  const members = ADDRESS_MEMBERS.filter((name) => isText(given.get(name)));
  return members.length === 0 ? null : Object.fromEntries(members.map((name) => [name, given.get(name)]));
}
