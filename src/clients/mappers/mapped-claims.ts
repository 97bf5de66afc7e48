import type { ProtocolMapper } from '../client.entity.ts';
import { type ClaimPath, findClaimPath, isOfRoles } from './claim-path.ts';
import { listValues, toClaimValue } from './claim-value.ts';
import type { Texts } from './texts.ts';

/** What mappers read of the account of a token. */
export interface MappedAccount {
  readonly id: string;
  readonly username: string;
  readonly email?: string | null | undefined;
  readonly emailVerified: boolean;
  readonly phone?: string | null | undefined;
  readonly phoneVerified: boolean;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly middleName?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What the claims of mappers are made from. */
export interface ClaimFacts {
  /** `client_id` of the client to which the token is issued. */
  readonly clientId: string;
  /** Null for a token of a client without an account. */
  readonly account: MappedAccount | null;
  /** Names of the roles of the tenant that the token may have. */
  readonly realmRoles: readonly string[];
  /** Names of the roles of clients that the token may have, by `client_id`. */
  readonly clientRoles: ReadonlyMap<string, readonly string[]>;
  /** Texts that the session remembers, by name. */
  readonly sessionNotes: ReadonlyMap<string, string>;
}

/** Where the claims go. */
export type ClaimTarget = 'accessToken' | 'idToken' | 'userinfo' | 'introspection';

export interface MappedClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  /** Audiences in addition to those of the token. */
  readonly audience: readonly string[];
}

/**
 * Most characters of the claims of mappers in one token, as JSON: a request whose header has a token with as many is refused,
 * because all of its headers have 16 KiB.
 */
const MAX_LENGTH = 16_384;

/** A claim or an audience that a mapper adds. */
type Addition = { readonly path: ClaimPath; readonly value: unknown } | { readonly audience: string };
type Act = (config: Texts, facts: ClaimFacts) => readonly Addition[];

/** A type of mappers that acts. */
interface MapperType {
  readonly act: Act;
  /** Whether it writes roles that the account has. Default false. */
  readonly writesRoles?: boolean;
  /** Whether it reads them. Default: as `writesRoles`. */
  readonly readsRoles?: boolean;
  /** Whether it writes no claim but audiences. Default false. */
  readonly isAudience?: boolean;
}

const PROPERTIES: Readonly<Record<string, (account: MappedAccount) => unknown>> = {
  id: ({ id }) => id,
  username: ({ username }) => username,
  email: ({ email }) => email,
  emailVerified: ({ emailVerified }) => emailVerified,
  firstName: ({ givenName }) => givenName,
  lastName: ({ familyName }) => familyName,
};

/** Attributes that are columns of the account (docs/data-model.md). */
const COLUMNS: Readonly<Record<string, (account: MappedAccount) => unknown>> = {
  username: ({ username }) => username,
  email: ({ email }) => email,
  firstName: ({ givenName }) => givenName,
  given_name: ({ givenName }) => givenName,
  lastName: ({ familyName }) => familyName,
  family_name: ({ familyName }) => familyName,
  middle_name: ({ middleName }) => middleName,
  middleName: ({ middleName }) => middleName,
  locale: ({ locale }) => locale,
  phone_number: ({ phone }) => phone,
  phoneNumber: ({ phone }) => phone,
  phoneNumberVerified: ({ phone, phoneVerified }) => (phone == null ? null : phoneVerified),
};

const readOwn = <V>(table: Readonly<Record<string, V>>, name: string): V | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const addClaim = (config: Texts, values: readonly unknown[]): readonly Addition[] =>
  addAt(findClaimPath(config['claim.name']), config, values);

function addAt(path: ClaimPath | null, config: Texts, values: readonly unknown[]): readonly Addition[] {
  const value = toClaimValue(values, config);
  return path === null || value === undefined ? [] : [{ path, value }];
}

const addAttribute: Act = (config, { account }) => {
  if (account === null) return [];
  const name = config['user.attribute'] ?? '';
  const column = readOwn(COLUMNS, name);
  const value = column === undefined ? readOwn(account.attributes, name) : column(account);
  return addClaim(config, listValues(value));
};

const addProperty: Act = (config, { account }) => {
  const read = readOwn(PROPERTIES, config['user.attribute'] ?? '');
  return account === null || read === undefined ? [] : addClaim(config, listValues(read(account)));
};

const addFullName: Act = (_config, { account }) => {
  const name = [account?.givenName, account?.familyName].filter((part) => part != null && part !== '').join(' ');
  return name === '' ? [] : [{ path: ['name'], value: name }];
};

/** Roles of one owner. */
interface OwnedRoles {
  readonly names: readonly string[];
  /** The claim in which other services look for them. */
  readonly home: ClaimPath;
  readonly prefix: string | undefined;
  /** Of the client whose roles they are. */
  readonly clientId?: string;
}

/**
 * Writes roles. Below the members in which other services look for roles they stand in the claim of their owner alone, with their own
 * names, so that nobody who may change a client makes up roles of another one.
 */
function addRoles(config: Texts, { names, home, prefix = '', clientId }: OwnedRoles): readonly Addition[] {
  const path = findClaimPath(config['claim.name'], {
    canWriteRoles: true,
    ...(clientId === undefined ? {} : { clientId }),
  });
  if (path === null || !isOfRoles(path))
    return addAt(
      path,
      config,
      names.map((name) => prefix + name),
    );
  const isHome = path.length === home.length && path.every((member, at) => member === home[at]);
  return isHome ? addAt(path, config, names) : [];
}

const addRealmRoles: Act = (config, { realmRoles: names }) =>
  addRoles(config, { names, home: ['realm_access', 'roles'], prefix: config['usermodel.realmRoleMapping.rolePrefix'] });

