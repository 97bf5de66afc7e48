import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import { type HolderKind, type Role, type RoleGranting, roleErrors } from '../../src/roles/index.ts';
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
  RevokeRoleInput,
  RevokeRolePayload,
  type RoleGrantInput,
} from './role.input.ts';

const HOLDERS = [
  ['user', 'User', 'userId'],
  ['group', 'Group', 'groupId'],
  ['client', 'Client', 'clientId'],
] as const;

const HOLDER_BY_ID = { user: userById, group: groupById, client: clientById } as const;

/** The holder in the input. @throws INVALID_INPUT None or several are named. */
async function holderOf(
  { services, authority }: GraphContext,
  input: RoleGrantInput,
): Promise<{ holderKind: HolderKind; holderId: string }> {
  const named = HOLDERS.filter(([, , member]) => input[member] != null);
  const [holder] = named;
  if (holder === undefined || named.length > 1) {
    throw invalidField('input.userId', 'ONE_REQUIRED', 'Give exactly one of "userId", "groupId" and "clientId".');
  }
  const [holderKind, type, member] = holder;
  const path = `input.${member}`;
  if (type === 'Client') {
    const reference = toClientReference(input[member]!, path);
    return {
      holderKind,
      holderId: await services.clients.idOf(authority, reference, roleErrors.ROLE_HOLDER_NOT_FOUND),
    };
  }
  const key = keyOf(type, input[member]!, path);
  return { holderKind, holderId: holderKind === 'user' ? canonicalUserId(key) : key };
}

async function toGranting(context: GraphContext, input: RoleGrantInput): Promise<RoleGranting> {
  const { roleId, onTenant } = input;
  const holder = await holderOf(context, input);
  return { roleId: keyOf('Role', roleId, 'input.roleId'), onTenant: onTenant ?? null, ...holder };
}

/** The holder's row in the member of its kind; the guard of its type decides whether the caller may see it. */
async function payload(
  { loaders, authority }: GraphContext,
  role: Role,
  { holderKind, holderId }: RoleGranting,
): Promise<object> {
  const key = { tenantId: authority.tenant.id, key: holderId };
  return { role, [holderKind]: await loaders.load<object | null>(HOLDER_BY_ID[holderKind], key) };
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
    return payload(context, role, granting);
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
    return payload(context, role, granting);
  }
}
