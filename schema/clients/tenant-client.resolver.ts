import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import { tenantClientIdOf, tenantClientRolesOf } from '../../src/clients/index.ts';
import type { Tenant } from '../../src/tenants/index.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import {
  TenantClientConnection,
  TenantClientFilterInput,
  type TenantClientRoleType,
  TenantClientType,
} from './tenant-client.type.ts';

/** Clients of `master` that stand for tenants. */
@Resolver(() => TenantClientType)
export class TenantClientResolver {
  @FieldResolver(() => ID)
  clientUuid(@Root() tenant: Tenant): string {
    return tenant.id;
  }

  @FieldResolver(() => String)
  clientId(@Root() tenant: Tenant): string {
    return tenantClientIdOf(tenant);
  }

  @FieldResolver()
  roles(@Root() tenant: Tenant): TenantClientRoleType[] {
    return tenantClientRolesOf(tenant).map(({ id, name }) => ({ roleUuid: id, name }));
  }

  @RequiresScopes(['client:read'])
  @Query(() => TenantClientType, {
    nullable: true,
    description: 'The client of `master` with this UUID that stands for a tenant; null when there is none.',
  })
  tenantClient(
    @Arg('clientId', () => ID, { description: 'UUID of the client.' }) clientId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<Tenant | null> {
    return services.tenantClients.find(authority, clientId);
  }

  @RequiresScopes(['client:read'])
  @Query(() => TenantClientConnection, {
    description:
      'The clients of `master` that stand for tenants, by name. Callers without `client:read:all` see none, and other tenants have none.',
  })
  async tenantClients(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => TenantClientFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions.',
    })
    filter?: TenantClientFilterInput | null,
  ): Promise<ConnectionData<Tenant>> {
    const request = toPageRequest(page, info, undefined, largestPage);
    return toConnection(await services.tenantClients.page(authority, filter ?? {}, request));
  }
}
