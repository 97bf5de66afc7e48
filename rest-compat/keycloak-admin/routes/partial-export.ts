import { z } from 'zod';
import { lookup, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { defaultRoleOf } from '../../realms/realm.ts';
import { BAD_REQUEST, refusedWith } from '../errors.ts';
import { assertExportable, SIZE_FIELD, showExport, sizeOf, TOO_LARGE_TO_EXPORT } from '../export.ts';
import { toGroupFilter } from '../group.ts';
import { ExportSize, PartialExport } from '../operations.generated.ts';
import { FIRST_PAGE, LARGEST_PAGE } from '../paging.ts';
import { REALM } from '../realm.ts';

const FLAG = z.enum(['true', 'false']).optional();
const QUERY = z.object({
  exportClients: FLAG.describe('`true`: with clients and their scope mappings.'),
  exportGroupsAndRoles: FLAG.describe('`true`: with groups and roles; with those of clients if clients are asked for.'),
});
type Query = z.output<typeof QUERY>;

const askedOf = ({ exportClients, exportGroupsAndRoles }: Query) => ({
  withClients: exportClients === 'true',
  withGroupsAndRoles: exportGroupsAndRoles === 'true',
});
const filtersOf = ({ exportClients }: Query) => ({
  roles: { withBuiltin: true, ofTenantOnly: exportClients !== 'true' },
  groups: toGroupFilter({}),
});

/** How much there is to export, which is counted before anything is read. */
const size = lookup({
  operation: ExportSize,
  toVariables: ({ query }: { readonly query: Query }) => ({ after: FIRST_PAGE, ...filtersOf(query) }),
  from: sizeOf,
});

/** The export of a realm: docs/dialects/kobil.md, section 4.17. */
export const PARTIAL_EXPORT: Route = route({
  method: 'POST',
  path: '/partial-export',
  spec: '4.17',
  summary: 'The realm as an import takes it; clients, groups and roles on demand, without users and secrets',
  callers: callersWith('tenant:read'),
  operation: PartialExport,
  input: { query: QUERY },
  lookups: { size },
  toVariables: ({ query, tenantName }, found) => {
    const asked = askedOf(query);
    assertExportable(found.size, asked);
    return { ...asked, ...filtersOf(query), first: LARGEST_PAGE, defaultRole: defaultRoleOf(tenantName) };
  },
  reply: { status: 200, schema: REALM, from: showExport },
  errors: { INVALID_INPUT: { ...BAD_REQUEST, at: { [SIZE_FIELD]: refusedWith(400, TOO_LARGE_TO_EXPORT) } } },
});
