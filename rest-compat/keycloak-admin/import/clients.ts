import { z } from 'zod';
import { HIDDEN_SECRET } from '../../realm-clients/client.ts';
import { SENT_CLIENT, toNewClient } from '../client.ts';
import { NEW_SCOPE, toNewScope } from '../client-scope.ts';
import type { NamedRoleInput, TenantDefault } from '../operations.generated.ts';
import type { RoleNaming } from './role-names.ts';
import {
  faulty,
  joined,
  type Members,
  malformed,
  NOTHING,
  type Read,
  type Reader,
  type Row,
  readEach,
  readMembers,
  readOne,
  textIn,
} from './row.ts';

const NAMED_CLIENT = SENT_CLIENT.extend({ id: z.string().nullable().optional() }).refine(
  ({ clientId }) => clientId != null && clientId !== '',
  { path: ['clientId'] },
);
const UUID = z.guid();

/** Clients that every realm has, here as there. */
const BUILTIN: ReadonlySet<string> = new Set([
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
]);

const CLIENTS: Reader<'client', z.output<typeof NAMED_CLIENT>> = {
  kind: 'client',
  shape: NAMED_CLIENT,
  toInput: ({ id, ...sent }) => ({ ...toNewClient(sent), ...(UUID.safeParse(id).success ? { clientUuid: id! } : {}) }),
};

/** The client, which gets another secret where the export hides its own, unless it is there already. */
function readClient(sent: unknown): Read {
  const name = { owner: '', name: textIn(sent, 'clientId') };
  const read = readOne(CLIENTS, name, sent);
  if (read.rows.length === 0 || textIn(sent, 'secret') !== HIDDEN_SECRET || BUILTIN.has(name.name)) return read;
  return joined([read, faulty({ kind: 'client', ...name, reason: 'SECRET_HIDDEN', at: 'secret' })]);
}

/** The clients, without their roles. */
export const readClients = (clients: unknown): Read => readEach('clients', clients, readClient);

/** The names in a list that was not checked yet. */
const namesIn = (list: unknown): ReadonlySet<unknown> => new Set(Array.isArray(list) ? (list as unknown[]) : []);

/** The client scopes, with how clients of the realm get them. */
export function readClientScopes(realm: Members): Read {
  const always = namesIn(realm['defaultDefaultClientScopes']);
  const optional = namesIn(realm['defaultOptionalClientScopes']);
  const defaultOf = (name: string): TenantDefault | null => {
    if (always.has(name)) return 'DEFAULT';
    return optional.has(name) ? 'OPTIONAL' : null;
  };
  const reader: Reader<'clientScope', z.output<typeof NEW_SCOPE>> = {
    kind: 'clientScope',
    shape: NEW_SCOPE,
    toInput: (sent) => {
      const scope = toNewScope(sent);
      return { ...scope, tenantDefault: defaultOf(scope.name) };
    },
  };
  return readEach('clientScopes', realm['clientScopes'], (sent) =>
    readOne(reader, { owner: '', name: textIn(sent, 'name') }, sent),
  );
}

const MAPPING = z
  .object({
    client: z.string().nullable().optional(),
    clientScope: z.string().nullable().optional(),
    roles: z.array(z.string()),
  })
  .refine(({ client, clientScope }) => (client == null) !== (clientScope == null));

interface Mapping {
  readonly kind: 'clientScopeRoles' | 'scopeScopeRoles';
  readonly name: string;
  readonly roles: readonly NamedRoleInput[];
}

interface Mappings {
  readonly found: readonly Mapping[];
  readonly faults: Read['faults'];
}

function mappingsIn(at: string, list: unknown, toRole: (name: string) => NamedRoleInput): Mappings {
  const found: Mapping[] = [];
  const { faults } = readEach(at, list, (sent) => {
    const { data } = MAPPING.safeParse(sent);
    if (data === undefined) return malformed(at);
    const { client, clientScope, roles } = data;
    found.push({
      kind: client == null ? 'scopeScopeRoles' : 'clientScopeRoles',
      name: client ?? clientScope ?? '',
      roles: roles.map(toRole),
    });
    return NOTHING;
  });
  return { found, faults };
}

/** The roles that tokens may have, one row for each client and client scope. */
export function readScopeMappings(realm: Members, naming: RoleNaming): Read {
  const ofRealm = mappingsIn('scopeMappings', realm['scopeMappings'], (name) => ({ name: naming(name) }));
  const found = [...ofRealm.found];
  const { faults } = readMembers('clientScopeMappings', realm['clientScopeMappings'], (clientId, list) => {
    const ofClient = mappingsIn('clientScopeMappings', list, (name) => ({ name, clientId }));
    found.push(...ofClient.found);
    return { rows: [], faults: ofClient.faults };
  });
  const byOwner = Map.groupBy(found, ({ kind, name }) => JSON.stringify([kind, name]));
  const rows = [...byOwner.values()].map((own): Row => {
    const { kind, name } = own[0]!;
    return { kind, owner: '', name, input: { roles: own.flatMap(({ roles }) => roles) } };
  });
  return { rows, faults: [...ofRealm.faults, ...faults] };
}
