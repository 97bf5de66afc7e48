import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { CredentialTypeObject } from './auth-modes.type.ts';

@InputType({ description: 'The user who gets new recovery codes.' })
export class GenerateRecoveryCodesInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@InputType({ description: 'The user whose recovery codes are removed.' })
export class RemoveRecoveryCodesInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@ObjectType({ description: 'Result of a change to recovery codes.' })
class RecoveryCodesPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => CredentialTypeObject, {
    nullable: true,
    description:
      'The credential that was added or removed: one for all codes of the user, whose `data` has `total` and `remaining`. Null when the caller may not read credentials.',
  })
  credential!: CredentialTypeObject | null;
}

@ObjectType({ description: 'New recovery codes.' })
export class GenerateRecoveryCodesPayload extends RecoveryCodesPayload {
  @Field(() => [String], {
    description: 'The codes, to be shown to the user now: the service keeps only hashes and never shows them again.',
  })
  codes!: readonly string[];
}

@ObjectType({ description: 'Result of a change to recovery codes.' })
export class RemoveRecoveryCodesPayload extends RecoveryCodesPayload {}
