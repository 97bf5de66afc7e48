import { type LegacyError, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { refusedWith, unusable } from '../errors.ts';
import { ImportRows } from '../operations.generated.ts';
import { EXISTING_FIELD, IMPORT_FIELD, IMPORTED, SENT_IMPORT, showImported, toImport } from '../partial-import.ts';

/** An answer that names the thing. */
const naming = (status: number): LegacyError => ({
  ...refusedWith(status, ''),
  text: ({ error }) => error.fields?.[0]?.message ?? error.message,
});
/** A thing that cannot be imported. */
const REFUSED = naming(400);
/** A thing that is there already. */
const EXISTING = naming(409);

/** The import of a part of an export: docs/dialects/kobil.md, section 4.17. */
export const PARTIAL_IMPORT: Route = route({
  method: 'POST',
  path: '/partialImport',
  spec: '4.17',
  summary: 'Imports users, clients, roles, groups and identity providers, all or none',
  callers: callersWith('tenant:import'),
  operation: ImportRows,
  input: { body: SENT_IMPORT },
  toVariables: ({ body, tenantName }) => toImport(body, tenantName),
  reply: { status: 200, schema: IMPORTED, from: showImported },
  errors: {
    INVALID_INPUT: {
      ...unusable('The import has a value that cannot be stored'),
      at: { [IMPORT_FIELD]: REFUSED, [EXISTING_FIELD]: EXISTING },
    },
  },
});