/** The roles of one client, or of each where the mapper names none: `${client_id}` in the claim stands for it. */
const addClientRoles: Act = (config, { clientRoles }) => {
  const prefix = config['usermodel.clientRoleMapping.rolePrefix'];
  const only = config['usermodel.clientRoleMapping.clientId'] ?? '';
  return [...clientRoles]
    .filter(([clientId]) => only === '' || clientId === only)
    .flatMap(([clientId, names]) =>
      addRoles(config, { names, home: ['resource_access', clientId, 'roles'], prefix, clientId }),
    );
};

const addAudience: Act = (config) => {
  const audience = config['included.client.audience'] || config['included.custom.audience'] || '';
  return audience === '' ? [] : [{ audience }];
};

/** The other clients of which the token has roles. */
const addRoleAudiences: Act = (_config, { clientId, clientRoles }) =>
  [...clientRoles.keys()].filter((name) => name !== clientId).map((audience) => ({ audience }));

const addHardcoded: Act = (config) => addClaim(config, listValues(config['claim.value']));

const addSessionNote: Act = (config, { sessionNotes }) =>
  addClaim(config, listValues(sessionNotes.get(config['user.session.note'] ?? '')));

/** The types that act, by the names that programs for such issuers give them. Others are kept without effect. */
const TYPES: ReadonlyMap<string, MapperType> = new Map<string, MapperType>([
  ['oidc-usermodel-attribute-mapper', { act: addAttribute }],
  ['oidc-usermodel-property-mapper', { act: addProperty }],
  ['oidc-full-name-mapper', { act: addFullName }],
  ['oidc-usermodel-realm-role-mapper', { act: addRealmRoles, writesRoles: true }],
  ['oidc-usermodel-client-role-mapper', { act: addClientRoles, writesRoles: true }],
  ['oidc-audience-mapper', { act: addAudience, isAudience: true }],
  ['oidc-audience-resolve-mapper', { act: addRoleAudiences, isAudience: true, readsRoles: true }],
  ['oidc-hardcoded-claim-mapper', { act: addHardcoded }],
  ['oidc-usersessionmodel-note-mapper', { act: addSessionNote }],
]);

/** Names of the types that act. */
export const ACTING_MAPPER_TYPES: readonly string[] = [...TYPES.keys()];

/** Types whose claim has a fixed name. */
const FIXED_CLAIM: ReadonlySet<string> = new Set(['oidc-full-name-mapper']);

/** Whether a mapper can change a token: its type acts, and it writes a claim that mappers may write. */
export function hasEffect({ type, config }: Pick<ProtocolMapper, 'type' | 'config'>): boolean {
  const row = TYPES.get(type);
  if (row === undefined) return false;
  if (row.isAudience === true || FIXED_CLAIM.has(type)) return true;
  return findClaimPath(config['claim.name'], { canWriteRoles: row.writesRoles === true }) !== null;
}

/** The switches of a configuration; an absent one follows the one beside it. */
const SWITCHES: Readonly<Record<ClaimTarget, readonly string[]>> = {
  accessToken: ['access.token.claim'],
  idToken: ['id.token.claim'],
  userinfo: ['userinfo.token.claim', 'id.token.claim'],
  introspection: ['introspection.token.claim', 'access.token.claim'],
};

export const isFor = (target: ClaimTarget, config: Texts): boolean =>
  SWITCHES[target].map((name) => config[name]).find((value) => value !== undefined) === 'true';

/** Whether a mapper has to know the roles of the token for its claims at a place. */
export const readsRoles = (mappers: readonly ProtocolMapper[], target: ClaimTarget): boolean =>
  mappers.some(({ type, config }) => {
    const { writesRoles = false, readsRoles = writesRoles } = TYPES.get(type) ?? {};
    return readsRoles && isFor(target, config);
  });

/**
 * The claims and audiences that mappers give, in their order: a later one replaces the claim of an earlier one, and lists are
 * joined. Pure. Members that say who issued a token, to whom and for what are never among them. What would make the claims
 * longer than 16,384 characters is left out.
 */
export function buildMappedClaims(
  mappers: readonly ProtocolMapper[],
  facts: ClaimFacts,
  target: ClaimTarget,
): MappedClaims {
  const additions = withinBound(
    mappers
      .filter(({ config }) => isFor(target, config))
      .flatMap(({ type, config }) => TYPES.get(type)?.act(config, facts) ?? []),
  );
  const claims: Record<string, unknown> = {};
  for (const addition of additions) if ('path' in addition) put(claims, addition.path, addition.value);
  const audience = additions.flatMap((addition) => ('audience' in addition ? [addition.audience] : []));
  return { claims, audience: [...new Set(audience)] };
}

function withinBound(additions: readonly Addition[]): readonly Addition[] {
  let left = MAX_LENGTH;
  return additions.filter((addition) => {
    const length = measure(addition);
    if (length > left) return false;
    left -= length;
    return true;
  });
}

function measure(addition: Addition): number {
  if ('audience' in addition) return addition.audience.length;
  const { path, value } = addition;
  return path.join('.').length + (typeof value === 'string' ? value.length : JSON.stringify(value).length);
}

/** Writes into objects that were made here; objects of a configuration are copied before. */
function put(target: Record<string, unknown>, [name, ...rest]: ClaimPath, value: unknown): void {
  const before = readOwn(target, name);
  if (rest.length === 0) {
    target[name] = Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value;
    return;
  }
  const isObject = typeof before === 'object' && before !== null && !Array.isArray(before);
  const inner: Record<string, unknown> = isObject ? { ...before } : {};
  put(inner, rest as [string, ...string[]], value);
  target[name] = inner;
}
