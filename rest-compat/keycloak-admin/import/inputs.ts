import type { ImportRowInput } from '../operations.generated.ts';
import { readRealm } from './realm.ts';
import { roleNamingOf } from './role-names.ts';
import { type Fault, joined, type Members, type Read, type Row, type RowKind } from './row.ts';
import { readUsers } from './users.ts';

/** What was read, as the mutation `importRealm` takes it. */
export interface ReadInputs {
  readonly rows: readonly ImportRowInput[];
  readonly faults: readonly Fault[];
}

const toInput = ({ kind, owner, name, input }: Row): ImportRowInput => ({ owner, name, [kind]: input });
const toInputs = ({ rows, faults }: Read): ReadInputs => ({ rows: rows.map(toInput), faults });

/** Reads everything of an export but its users. @param tenantName The tenant that takes it. */
export const readRealmInputs = (realm: Members, tenantName: string): ReadInputs =>
  toInputs(readRealm(realm, tenantName));

/** Reads users of an export. @param realm What else the export has. */
export const readUserInputs = (users: readonly unknown[], realm: Members, tenantName: string): ReadInputs =>
  toInputs(readUsers(users, roleNamingOf(realm, tenantName)));

/** Kinds that a partial import has; the others of an export are left out. */
const PARTIAL: ReadonlySet<RowKind> = new Set([
  'role',
  'clientRole',
  'roleChildren',
  'clientRoleChildren',
  'client',
  'group',
  'provider',
  'serviceAccount',
  'user',
]);

/** Reads what a partial import takes of an export. */
export function readPartialInputs(realm: Members, tenantName: string): ReadInputs {
  const read = joined([readRealm(realm, tenantName), readUsers(realm['users'], roleNamingOf(realm, tenantName))]);
  return toInputs({ ...read, rows: read.rows.filter(({ kind }) => PARTIAL.has(kind)) });
}
