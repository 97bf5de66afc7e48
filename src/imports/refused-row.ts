import { IdentityError } from '../kernel/index.ts';
import type { ImportRow, WrittenRow } from './import-row.ts';

/** Kinds of errors that say something about the row; others say something about the service, and end the import. */
const OF_THE_ROW: ReadonlySet<string> = new Set(['invalid', 'forbidden', 'not-found', 'conflict', 'refused']);

/** What names a row. */
export const nameOf = ({ kind, owner, name }: ImportRow) => ({ kind, owner, name });

/** Whether an error says something about the row. */
export const isOfTheRow = (error: unknown): error is IdentityError =>
  error instanceof IdentityError && OF_THE_ROW.has(error.kind);

/** A row that was refused. @throws The error, where it says nothing about the row. */
export function toRefused(row: ImportRow, error: unknown): WrittenRow {
  if (!isOfTheRow(error)) throw error;
  const [field] = error.fields ?? [];
  const at = (field?.path ?? '').replace(/^input\./, '');
  const fault = { ...nameOf(row), reason: field?.code ?? error.code, at };
  return { ...nameOf(row), outcome: 'refused', id: null, faults: [fault] };
}
