import { DirectiveLocation, GraphQLDirective, GraphQLList, GraphQLNonNull, GraphQLSchema, isEnumType } from 'graphql';
import { Directive } from 'type-graphql';
import type { ErrorCodeName } from '../errors/codes.ts';
import { COMMON_CODES, type CommonCode } from '../errors/common-codes.ts';
import type { requestErrors } from '../errors/request.errors.ts';

/** A code that a field can declare: neither one that every field gives, nor one that refuses a request as a whole. */
export type DeclarableCode = Exclude<ErrorCodeName, CommonCode | keyof typeof requestErrors.rows>;

/**
 * Declares the errors that a field gives beyond those that every field can give (`schema/errors/common-codes.ts`). A code
 * that no error table has does not compile.
 * @example Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')
 */
export function Errors(...codes: [DeclarableCode, ...DeclarableCode[]]): MethodDecorator & PropertyDecorator {
  return Directive(`@errors(codes: [${codes.join(', ')}])`) as MethodDecorator & PropertyDecorator;
}

/** Adds the definition of `@errors` to a schema. Its argument has the enum of the schema, which exists only once that is built. */
export function defineErrorsDirective(schema: GraphQLSchema): GraphQLSchema {
  const code = schema.getType('ErrorCode');
  if (!isEnumType(code)) throw new Error('The schema has no enum ErrorCode.');
  const errors = new GraphQLDirective({
    name: 'errors',
    description: `The values of \`extensions.code\` that the field gives, beyond those that every field can give: ${Object.keys(COMMON_CODES).join(', ')}.`,
    locations: [DirectiveLocation.FIELD_DEFINITION],
    args: {
      codes: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(code))),
        description: 'The codes.',
      },
    },
  });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, directives: [...config.directives, errors] });
}
