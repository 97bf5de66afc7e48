import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { GraphQLSchema } from 'graphql';
import { type ReadInputs, readRealmInputs, readUserInputs } from '../../../rest-compat/index.ts';
import type { Services } from '../../../schema/context.ts';
import { MAX_PLAIN_PASSWORDS, MAX_ROWS } from '../../imports/index.ts';
import { IdentityError, type TenantRef } from '../../kernel/index.ts';
import { MASTER_TENANT } from '../../tenants/index.ts';
import { systemAuthority } from '../start/bootstrap.ts';
import type { ImportOptions } from './import-options.ts';
import { type ImportReport, ImportSession } from './import-session.ts';
import { FileUnreadable, readParts } from './json-parts.ts';
import type { Progress } from './progress.ts';

/** Why the tenant of an import is not taken; the message is for the operator. */
export class TenantRefused extends Error {
  override readonly name: string = 'TenantRefused';
}

export interface ImportFilesDeps {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  readonly progress: Progress;
}

/** Most bytes of one user: 1 MiB, more than an account can have. */
const MAX_USER = 1024 * 1024;
const USERS = new Set(['users']);

type Members = Readonly<Record<string, unknown>>;

/** @throws FileUnreadable There is no such file, or it cannot be read. */
async function* open(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 });
  } catch (cause) {
    throw new FileUnreadable(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** @throws FileUnreadable */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw new FileUnreadable(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Everything of an export but its users. */
async function readMembers(file: string): Promise<Members> {
  const members: Record<string, unknown> = {};
  const options = { itemwise: USERS, isWanted: (member: string) => !USERS.has(member) };
  for await (const { member, value } of readParts(open(file), options))
    if (member !== '__proto__') members[member] = value;
  return members;
}

/** The users of a file, in batches, each with the bytes that were read before its end. */
async function* readUsers(file: string): AsyncGenerator<{ readonly users: unknown[]; readonly bytes: number }> {
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of open(file)) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  let users: unknown[] = [];
  const options = { itemwise: USERS, isWanted: (member: string) => USERS.has(member), maxBytes: MAX_USER };
  for await (const { isItem, value } of readParts(counted(), options)) {
    if (isItem) users.push(value);
    if (users.length < MAX_ROWS) continue;
    yield { users, bytes };
    users = [];
  }
  yield { users, bytes };
}

const hasPlainPassword = ({ user }: ReadInputs['rows'][number]): boolean =>
  user?.credentials?.some(({ value }) => value != null) === true;

/** Divides rows into runs with few passwords in plain text, whose hashes would let other requests of the service wait. */
function* withFewPasswords(rows: ReadInputs['rows']): Generator<ReadInputs['rows']> {
  let from = 0;
  let passwords = 0;
  for (const [at, row] of rows.entries()) {
    if (!hasPlainPassword(row)) continue;
    if (passwords === MAX_PLAIN_PASSWORDS) {
      yield rows.slice(from, at);
      [from, passwords] = [at, 0];
    }
    passwords += 1;
  }
  yield rows.slice(from);
}

function* inBatches({ rows, faults }: ReadInputs): Generator<ReadInputs> {
  for (let from = 0; from < faults.length; from += MAX_ROWS)
    yield { rows: [], faults: faults.slice(from, from + MAX_ROWS) };
  for (let from = 0; from < rows.length; from += MAX_ROWS)
    for (const few of withFewPasswords(rows.slice(from, from + MAX_ROWS))) yield { rows: few, faults: [] };
}

/** The tenant of an import. */
interface Target {
  readonly tenant: TenantRef;
  /** Whether it was made for this import. */
  readonly isMade: boolean;
}

/**
 * Makes the tenant where there is none.
 * @param isNamed Whether the operator names the tenant, which the file does otherwise.
 * @throws TenantRefused It was there before any import, and the operator does not name it; or it is the one that administers the others.
 * @throws IdentityError What `TenantService.create` throws, such as for a name that no tenant can have.
 */
async function requireTenant(
  { directory, imports, tenants }: Services,
  name: string,
  isNamed: boolean,
): Promise<Target> {
  if (name === MASTER_TENANT)
    throw new TenantRefused(
      `Nothing is imported into ${name}, which administers the other tenants. Choose another by --into.`,
    );
  const found = await directory.byName(name);
  if (found !== null) {
    if (!isNamed && !(await imports.isMadeByImport(systemAuthority(found))))
      throw new TenantRefused(
        `The tenant ${name} is there already, and no import made it. To import into it: --into ${name}`,
      );
    return { tenant: found, isMade: false };
  }
  const { id } = await tenants.create(systemAuthority(), { name, template: 'realm' });
  return { tenant: (await directory.byId(id))!, isMade: true };
}

/** A realm whose name no tenant can have, which `--rename` mends. */
const refusedName = (name: string, { code }: IdentityError) => ({
  state: 'REPORTED',
  faultCount: 1,
  faults: [{ kind: 'realm', owner: '', name, reason: code, at: 'realm' }],
});

/**
 * Imports the files of an export.
 * @returns The status of the process: 0, or 2 where something was not taken over.
 * @throws FileUnreadable
 * @throws TenantRefused
 */
export async function importFiles(deps: ImportFilesDeps, options: ImportOptions): Promise<number> {
  const { services, schema, progress } = deps;
  const sizes = await Promise.all(options.files.map(sizeOf));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const realm = await readMembers(options.files[0]!);
  const exported = typeof realm['realm'] === 'string' ? realm['realm'] : '';
  if (exported === '') throw new FileUnreadable('The file is not an export of a realm: it has no name.');
  const renamed = options.into ?? options.renames.get(exported);
  const name = renamed ?? exported;
  const target = await requireTenant(services, name, renamed !== undefined).catch((error: unknown) => {
    if (!(error instanceof IdentityError)) throw error;
    progress.end(refusedName(name, error));
    return null;
  });
  if (target === null) return 2;
  const tenant = target.tenant.name;
  const ifExists = options.ifExists === 'OVERWRITE' ? 'overwrite' : 'skip';
  const { id: importId } = await services.imports.begin(systemAuthority(target.tenant), ifExists, target.isMade);
  const session = new ImportSession({ services, schema, tenant, importId });
  let rows = 0;
  const send = async (inputs: ReadInputs, bytes: number): Promise<void> => {
    const { faultCount } = await session.send(inputs, false);
    rows += inputs.rows.length;
    progress.step({ rows, faults: faultCount, done: total === 0 ? 1 : bytes / total });
  };
  for (const inputs of inBatches(readRealmInputs(realm, tenant))) await send(inputs, 0);
  let before = 0;
  for (const [at, file] of options.files.entries()) {
    for await (const { users, bytes } of readUsers(file))
      for (const inputs of inBatches(readUserInputs(users, realm, tenant))) await send(inputs, before + bytes);
    before += sizes[at]!;
  }
  const report: ImportReport = await session.send({ rows: [], faults: [] }, true);
  progress.end(report);
  return report.state === 'COMPLETE' ? 0 : 2;
}
