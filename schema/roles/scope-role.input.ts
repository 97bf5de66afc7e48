import { Field, InputType, ObjectType } from 'type-graphql';
import { MapperOwnerInput, MapperOwnerPayload } from '../clients/protocol-mapper.input.ts';
import { RoleReferenceInput } from './role.input.ts';

@InputType({ description: 'Roles of users that tokens of either a client or a scope may have.' })
class ScopeRolesInput extends MapperOwnerInput {
  @Field(() => [RoleReferenceInput], { description: 'The roles, at most 200.' })
  roles!: RoleReferenceInput[];
}

@InputType({ description: 'Roles of users that tokens of either a client or a scope may have from now on.' })
export class AddScopeRolesInput extends ScopeRolesInput {}

@InputType({ description: 'Roles of users that tokens of either a client or a scope may not have any more.' })
export class RemoveScopeRolesInput extends ScopeRolesInput {}

@ObjectType({ description: 'Result of adding roles.' })
export class AddScopeRolesPayload extends MapperOwnerPayload {}

@ObjectType({ description: 'Result of taking roles away.' })
export class RemoveScopeRolesPayload extends MapperOwnerPayload {}
