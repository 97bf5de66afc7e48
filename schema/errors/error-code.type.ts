import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { ERROR_CODES, ErrorCode } from './codes.ts';

@ObjectType({ description: 'An error code with its meaning.' })
export class ErrorCodeInfo {
  @Field(() => ErrorCode, { description: 'The code, as in `extensions.code`.' })
  code!: string;

  @Field(() => String, { description: 'Meaning of the code.' })
  description!: string;
}

@Resolver()
export class ErrorCodeResolver {
  @Query(() => [ErrorCodeInfo], { description: 'Every error code that this service can return.' })
  errorCodes(): ErrorCodeInfo[] {
    return Object.entries(ERROR_CODES).map(([code, description]) => ({ code, description }));
  }
}
