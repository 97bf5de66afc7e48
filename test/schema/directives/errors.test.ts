import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildASTSchema, GraphQLSchema, isObjectType, parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPlainSchema } from '../../../schema/build.ts';
import { defineErrorsDirective, Errors } from '../../../schema/directives/errors.ts';
import { ERROR_CODES } from '../../../schema/errors/codes.ts';
import { COMMON_CODES } from '../../../schema/errors/common-codes.ts';
import { declaredCodes } from '../../../schema/errors/declared-codes.ts';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import { ROOT } from '../../support/started.ts';

/** The declared codes of every field that has any. */
function declaredIn(schema: GraphQLSchema): Record<string, string[]> {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const)
      : [],
  );
  return Object.fromEntries(
    fields
      .map(([place, field]) => [place, declaredCodes(field.astNode)] as const)
      .filter(([, codes]) => codes.length > 0),
  );
}

const emitted = (file: string) =>
  buildASTSchema(parse(readFileSync(join(ROOT, 'schema', file), 'utf8')), { assumeValidSDL: true });

describe('@errors', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await buildPlainSchema();
  });

  it('declares codes that exist, and none that every field or a whole request gives', () => {
    const all = new Set(Object.values(declaredIn(schema)).flat());
    expect(
      [...all].filter((code) => !(code in ERROR_CODES) || code in COMMON_CODES || code in requestErrors.rows),
    ).toEqual([]);
  });

  it('is emitted with the same codes for gateways and for clients', () => {
    const declared = declaredIn(schema);
    expect(declared['Mutation.deleteUser']).toContain('USER_NOT_FOUND');
    expect(declaredIn(emitted('schema.graphql'))).toEqual(declared);
    expect(declaredIn(emitted('client.graphql'))).toEqual(declared);
  });

  it('accepts only codes of the error tables: the compiler refuses others', () => {
    expect(Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')).toBeTypeOf('function');
    // @ts-expect-error No table has the code.
    Errors('USER_NOT_FUOND');
    // @ts-expect-error Every field gives the code.
    Errors('INVALID_INPUT');
    // @ts-expect-error The code refuses a request as a whole.
    Errors('BATCH_TOO_LARGE');
    // @ts-expect-error No code is named.
    Errors();
  });

  it('is defined for a schema that lists the codes, and for no other', () => {
    expect(schema.getDirective('errors')?.args.map(({ type }) => String(type))).toEqual(['[ErrorCode!]!']);
    expect(() => defineErrorsDirective(new GraphQLSchema({}))).toThrow('ErrorCode');
  });
});
