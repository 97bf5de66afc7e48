import { z } from 'zod';
import { type IdentityError, invalidField, kernelErrors } from '../../src/kernel/index.ts';
import { readPartialInputs } from './import/inputs.ts';
import type { ImportRowsData } from './operations.generated.ts';

const ITEMS = z.array(z.record(z.string(), z.unknown())).nullable().optional();

/** A partial import: a part of an export, and what to do with what is there already. */
export const SENT_IMPORT = z.looseObject({
  ifResourceExists: z
    .enum(['FAIL', 'SKIP', 'OVERWRITE'])
    .nullable()
    .optional()
    .describe('What to do with what is there already. Default `FAIL`.'),
  roles: z
    .looseObject({ realm: ITEMS, client: z.record(z.string(), ITEMS).nullable().optional() })
    .nullable()
    .optional()
    .describe('Roles of the realm, and of clients by `clientId`.'),
  clients: ITEMS.describe('Clients.'),
  groups: ITEMS.describe('Groups with their `subGroups`.'),
  identityProviders: ITEMS.describe('Identity providers.'),
  users: ITEMS.describe('Users with their credentials.'),
});
type SentImport = z.output<typeof SENT_IMPORT>;

const RESULT = z.object({
  action: z.enum(['ADDED', 'SKIPPED', 'OVERWRITTEN']).describe('What happened to it.'),
  resourceType: z.enum(['REALM_ROLE', 'CLIENT_ROLE', 'CLIENT', 'GROUP', 'IDP', 'USER']).describe('What it is.'),
  resourceName: z.string().describe('Its name.'),
  id: z.string().optional().describe('Its id.'),
});
type Result = z.input<typeof RESULT>;

/** What was imported. */
export const IMPORTED = z.object({
  overwritten: z.number().describe('How many were there, and have what was sent.'),
  added: z.number().describe('How many were made.'),
  skipped: z.number().describe('How many were there, and stay.'),
  results: z.array(RESULT).describe('What happened to each.'),
});

/** Where the error of a thing that cannot be imported stands. */
export const IMPORT_FIELD = 'import';
/** Where the error of a thing that is there already stands. */
export const EXISTING_FIELD = 'existing';

/** What of a body is not taken over without preventing the import. */
const TOLERATED: ReadonlySet<string> = new Set(['SECRET_HIDDEN', 'WITHOUT_EFFECT']);

type ImportedRow = ImportRowsData['importRows']['rows'][number];
/** The name of a thing that a body or an answer is about. */
type Named = Pick<ImportedRow, 'kind' | 'owner' | 'name'>;

interface Kind {
  readonly type: Result['resourceType'];
  /** As results have it. */
  readonly toName: (row: Named) => string;
  /** As sentences about what is there already begin. */
  readonly toSubject: (row: Named) => string;
}

const nameOf = ({ name }: Named): string => name;
const accountOf = ({ name }: Named): string => `service-account-${name}`;

const REALM_ROLE: Kind = {
  type: 'REALM_ROLE',
  toName: nameOf,
  toSubject: ({ name }) => `Realm role '${name}'`,
};
const CLIENT_ROLE: Kind = {
  type: 'CLIENT_ROLE',
  toName: ({ owner, name }) => `${owner}-->${name}`,
  toSubject: ({ owner, name }) => `Client role '${name}' for client '${owner}'`,
};

/** The kinds of rows that results name. */
const SHOWN: Readonly<Record<string, Kind>> = {
  role: REALM_ROLE,
  clientRole: CLIENT_ROLE,
  client: { type: 'CLIENT', toName: nameOf, toSubject: ({ name }) => `Client id '${name}'` },
  group: { type: 'GROUP', toName: ({ name }) => name.replace(/^\//, ''), toSubject: ({ name }) => `Group '${name}'` },
  provider: { type: 'IDP', toName: nameOf, toSubject: ({ name }) => `Identity Provider '${name}'` },
  user: { type: 'USER', toName: nameOf, toSubject: ({ name }) => `User with user name ${name}` },
  serviceAccount: { type: 'USER', toName: accountOf, toSubject: (row) => `User with user name ${accountOf(row)}` },
};
/** Kinds of rows that bring what roles contain. */
const PARTS: Readonly<Record<string, Kind>> = { roleChildren: REALM_ROLE, clientRoleChildren: CLIENT_ROLE };

const subjectOf = (row: Named): string => ({ ...SHOWN, ...PARTS })[row.kind]?.toSubject(row) ?? row.kind;

/** Reasons that say something about the rights of the caller. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'FORBIDDEN',
  'ACCOUNT_GUARDED',
  'ADMINISTRATOR_LAST',
  'PERMISSION_ESCALATION',
]);

const isTaken = (reason: string): boolean => reason === 'CONFLICT' || reason.endsWith('_TAKEN');

function refusalOf(row: Named, reason: string): IdentityError {
  if (FORBIDDEN.has(reason)) return kernelErrors.FORBIDDEN();
  const subject = subjectOf(row);
  if (isTaken(reason)) return invalidField(EXISTING_FIELD, reason, `${subject} already exists.`);
  return invalidField(IMPORT_FIELD, reason, `${subject} cannot be imported: ${reason}`);
}

/** What is sent, as the graph takes it. @throws INVALID_INPUT at `IMPORT_FIELD`: something cannot be read. */
export function toImport(sent: SentImport, tenantName: string) {
  const { rows, faults } = readPartialInputs(sent, tenantName);
  const fault = faults.find(({ reason }) => !TOLERATED.has(reason));
  if (fault !== undefined) throw refusalOf(fault, fault.reason);
  return { ifExists: sent.ifResourceExists ?? null, rows };
}

const ACTIONS: Readonly<Record<string, Result['action']>> = {
  ADDED: 'ADDED',
  CHANGED: 'OVERWRITTEN',
  SKIPPED: 'SKIPPED',
};

function toResult(row: ImportedRow): Result[] {
  const kind = SHOWN[row.kind];
  if (kind === undefined) return [];
  return [
    {
      action: ACTIONS[row.outcome]!,
      resourceType: kind.type,
      resourceName: kind.toName(row),
      ...(row.key === null ? {} : { id: row.key }),
    },
  ];
}

/**
 * What was imported.
 * @throws FORBIDDEN, INVALID_INPUT Nothing was, because of the thing that the message names.
 */
export function showImported({ importRows: { isWritten, rows } }: ImportRowsData): z.input<typeof IMPORTED> {
  const [refused] = rows;
  if (!isWritten && refused !== undefined) throw refusalOf(refused, refused.faults[0]?.reason ?? '');
  const results = rows.flatMap(toResult);
  const countOf = (wanted: Result['action']): number => results.filter(({ action }) => action === wanted).length;
  return { overwritten: countOf('OVERWRITTEN'), added: countOf('ADDED'), skipped: countOf('SKIPPED'), results };
}
