import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { connectionOf } from '../kit/connection.ts';

@ObjectType('TenantClientRole', { description: 'A role of a client that stands for a tenant.' })
export class TenantClientRoleType {
  @Field(() => ID, { description: 'UUID of the role.' })
  roleUuid!: string;
  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

@ObjectType('TenantClient', {
  description: 'A client of `master` that stands for the administration of a tenant. It is made up when it is read.',
})
export class TenantClientType {
  @Field(() => ID, { description: 'UUID of the client, which is that of the tenant.' })
  clientUuid!: string;
  @Field(() => String, { description: 'The name of the tenant and `-realm`.' })
  clientId!: string;
  @Field(() => [TenantClientRoleType], { description: 'Its roles, by name.' })
  roles!: TenantClientRoleType[];
}

@ObjectType('TenantClientGrant', { description: 'The roles of a client that stands for a tenant which a holder has.' })
export class TenantClientGrantType {
  @Field(() => TenantClientType, { description: 'The client.' })
  client!: TenantClientType;
  @Field(() => [TenantClientRoleType], { description: 'The roles of it, by name.' })
  roles!: TenantClientRoleType[];
}

export const TenantClientConnection = connectionOf(TenantClientType, 'TenantClient');

@InputType({ description: 'Filters for a list of clients that stand for tenants.' })
export class TenantClientFilterInput {
  @Field(() => String, { nullable: true, description: 'Only the one with this `client_id`.' })
  clientId?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Only those whose `client_id` contains this text, ignoring case.',
  })
  clientIdContains?: string | null;
}
