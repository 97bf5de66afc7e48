import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { type Import, type ImportService, MAX_ROWS, type WrittenRow } from '../../src/imports/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { ImportRealmInput, ImportRealmPayload, ImportRowsInput, ImportRowsPayload } from './import.input.ts';
import { ImportType } from './import.type.ts';
import { toImportRow } from './import-rows.ts';

const toShown = (imports: ImportService, row: Import): object => ({
  ...row,
  importId: row.id,
  state: imports.stateOf(row),
});

const toShownRow = ({ id: key, ...row }: WrittenRow): object => ({ ...row, key });

/** Rows and faults have the same bound. */
function assertFew(list: readonly unknown[], path: string): void {
  if (list.length > MAX_ROWS) throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_ROWS} at once.`);
}

@Resolver(() => ImportType)
export class ImportResolver {
  @RequiresScopes(['tenant:import'])
  @Query(() => ImportType, { nullable: true, description: 'An import into the tenant; null when there is none.' })
  async import(
    @Arg('importId', () => ID, { description: 'The import.' }) importId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object | null> {
    const row = await services.imports.find(authority, importId);
    return row === null ? null : toShown(services.imports, row);
  }

  @RequiresScopes(['tenant:import'])
  @Errors('IMPORT_NOT_FOUND', 'IMPORT_ENDED')
  @Mutation(() => ImportRealmPayload, {
    description:
      'Imports settings, roles, clients, groups, providers and users into the tenant. The caller must hold what creating and changing each kind takes. A row that was imported before with the same content changes nothing, unless what it made was deleted since.',
  })
  async importRealm(
    @Arg('input', () => ImportRealmInput, { description: 'The rows.' }) input: ImportRealmInput,
    @Ctx() { services: { imports }, authority }: GraphContext,
  ): Promise<object> {
    const { faults, ifExists, importId, isLast } = input;
    assertFew(input.rows, 'input.rows');
    assertFew(faults ?? [], 'input.faults');
    const rows = input.rows.map((row, at) => toImportRow(row, `input.rows.${at}`));
    const id = importId ?? (await imports.begin(authority, ifExists ?? 'skip')).id;
    const written = await imports.write(authority, id, rows);
    await imports.report(authority, id, [], faults ?? []);
    const state = isLast === false ? await imports.find(authority, id) : await imports.finish(authority, id);
    return { import: toShown(imports, state!), rows: written.map(toShownRow) };
  }

  @RequiresScopes(['tenant:import'])
  @Mutation(() => ImportRowsPayload, {
    description:
      'Writes rows of an import into the tenant, all of them or none, whatever was imported before. The caller must hold what creating and changing each kind takes.',
  })
  async importRows(
    @Arg('input', () => ImportRowsInput, { description: 'The rows.' }) input: ImportRowsInput,
    @Ctx() { services: { imports }, authority }: GraphContext,
  ): Promise<object> {
    assertFew(input.rows, 'input.rows');
    const rows = input.rows.map((row, at) => toImportRow(row, `input.rows.${at}`));
    const written = await imports.writeTogether(authority, rows, input.ifExists ?? 'fail');
    return { isWritten: written.every(({ outcome }) => outcome !== 'refused'), rows: written.map(toShownRow) };
  }
}
