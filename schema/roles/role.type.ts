import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

/** Roles that were loaded through a user have its id as `userId`, so that users may see the roles they hold. */
@ObjectType('Role', {
  implements: Node,
  description:
    'A named set of permissions, granted to users, groups and clients. Users may read the roles that they hold.',
})
@RequiresScopes(['role:read'], ['role-grant:read'], ['role-grant:read:self'])
export class RoleType extends Node {
  @Field(() => String, {
    description: 'Name; case-sensitive and unique among the roles of the tenant, or of the client.',
  })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Description.' })
  description!: string | null;
  @Field(() => [String], {
    description:
      'Native permissions that the role gives: `user:read`, `user:read:self`, in `master` also `user:read:all`.',
  })
  permissions!: string[];
  @Field(() => GraphQLJSONObject, { description: 'Attributes: any JSON value per name.' })
  attributes!: Record<string, unknown>;
  @Field(() => Boolean, {
    name: 'isBuiltin',
    description:
      'Whether the service created the role; then it cannot be changed or deleted, except for what the role of new users contains.',
  })
  builtin!: boolean;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const RoleConnection = connectionOf(RoleType, 'Role');
