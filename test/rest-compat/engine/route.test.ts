import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UpdateAuthModes } from '../../../rest-compat/blitz/operations.generated.ts';
import { AS_ITS_KIND, type ErrorTable, route } from '../../../rest-compat/engine/index.ts';
import { Jwks } from '../../../rest-compat/oidc/operations.generated.ts';
import { tinyDialect } from './dialect.ts';

const ROW = {
  path: '/auth',
  spec: 'Tiny',
  summary: 'Changes modes.',
  callers: { public: true },
  method: 'POST',
} as const;
const AUTH = z.object({ needPasswordChange: z.boolean(), methodsLocked: z.array(z.string()) });

/** Each `@ts-expect-error` fails `npm run types` when the line below it begins to compile. */
describe('a row that is bound to its document', () => {
  it('compiles with exactly the variables and the data of the document', () => {
    const { operation, toVariables } = route({
      ...ROW,
      operation: UpdateAuthModes,
      input: { body: z.object({ methodsLocked: z.array(z.string()).optional() }) },
      toVariables: ({ body }) => ({ userId: 'anna', ...body }),
      reply: {
        status: 200,
        schema: AUTH,
        from: ({ updateAuthModes: { authModes } }) =>
          authModes && { needPasswordChange: authModes.needPasswordChange, methodsLocked: authModes.methodsLocked },
      },
    });
    expect([operation, toVariables]).toEqual([UpdateAuthModes, expect.any(Function)]);
  });

  it('does not compile with a misspelt variable, written out or part of the body', () => {
    route({
      ...ROW,
      operation: UpdateAuthModes,
      // @ts-expect-error The document declares $methodsLocked.
      toVariables: () => ({ userId: 'anna', methodLocked: ['password'] }),
      reply: { status: 204 },
    });
    route({
      ...ROW,
      operation: UpdateAuthModes,
      input: { body: z.object({ methodLocked: z.array(z.string()).optional() }) },
      // @ts-expect-error The document declares $methodsLocked.
      toVariables: ({ body }) => ({ userId: 'anna', ...body }),
      reply: { status: 204 },
    });
  });

  it('does not compile without a required variable, nor with one of another type', () => {
    route({
      ...ROW,
      operation: UpdateAuthModes,
      // @ts-expect-error $userId is missing.
      toVariables: () => ({ methodsLocked: ['password'] }),
      reply: { status: 204 },
    });
    // @ts-expect-error There is no toVariables, and $userId is required.
    route({ ...ROW, operation: UpdateAuthModes, reply: { status: 204 } });
    route({
      ...ROW,
      operation: UpdateAuthModes,
      // @ts-expect-error $methodsLocked is a list.
      toVariables: () => ({ userId: 'anna', methodsLocked: 'password' }),
      reply: { status: 204 },
    });
  });

  it('does not compile with a variable that the engine fills', () => {
    route({
      ...ROW,
      operation: UpdateAuthModes,
      // @ts-expect-error The tenant is that of the request.
      toVariables: () => ({ userId: 'anna', tenant: 'other' }),
      reply: { status: 204 },
    });
    route({
      ...ROW,
      operation: Jwks,
      // @ts-expect-error The kind of issuer is that of the mount.
      toVariables: () => ({ issuerKind: 'NATIVE' }),
      reply: { status: 204 },
    });
  });

  it('does not compile when its reply reads a member that the document does not request', () => {
    const toVariables = () => ({ userId: 'anna' });
    route({
      ...ROW,
      operation: UpdateAuthModes,
      toVariables,
      reply: {
        status: 200,
        schema: z.object({ locked: z.array(z.string()).optional() }),
        // @ts-expect-error The member is called methodsLocked.
        from: ({ updateAuthModes: { authModes } }) => ({ locked: authModes?.methodLocked }),
      },
    });
    route({
      ...ROW,
      operation: UpdateAuthModes,
      toVariables,
      reply: {
        status: 200,
        schema: z.object({ id: z.string().optional() }),
        // @ts-expect-error The type AuthModes has the field, but the document does not request it.
        from: ({ updateAuthModes: { authModes } }) => ({ id: authModes?.userId }),
      },
    });
  });

  it('does not compile when its reply lacks a member of the declared body', () => {
    route({
      ...ROW,
      operation: UpdateAuthModes,
      toVariables: () => ({ userId: 'anna' }),
      reply: {
        status: 200,
        schema: AUTH,
        // @ts-expect-error needPasswordChange is missing.
        from: ({ updateAuthModes: { authModes } }) => ({ methodsLocked: authModes?.methodsLocked ?? [] }),
      },
    });
  });

  it('does not compile with a line for an error that neither its operation nor the engine gives', () => {
    const gone = { status: 400, envelope: 'plain', error: 'gone' };
    const row = { ...ROW, operation: UpdateAuthModes, toVariables: () => ({ userId: 'anna' }), reply: { status: 204 } };
    const { errors } = route({
      ...row,
      errors: {
        USER_NOT_FOUND: gone,
        AUTH_MODE_VALUE_INVALID: AS_ITS_KIND,
        NOT_FOUND: gone,
        CREDENTIALS_MISSING: gone,
      },
    });
    expect(errors).toHaveProperty('USER_NOT_FOUND', gone);
    // @ts-expect-error The operation does not declare TOTP_NOT_FOUND.
    route({ ...row, errors: { TOTP_NOT_FOUND: gone } });
    // @ts-expect-error There is no such code.
    route({ ...row, errors: { USER_NOT_FUOND: gone } });
    const shared = { NOT_FOUND: gone, TOTP_NOT_FOUND: gone };
    // @ts-expect-error A constant that several rows share is looked at as well.
    route({ ...row, errors: shared });
    // @ts-expect-error So is one that is spread.
    route({ ...row, errors: { ...shared, USER_NOT_FOUND: gone } });
  });

  it('does not compile where a table of a dialect has a misspelt code, or no line for a code of the engine', () => {
    const { codes } = tinyDialect().errors;
    const { METHOD_NOT_ALLOWED: _gone, ...without } = codes;
    // @ts-expect-error There is no such code.
    const misspelt: ErrorTable = { ...codes, USER_NOT_FUOND: AS_ITS_KIND };
    // @ts-expect-error METHOD_NOT_ALLOWED is missing.
    const incomplete: ErrorTable = without;
    expect([misspelt, incomplete]).toHaveLength(2);
  });
});
