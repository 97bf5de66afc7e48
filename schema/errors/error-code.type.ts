import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { ERROR_CODES, ErrorCode } from './codes.ts';

@ObjectType({ description: 'An error code with its meaning.' })
export class ErrorCodeInfo {
  @Field(() => ErrorCode, { description: 'The code, as in `extensions.code`.' })
  code!: string;

  @Field(() => String, { description: 'What it means, for people.' })
  description!: string;
}

@Resolver()
export class ErrorCodeResolver {
  @Query(() => [ErrorCodeInfo], { description: 'Every error code this service can answer with.' })
  errorCodes(): ErrorCodeInfo[] {
    return Object.entries(ERROR_CODES).map(([code, description]) => ({ code, description }));
  }
}
