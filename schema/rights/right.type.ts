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
  description: 'What holds a right, or what it is held on.',
  valuesConfig: {
    USER: { description: 'A user account.' },
    APPLICATION: { description: 'An application, which is a client.' },
    GROUP: { description: 'A group; rights are held on groups, not by them.' },
  },
});

@ObjectType({ description: 'One side of a right.' })
export class RightParty {
  @Field(() => RightPartyKind, { description: 'What it is.' })
  kind!: RightPartyKind;
  @Field(() => String, { description: 'Public id of a user, `client_id` of an application, key of a group.' })
  key!: string;
  @Field(() => String, { nullable: true, description: 'Profile of a group; null for the others.' })
  profile!: string | null;
}

@ObjectType('Right', {
  description: 'That a user or application may do something on a user, group or application.',
})
@RequiresScopes(['right:read'], ['right:read:self'])
export class RightType {
  @Field(() => RightParty, { description: 'Who holds it.' })
  subject!: RightParty;
  @Field(() => RightParty, { description: 'On what.' })
  object!: RightParty;
  @Field(() => String, {
    description: 'Its name, which the deployment gives a meaning: `ORG_ADMIN`, `change_password`.',
  })
  name!: string;
  @Field(() => [String], { description: 'Who set it, or why; never empty.' })
  tags!: readonly string[];
  @Field(() => Date, { description: 'When it was given.' })
  createdAt!: Date;
}

/** A side with what its relations are found by. */
export interface RightPartyView {
  readonly tenantId: string;
  readonly kind: string;
  readonly id: string;
}

/** A right for the graph: reach `self` sees it from both of its sides. */
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
