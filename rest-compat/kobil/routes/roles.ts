import { z } from 'zod';
import { lookup, type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM } from '../envelope.ts';
import { ROLE_UNKNOWN } from '../errors.ts';
import { CreateRole, DeleteRole, FindRole } from '../operations.generated.ts';

const ROLE_PATH = z.object({ roleName: z.string().max(255) });
const TAGS = { subSystem: SUBSYSTEM.tenants };

/** The id of the tenant's role that the path names. */
const roleId = lookup({
  operation: FindRole,
  toVariables: ({ params }: { readonly params: { readonly roleName: string } }) => ({ name: params.roleName }),
  from: ({ role }) => role?.id ?? null,
});

const CREATE = route({
  method: 'POST',
  path: '/v3_role/{roleName}',
  spec: '3.4 (56)',
  summary: 'Makes a role of the tenant',
  callers: callersWith('role:create'),
  tags: TAGS,
  operation: CreateRole,
  input: { params: ROLE_PATH },
  toVariables: ({ params }) => ({ name: params.roleName }),
  reply: { status: 200, schema: DONE, from: () => done('Role created successfully', SUBSYSTEM.tenants) },
});

const DELETE = route({
  method: 'DELETE',
  path: '/v3_role/{roleName}',
  spec: '3.4 (57)',
  summary: 'Deletes a role of the tenant; roles of the service itself stay',
  callers: callersWith('role:delete'),
  tags: TAGS,
  operation: DeleteRole,
  input: { params: ROLE_PATH },
  lookups: { roleId },
  toVariables: (_request, found) => ({ roleId: found.roleId }),
  reply: { status: 200, schema: DONE, from: () => done('Role deleted successfully', SUBSYSTEM.tenants) },
  errors: { NOT_FOUND: ROLE_UNKNOWN },
});

/** Roles of the tenant: docs/dialects/kobil.md, section 3.4. */
export const ROLE_ROUTES: readonly Route[] = [CREATE, DELETE];
export const GATEWAY_ROLE_ROUTES: readonly Route[] = [at('/role/{roleName}', CREATE), at('/role/{roleName}', DELETE)];
