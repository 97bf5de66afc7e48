import { Field, ObjectType } from 'type-graphql';
import type { IdentityError } from '../../src/kernel/index.ts';
import { ErrorCode } from '../errors/codes.ts';

@ObjectType({ description: 'Why one user of a list was refused.' })
export class UserRefusal {
  @Field(() => ErrorCode, { description: 'The code that the mutation for a single user gives.' })
  code!: string;
  @Field(() => String, { description: 'What is wrong.' })
  message!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Path of the value that is wrong, such as `input.users.3.email`; of several, the first.',
  })
  field!: string | null;
}

/** @param place Input path of the user. */
export function toRefusal(error: IdentityError | null, place: string): UserRefusal | null {
  if (error === null) return null;
  const { code, message, fields = [] } = error;
  return { code, message, field: fields[0]?.path.replace(/^input/, () => place) ?? null };
}
