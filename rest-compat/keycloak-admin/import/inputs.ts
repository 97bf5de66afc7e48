import { readRealm } from './realm.ts';
import { roleNamingOf } from './role-names.ts';
import type { Fault, Members, Read, Row } from './row.ts';
import { readUsers } from './users.ts';

/** What was read, as the mutation `importRealm` takes it. */
export interface ReadInputs {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly faults: readonly Fault[];
}

const toInput = ({ kind, owner, name, input }: Row) => ({ owner, name, [kind]: input });
const toInputs = ({ rows, faults }: Read): ReadInputs => ({ rows: rows.map(toInput), faults });

/** Reads everything of an export but its users. @param tenantName The tenant that takes it. */
export const readRealmInputs = (realm: Members, tenantName: string): ReadInputs =>
  toInputs(readRealm(realm, tenantName));

/** Reads users of an export. @param realm What else the export has. */
export const readUserInputs = (users: readonly unknown[], realm: Members, tenantName: string): ReadInputs =>
  toInputs(readUsers(users, roleNamingOf(realm, tenantName)));
