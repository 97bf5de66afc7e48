/**
 * Imports: rows of another service's export, which become settings, roles, clients, groups, providers and users of a tenant. Reading
 * an export is the matter of its dialect. May import every module up to `flows/`.
 */
export { MAX_PLAIN_PASSWORDS, MAX_ROWS } from './batches.ts';
export type { Import } from './import.entity.ts';
export type { ImportService, ImportState } from './import.service.ts';
export type {
  IfExists,
  ImportRow,
  NamedRole,
  RowFault,
  RowInputs,
  RowKind,
  RowName,
  RowOf,
  RowOutcome,
  RowTally,
  WrittenRow,
} from './import-row.ts';
