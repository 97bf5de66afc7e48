import { Field, ObjectType, registerEnumType } from 'type-graphql';
import type { Caller } from '../../src/access/index.ts';
import type { Right } from '../../src/rights/index.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';

export enum RightPartyKind {
  USER = 'user',
  APPLICATION = 'application',
  GROUP = 'group',
}
registerEnumType(RightPartyKind, {
  name: 'RightPartyKind',
  description: 'Kind of the holder or the object of a right.',
  valuesConfig: {
    USER: { description: 'A user account.' },
    APPLICATION: { description: 'An application, which is a client.' },
    GROUP: { description: 'A group. Rights can be held on groups, but groups do not hold rights.' },
  },
});

@ObjectType({ description: 'The holder or the object of a right.' })
export class RightParty {
  @Field(() => RightPartyKind, { description: 'Whether the party is a user, a group or an application.' })
  kind!: RightPartyKind;
  @Field(() => String, { description: 'Public id of a user, `client_id` of an application, key of a group.' })
  key!: string;
  @Field(() => String, { nullable: true, description: 'Profile of a group; null for the others.' })
  profile!: string | null;
}

@ObjectType('Right', {
  description: 'A right of a user or application on a user, group or application.',
})
@RequiresScopes(['right:read'], ['right:read:self'])
export class RightType {
  @Field(() => RightParty, { description: 'The user or application that holds it.' })
  subject!: RightParty;
  @Field(() => RightParty, { description: 'The object: a user, group or application.' })
  object!: RightParty;
  @Field(() => String, {
    description: 'Name of the right, such as `ORG_ADMIN` or `change_password`. The deployment defines what it means.',
  })
  name!: string;
  @Field(() => [String], { description: 'Tags that say who set the right, or why; never empty.' })
  tags!: readonly string[];
  @Field(() => Date, { description: 'When it was given.' })
  createdAt!: Date;
}

/** A party with the keys that its relations are loaded by. */
export interface RightPartyView {
  readonly tenantId: string;
  readonly kind: string;
  readonly id: string;
}

/** A right in the graph. With reach `self`, its holder and its object may both see it. */
export function toRight(right: Right, { userId, tenant }: Caller): object {
  const { tenantId, subject, object } = right;
  const isParty = tenant?.id === tenantId && [subject, object].some(({ kind, id }) => kind === 'user' && id === userId);
  return {
    ...right,
    subject: { ...subject, tenantId },
    object: { ...object, tenantId },
    userId: isParty ? userId : null,
  };
}
