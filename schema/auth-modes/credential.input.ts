import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CredentialTypeName, CredentialTypeObject } from './auth-modes.type.ts';

@InputType({ description: 'A credential and its new name.' })
export class RenameCredentialInput {
  @Field(() => ID, { description: 'The credential.' })
  credentialId!: string;
  @Field(() => String, { nullable: true, description: 'Name: at most 255 characters; null or empty removes it.' })
  label?: string | null;
}

@InputType({ description: 'A credential to remove.' })
export class RemoveCredentialInput {
  @Field(() => ID, { description: 'The credential.' })
  credentialId!: string;
}

@InputType({ description: 'A credential and its new place among those of its user.' })
export class MoveCredentialInput {
  @Field(() => ID, { description: 'The credential.' })
  credentialId!: string;
  @Field(() => ID, {
    nullable: true,
    description: 'The credential of the same user that it follows. Default: it becomes the first.',
  })
  afterId?: string | null;
}

@InputType({ description: 'Credentials to remove: all of one type of a user.' })
export class RemoveCredentialsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => CredentialTypeName, { description: 'The type.' })
  type!: CredentialTypeName;
}

@ObjectType({ description: 'Result of a change to a credential.' })
class CredentialPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => CredentialTypeObject, {
    nullable: true,
    description: 'The credential that was changed or removed; null when the caller may not read credentials.',
  })
  credential!: CredentialTypeObject | null;
}

@ObjectType({ description: 'Result of a change to a credential.' })
export class RenameCredentialPayload extends CredentialPayload {}

@ObjectType({ description: 'Result of a change to a credential.' })
export class RemoveCredentialPayload extends CredentialPayload {}

@ObjectType({ description: 'Result of a change to a credential.' })
export class MoveCredentialPayload extends CredentialPayload {}

@ObjectType({ description: 'Result of removing credentials.' })
export class RemoveCredentialsPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => [CredentialTypeObject], {
    nullable: 'itemsAndList',
    description: 'The credentials that were removed; null when the caller may not read credentials.',
  })
  credentials!: (CredentialTypeObject | null)[] | null;
}
