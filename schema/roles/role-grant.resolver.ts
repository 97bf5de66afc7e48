import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import { type Role, type RoleGranting, type RoleHolder, roleErrors } from '../../src/roles/index.ts';
import { canonicalUserId } from '../../src/users/index.ts';
import { clientById } from '../clients/client.loader.ts';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { groupById } from '../groups/group.loader.ts';
import { userById } from '../users/user.loader.ts';
import {
  GrantRoleInput,
  GrantRolePayload,
  GrantRolesInput,
  GrantRolesPayload,
  RevokeRoleInput,
  RevokeRolePayload,
  RevokeRolesInput,
  RevokeRolesPayload,
  type RoleGrantInput,
  type RoleHolderInput,
} from './role.input.ts';
import { toRoleReferences } from './role-reference.ts';

const HOLDERS = [
  ['user', 'User', 'userId'],
  ['group', 'Group', 'groupId'],
  ['client', 'Client', 'clientId'],
] as const;

const HOLDER_BY_ID = { user: userById, group: groupById, client: clientById } as const;

/** The holder in the input. @throws INVALID_INPUT None or several are named. */
async function holderOf({ services, authority }: GraphContext, input: RoleHolderInput): Promise<RoleHolder> {
  const named = HOLDERS.filter(([, , member]) => input[member] != null);
  const [holder] = named;
  if (holder === undefined || named.length > 1) {
    throw invalidField('input.userId', 'ONE_REQUIRED', 'Give exactly one of "userId", "groupId" and "clientId".');
  }
  const [holderKind, type, member] = holder;
  const path = `input.${member}`;
  const onTenant = input.onTenant ?? null;
  if (type === 'Client') {
    const reference = toClientReference(input[member]!, path);
    const holderId = await services.clients.idOf(authority, reference, roleErrors.ROLE_HOLDER_NOT_FOUND);
    return { holderKind, holderId, onTenant };
  }
  const key = keyOf(type, input[member]!, path);
  return { holderKind, holderId: holderKind === 'user' ? canonicalUserId(key) : key, onTenant };
}

async function toGranting(context: GraphContext, input: RoleGrantInput): Promise<RoleGranting> {
  const holder = await holderOf(context, input);
  return { roleId: keyOf('Role', input.roleId, 'input.roleId'), ...holder };
}

/** Roles of the client that stands for a tenant. */
interface TenantRoles {
  readonly tenantName: string;
  readonly names: readonly string[];
}

/** What the input names where all roles are those of one client that stands for a tenant; else null. */
async function tenantRolesOf(
  { services, authority }: GraphContext,
  { onTenant, roles }: GrantRolesInput,
): Promise<TenantRoles | null> {
  const clientId = roles[0]?.clientId;
  if (clientId == null || onTenant != null || roles.some((role) => role.clientId !== clientId)) return null;
  const tenant = await services.tenantClients.find(authority, clientId);
  const names = roles.flatMap(({ name }) => name ?? []);
  return tenant === null || names.length < roles.length ? null : { tenantName: tenant.name, names };
}

/** The holder's row in the member of its kind; the guard of its type decides whether the caller may see it. */
async function payload(
  { loaders, authority }: GraphContext,
  granted: { readonly role: Role } | { readonly roles: readonly Role[] },
  { holderKind, holderId }: RoleHolder,
): Promise<object> {
  const key = { tenantId: authority.tenant.id, key: holderId };
  return { ...granted, [holderKind]: await loaders.load<object | null>(HOLDER_BY_ID[holderKind], key) };
}

@Resolver()
export class RoleGrantResolver {
  @RequiresScopes(['role-grant:write'])
  @Errors('ROLE_NOT_FOUND', 'ROLE_HOLDER_NOT_FOUND', 'ROLE_GRANT_ELSEWHERE', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => GrantRolePayload, {
    description: 'Grants a role; the caller must hold everything that it gives. Granting it again is no error.',
  })
  async grantRole(
    @Arg('input', () => GrantRoleInput, { description: 'The role and its holder.' }) input: GrantRoleInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const granting = await toGranting(context, input);
    const role = await context.services.roleGrants.grant(context.authority, granting);
    return payload(context, { role }, granting);
  }

  @RequiresScopes(['role-grant:write'])
  @Errors('ROLE_NOT_FOUND', 'ROLE_HOLDER_NOT_FOUND', 'ROLE_GRANT_ELSEWHERE', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => RevokeRolePayload, {
    description: 'Withdraws a role. It is no error when the holder does not have it.',
  })
  async revokeRole(
    @Arg('input', () => RevokeRoleInput, { description: 'The role and its holder.' }) input: RevokeRoleInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const granting = await toGranting(context, input);
    const role = await context.services.roleGrants.revoke(context.authority, granting);
    return payload(context, { role }, granting);
  }

  @RequiresScopes(['role-grant:write'])
  @Errors(
    'ROLE_NOT_FOUND',
    'ROLE_CLIENT_NOT_FOUND',
    'ROLE_HOLDER_NOT_FOUND',
    'ROLE_GRANT_ELSEWHERE',
    'PERMISSION_ESCALATION',
    'ACCOUNT_GUARDED',
  )
  @Mutation(() => GrantRolesPayload, {
    description:
      'Grants roles to one holder, all or none; the caller must hold everything that they give. Granting one again is no error.',
  })
  async grantRoles(
    @Arg('input', () => GrantRolesInput, { description: 'The roles and their holder.' }) input: GrantRolesInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const { authority, services } = context;
    const holder = await holderOf(context, input);
    const ofTenant = await tenantRolesOf(context, input);
    const granted =
      ofTenant === null
        ? await services.roleGrants.grantMany(authority, {
            ...holder,
            roles: await toRoleReferences(context, input.roles, 'input.roles'),
          })
        : await services.tenantClientRoles.grant(authority, holder, ofTenant.tenantName, ofTenant.names);
    return payload(context, { roles: granted }, holder);
  }

  @RequiresScopes(['role-grant:write'])
  @Errors(
    'ROLE_NOT_FOUND',
    'ROLE_CLIENT_NOT_FOUND',
    'ROLE_HOLDER_NOT_FOUND',
    'ROLE_GRANT_ELSEWHERE',
    'ACCOUNT_GUARDED',
    'ADMINISTRATOR_LAST',
  )
  @Mutation(() => RevokeRolesPayload, {
    description: 'Withdraws roles from one holder, all or none. It is no error when the holder does not have one.',
  })
  async revokeRoles(
    @Arg('input', () => RevokeRolesInput, { description: 'The roles and their holder.' }) input: RevokeRolesInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    const { authority, services } = context;
    const holder = await holderOf(context, input);
    const ofTenant = await tenantRolesOf(context, input);
    const withdrawn =
      ofTenant === null
        ? await services.roleGrants.revokeMany(authority, {
            ...holder,
            roles: await toRoleReferences(context, input.roles, 'input.roles'),
          })
        : await services.tenantClientRoles.revoke(authority, holder, ofTenant.tenantName, ofTenant.names);
    return payload(context, { roles: withdrawn }, holder);
  }
}
