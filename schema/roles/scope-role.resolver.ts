import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { ClientKeys, ClientScope, MapperOwnerRow } from '../../src/clients/index.ts';
import type { Role } from '../../src/roles/index.ts';
import { ClientObject } from '../clients/client.type.ts';
import { ClientScopeType } from '../clients/client-scope.type.ts';
import { toMapperOwner } from '../clients/protocol-mapper.resolver.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Reads } from '../kit/reads.ts';
import {
  effectiveScopeRolesOfClient,
  effectiveScopeRolesOfScope,
  scopeRolesOfClient,
  scopeRolesOfScope,
} from './role.loader.ts';
import { RoleType } from './role.type.ts';
import { toRoleReferences } from './role-reference.ts';
import {
  AddScopeRolesInput,
  AddScopeRolesPayload,
  RemoveScopeRolesInput,
  RemoveScopeRolesPayload,
} from './scope-role.input.ts';

@Resolver(() => ClientObject)
export class ClientScopeRolesResolver {
  @Reads()
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description:
      "Roles of users that the client's tokens may have where it has not the full role scope, beside its own roles and those of its scopes: at most 200.",
  })
  scopeRoles(@Root() { tenantId, id }: ClientKeys, @Ctx() { loaders }: GraphContext): Promise<readonly Role[]> {
    return loaders.load(scopeRolesOfClient, { tenantId, key: id });
  }

  @Reads()
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'The roles of `scopeRoles` and those of the client itself, with all roles inside them.',
  })
  effectiveScopeRoles(
    @Root() { tenantId, id }: ClientKeys,
    @Ctx() { loaders }: GraphContext,
  ): Promise<readonly Role[]> {
    return loaders.load(effectiveScopeRolesOfClient, { tenantId, key: id });
  }
}

@Resolver(() => ClientScopeType)
export class ScopeRolesResolver {
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'Roles of users that tokens with the scope may have: at most 200.',
  })
  scopeRoles(@Root() { tenantId, id }: ClientScope, @Ctx() { loaders }: GraphContext): Promise<readonly Role[]> {
    return loaders.load(scopeRolesOfScope, { tenantId, key: id });
  }

  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'The roles of `scopeRoles`, with all roles inside them.',
  })
  effectiveScopeRoles(
    @Root() { tenantId, id }: ClientScope,
    @Ctx() { loaders }: GraphContext,
  ): Promise<readonly Role[]> {
    return loaders.load(effectiveScopeRolesOfScope, { tenantId, key: id });
  }

  @RequiresScopes(['client:write'])
  @Errors(
    'CLIENT_SCOPE_NOT_FOUND',
    'CLIENT_BUILTIN',
    'ACCOUNT_GUARDED',
    'ROLE_NOT_FOUND',
    'ROLE_CLIENT_NOT_FOUND',
    'SCOPE_ROLE_LIMIT',
    'PERMISSION_ESCALATION',
  )
  @Mutation(() => AddScopeRolesPayload, {
    description:
      'Lets tokens of a client, or with a scope, have roles of users: all or none. The caller must hold what the roles give.',
  })
  async addScopeRoles(
    @Arg('input', () => AddScopeRolesInput, { description: 'The roles.' }) input: AddScopeRolesInput,
    @Ctx() context: GraphContext,
  ): Promise<MapperOwnerRow> {
    const owner = await toMapperOwner(context, input);
    const roles = await toRoleReferences(context, input.roles, 'input.roles');
    return context.services.scopeRoles.add(context.authority, owner, roles);
  }

  @RequiresScopes(['client:write'])
  @Errors('CLIENT_SCOPE_NOT_FOUND', 'CLIENT_BUILTIN', 'ACCOUNT_GUARDED', 'ROLE_NOT_FOUND', 'ROLE_CLIENT_NOT_FOUND')
  @Mutation(() => RemoveScopeRolesPayload, {
    description: 'Takes roles of users from the tokens of a client, or from those with a scope: all or none.',
  })
  async removeScopeRoles(
    @Arg('input', () => RemoveScopeRolesInput, { description: 'The roles.' }) input: RemoveScopeRolesInput,
    @Ctx() context: GraphContext,
  ): Promise<MapperOwnerRow> {
    const owner = await toMapperOwner(context, input);
    const roles = await toRoleReferences(context, input.roles, 'input.roles');
    return context.services.scopeRoles.remove(context.authority, owner, roles);
  }
}
