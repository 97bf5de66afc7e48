import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

/** Groups that were loaded through a user have its id as `userId`, so that users may see the groups they are in. */
@ObjectType('Group', {
  implements: Node,
  description:
    'A group of users, in the tree or in a directory of organisations. Users may read the groups that they are members of.',
})
@RequiresScopes(['group:read'], ['group:read:self'])
export class GroupType extends Node {
  @Field(() => String, { description: 'Its name; in the tree unique among its siblings, ignoring case.' })
  name!: string;
  @Field(() => String, { description: 'Names from the top to the group: `/parent/child`.' })
  path!: string;
  @Field(() => String, {
    description: '`groups` for the tree; every other profile is a separate directory of organisations.',
  })
  profile!: string;
  @Field(() => String, { description: 'Key of the group in its directory; unique per profile.' })
  key!: string;
  @Field(() => GraphQLJSONObject, { description: 'Attributes: any JSON value per name.' })
  attributes!: Record<string, unknown>;
  @Field(() => String, { nullable: true, description: 'Id of the group in an external directory; not unique.' })
  externalId!: string | null;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const GroupConnection = connectionOf(GroupType, 'Group');
