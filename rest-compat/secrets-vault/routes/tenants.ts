import { z } from 'zod';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { AS_ITS_KIND, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { callersOrKeys } from '../callers.ts';
import { detail, FORBIDDEN, UNPROCESSABLE } from '../errors.ts';
import {
  BlockedAddresses,
  BlockedUsers,
  ConfigureTenant,
  CreateTenant,
  DeleteTenant,
  Tenant,
  Tenants,
  UnblockAddress,
  UnblockUser,
} from '../operations.generated.ts';
import { BLOCKS_PAGE, pageOf, toBlocksPage } from '../paging.ts';
import { NEW_TENANT, SENT_TENANT, showTenant, TENANT, toSettings } from '../tenant.ts';

/** Most tenants of a list: a page of the graph inside the process. */
const MAX_LISTED = 10_000;

const PATH = z.object({ tenant_id: z.string() });
const IN_PATH = { in: 'params', name: 'tenant_id' } as const;
const NOT_BLOCKED = detail(404, 'Not blocked');

/** Refusals of changes that this row does not make: of users, and of settings without a name here. */
const OF_USERS = {
  TENANT_PROTECTED: AS_ITS_KIND,
  TENANT_SETTING_NOT_FOUND: AS_ITS_KIND,
  USER_EMAIL_AMBIGUOUS: AS_ITS_KIND,
  USER_NOT_FOUND: AS_ITS_KIND,
  USER_USERNAME_INVALID: AS_ITS_KIND,
  USER_USERNAME_TAKEN: AS_ITS_KIND,
  USER_EMAIL_INVALID: AS_ITS_KIND,
  USER_EMAIL_TAKEN: AS_ITS_KIND,
  USER_ATTRIBUTE_REFUSED: AS_ITS_KIND,
  USER_ATTRIBUTE_UNMODIFIABLE: AS_ITS_KIND,
  PASSWORD_POLICY: AS_ITS_KIND,
  PASSWORD_TOO_LONG: AS_ITS_KIND,
  ACCOUNT_GUARDED: AS_ITS_KIND,
  REAUTHENTICATION_REQUIRED: AS_ITS_KIND,
} as const;

const LIST = route({
  method: 'GET',
  path: '/tenants',
  spec: 'section 7 (TEN-1)',
  summary: 'The tenants that the caller may see: its own, or all',
  callers: callersOrKeys('tenant:read', 'TENANT:READ', 'TENANT'),
  tenant: 'none',
  operation: Tenants,
  toVariables: () => ({ first: MAX_LISTED }),
  reply: {
    status: 200,
    schema: z.strictObject({ tenants: z.array(TENANT) }),
    from: ({ tenants }) => ({ tenants: presentItems(tenants.nodes).map(showTenant) }),
  },
});

const CREATE = route({
  method: 'POST',
  path: '/tenants',
  spec: 'section 7 (TEN-2)',
  summary: 'Makes a tenant whose people prove an image',
  callers: callersWith('tenant:create:all'),
  tenant: 'none',
  operation: CreateTenant,
  input: { body: NEW_TENANT },
  toVariables: ({ body }) => ({
    name: body.tenant_id,
    displayName: body.display_name,
    settings: { ...toSettings(body), isSecondFactorOnly: body.is_2fa, offersImageSignIn: true },
  }),
  reply: { status: 201, schema: TENANT, from: ({ createTenant }) => showTenant(present(createTenant.tenant)) },
  pos: { 'input.name': 'tenant_id', 'input.displayName': 'display_name' },
  errors: {
    TENANT_NAME_INVALID: UNPROCESSABLE,
    TENANT_NAME_RESERVED: UNPROCESSABLE,
    TENANT_NAME_TAKEN: detail(409, 'Tenant already exists'),
    TENANT_SETTING_INVALID: UNPROCESSABLE,
  },
});

const READ = route({
  method: 'GET',
  path: '/tenants/{tenant_id}',
  spec: 'section 7 (TEN-7)',
  summary: 'A tenant',
  callers: callersOrKeys('tenant:read', 'TENANT:READ', 'TENANT'),
  tenant: IN_PATH,
  operation: Tenant,
  input: { params: PATH },
  reply: { status: 200, schema: TENANT, from: ({ tenant }) => showTenant(tenant) },
});

const UPDATE = route({
  method: 'PUT',
  path: '/tenants/{tenant_id}',
  spec: 'section 7 (TEN-8)',
  summary: 'Replaces what a tenant has, but for what is fixed when it is made',
  callers: callersOrKeys('tenant:write', 'TENANT'),
  tenant: [IN_PATH, { in: 'body', name: 'tenant_id' }],
  operation: ConfigureTenant,
  input: { params: PATH, body: SENT_TENANT },
  toVariables: ({ body }) => ({ displayName: body.display_name, settings: toSettings(body) }),
  reply: { status: 200, schema: TENANT, from: ({ configureTenant }) => showTenant(present(configureTenant.tenant)) },
  pos: { 'input.displayName': 'display_name' },
  errors: { ...OF_USERS, TENANT_SETTING_INVALID: UNPROCESSABLE },
});

const DELETE = route({
  method: 'DELETE',
  path: '/tenants/{tenant_id}',
  spec: 'section 7 (TEN-9)',
  summary: 'Deletes a tenant with everything in it',
  callers: callersWith('tenant:delete:all'),
  tenant: IN_PATH,
  operation: DeleteTenant,
  input: { params: PATH },
  reply: { status: 204 },
  errors: { TENANT_PROTECTED: detail(409) },
});

/** When a block began and how long it lasts. */
const BLOCK = {
  blocked_at: z.iso.datetime(),
  block_duration: z.number().int().describe('In seconds.'),
  expires_at: z.iso.datetime(),
};

interface Block {
  readonly blockedFrom: string | null;
  readonly blockedUntil: string | null;
}

const showBlock = ({ blockedFrom, blockedUntil }: Block) => {
  const [from, until] = [present(blockedFrom), present(blockedUntil)];
  return {
    blocked_at: from,
    block_duration: Math.round((Date.parse(until) - Date.parse(from)) / 1000),
    expires_at: until,
  };
};

interface Blocks<B> {
  readonly totalCount: number | null;
  readonly pageInfo: { readonly hasNextPage: boolean };
  readonly nodes: readonly (B | null)[];
}

/** A page of blocks. None follow a page that begins behind the last one. */
function showPage<B extends Block, N>({ nodes, pageInfo, totalCount }: Blocks<B>, nameOf: (block: B) => N) {
  const data = presentItems(nodes).map((block) => ({ ...nameOf(block), ...showBlock(block) }));
  return { data, has_next: data.length > 0 && pageInfo.hasNextPage, total_count: totalCount ?? 0 };
}

const BLOCKED_IPS = route({
  method: 'GET',
  path: '/tenants/{tenant_id}/blocked-ips',
  spec: 'section 7 (TEN-3)',
  summary: 'The addresses that are blocked',
  callers: callersOrKeys('block:read', 'BLOCKER:READ', 'BLOCKER'),
  tenant: IN_PATH,
  operation: BlockedAddresses,
  input: { params: PATH, query: BLOCKS_PAGE },
  toVariables: ({ query }) => toBlocksPage(query),
  reply: {
    status: 200,
    schema: pageOf(z.strictObject({ ip: z.string(), ...BLOCK })),
    from: ({ blocks }) => showPage(blocks, ({ address }) => ({ ip: present(address) })),
  },
});

const BLOCKED_USERS = route({
  method: 'GET',
  path: '/tenants/{tenant_id}/blocked-users',
  spec: 'section 7 (TEN-5)',
  summary: 'The users whose sign-in is blocked',
  callers: callersOrKeys('block:read', 'BLOCKER:READ', 'BLOCKER'),
  tenant: IN_PATH,
  operation: BlockedUsers,
  input: { params: PATH, query: BLOCKS_PAGE },
  toVariables: ({ query }) => toBlocksPage(query),
  reply: {
    status: 200,
    schema: pageOf(z.strictObject({ username: z.string(), ...BLOCK })),
    from: ({ blocks }) => showPage(blocks, ({ userId, username }) => ({ username: username ?? present(userId) })),
  },
});

/** @throws NOT_FOUND Nothing was blocked. */
function assertLifted({ liftedCount }: { readonly liftedCount: number }): null {
  if (liftedCount === 0) throw kernelErrors.NOT_FOUND();
  return null;
}

const UNBLOCK_IP = route({
  method: 'DELETE',
  path: '/tenants/{tenant_id}/blocked-ips',
  spec: 'section 7 (TEN-4)',
  summary: 'Ends the block of an address',
  callers: callersOrKeys('block:lift', 'BLOCKER'),
  tenant: IN_PATH,
  operation: UnblockAddress,
  input: { params: PATH, query: z.object({ ip: z.string().min(7).max(15) }) },
  toVariables: ({ query }) => ({ address: query.ip }),
  reply: { status: 200, schema: z.null(), from: ({ liftBlock }) => assertLifted(liftBlock), orEmpty: 'Always.' },
  pos: { 'input.address': 'ip' },
  errors: { NOT_FOUND: NOT_BLOCKED, USER_NOT_FOUND: NOT_BLOCKED, ACCOUNT_GUARDED: FORBIDDEN },
});

const UNBLOCK_USER = route({
  method: 'DELETE',
  path: '/tenants/{tenant_id}/blocked-users',
  spec: 'section 7 (TEN-6)',
  summary: 'Ends the block of a user',
  callers: callersOrKeys('block:lift', 'BLOCKER'),
  tenant: IN_PATH,
  operation: UnblockUser,
  input: { params: PATH, query: z.object({ username: z.string().min(1) }) },
  toVariables: ({ query }) => ({ username: query.username }),
  reply: { status: 200, schema: z.null(), from: ({ liftBlock }) => assertLifted(liftBlock), orEmpty: 'Always.' },
  errors: { NOT_FOUND: NOT_BLOCKED, USER_NOT_FOUND: NOT_BLOCKED, ACCOUNT_GUARDED: FORBIDDEN },
});

export const TENANT_ROUTES: readonly Route[] = [
  LIST,
  CREATE,
  READ,
  UPDATE,
  DELETE,
  BLOCKED_IPS,
  UNBLOCK_IP,
  BLOCKED_USERS,
  UNBLOCK_USER,
];
