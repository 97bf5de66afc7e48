import { Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';

@ObjectType('ClientSessionCount', { description: 'Where an application has sessions.' })
@RequiresScopes(['session:read'])
@Owned({ account: null })
export class ClientSessionCountType {
  tenantId!: string;
  @Field(() => ID, { description: 'UUID of the application.' })
  clientUuid!: string;
  @Field(() => String, { description: 'Its `client_id`.' })
  clientId!: string;
  @Field(() => Int, { description: 'Active sessions in which it has valid tokens.' })
  active!: number;
  @Field(() => Int, { description: 'How many times it has access that goes on without a session.' })
  offline!: number;
}

/** Sessions of applications. */
@Resolver()
export class ClientSessionsResolver {
  @RequiresScopes(['session:read'])
  @Query(() => [ClientSessionCountType], {
    nullable: 'itemsAndList',
    description:
      'The applications that have sessions, or access that goes on without one, by `client_id`. At most 100,000 grants are counted.',
  })
  async clientSessionCounts(@Ctx() { services, authority }: GraphContext): Promise<ClientSessionCountType[]> {
    const counts = await services.oauth.clientSessions.count(authority);
    return counts.map((count) => ({ ...count, tenantId: authority.tenant.id }));
  }
}
