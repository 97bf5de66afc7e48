import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { connectionOf } from '../kit/connection.ts';

@ObjectType('OfflineAccess', {
  description: 'Access of a client to a user that goes on without a session (OpenID Connect Core section 11).',
})
export class OfflineAccessType {
  @Field(() => ID, { description: 'UUID of the access, as `gid` in its tokens.' })
  accessId!: string;
  @Field(() => [String], { description: 'Scopes of its tokens.' })
  scopes!: string[];
  @Field(() => Date, { description: 'When the client got it.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When the client last got a refresh token.' })
  lastUsedAt!: Date;
  @Field(() => Date, { description: 'When it ends.' })
  expiresAt!: Date;
}

export const OfflineAccessConnection = connectionOf(OfflineAccessType, 'OfflineAccess');

@InputType({ description: 'Filters for a list of access without a session.' })
export class OfflineAccessFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only that of this client.' })
  clientId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only that to this user.' })
  userId?: string | null;
}
