import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findFaultsOfTables, listEngineCodes } from '../../../rest-compat/engine/error-tables.ts';
import { AS_ITS_KIND, type Dialect, type LegacyError, type Route } from '../../../rest-compat/engine/index.ts';
import { RENAME_TENANT, SHOW_TENANT, tinyDialect } from './dialect.ts';

const CONFLICTING: LegacyError = { status: 409, envelope: 'plain', error: 'x' };
const { errors: _ownLine, ...RENAME_WITHOUT_LINE } = RENAME_TENANT;

const withCodes = (codes: object, routes: readonly Route[] = [SHOW_TENANT, RENAME_TENANT]): Dialect => {
  const { errors } = tinyDialect();
  return tinyDialect({ errors: { ...errors, codes: { ...errors.codes, ...codes } } }, routes);
};

describe('the tables of errors of a dialect', () => {
  it('have a line in the row or in the dialect for each code that an operation declares', () => {
    expect(findFaultsOfTables(tinyDialect())).toEqual([]);
    expect(findFaultsOfTables(tinyDialect({}, [RENAME_WITHOUT_LINE]))).toEqual([
      "tiny POST /tenants/self: its operation RenameTenant gives TENANT_PROTECTED, which has no line in the row or in the dialect's table.",
    ]);
    for (const line of [CONFLICTING, AS_ITS_KIND])
      expect(findFaultsOfTables(withCodes({ TENANT_PROTECTED: line }, [RENAME_WITHOUT_LINE]))).toEqual([]);
  });

  it('have no line in a row for a code that neither its operation nor the engine gives there', () => {
    const row = (errors: object): Dialect => tinyDialect({}, [{ ...SHOW_TENANT, errors }, RENAME_TENANT]);
    expect(findFaultsOfTables(row({ TENANT_PROTECTED: CONFLICTING }))).toEqual([
      'tiny GET /tenants/{id}/self: it has a line for TENANT_PROTECTED, which neither its operation ShowTenant nor the engine gives.',
    ]);
    // The row has no body.
    expect(findFaultsOfTables(row({ BODY_MALFORMED: CONFLICTING }))).toHaveLength(1);
    for (const code of ['NOT_FOUND', 'CONFLICT', 'SCOPE_MISSING', 'TENANT_UNKNOWN'])
      expect(findFaultsOfTables(row({ [code]: CONFLICTING }))).toEqual([]);
  });

  it('have no line in the dialect for a code that no operation of its rows gives', () => {
    expect(findFaultsOfTables(withCodes({ TOKEN_INVALID: AS_ITS_KIND }))).toEqual([
      'tiny errors: the table has a line for TOKEN_INVALID, which no operation of its rows gives.',
    ]);
    expect(findFaultsOfTables(withCodes({ INVALID_INPUT: CONFLICTING, TENANT_PROTECTED: CONFLICTING }))).toEqual([]);
    expect(findFaultsOfTables(withCodes({ TENANT_PROTECTED: CONFLICTING }, [SHOW_TENANT]))).toHaveLength(1);
  });

  it('belong to the rows of the mounts that have them', () => {
    const { errors, mounts } = tinyDialect();
    const codes = { ...errors.codes, TENANT_PROTECTED: CONFLICTING };
    const apart = (routes: readonly Route[]): Dialect =>
      tinyDialect({ mounts: [...mounts, { prefix: '/apart', routes, errors: { ...errors, codes } }] });
    expect(findFaultsOfTables(apart([RENAME_WITHOUT_LINE]))).toEqual([]);
    expect(findFaultsOfTables(apart([SHOW_TENANT]))).toHaveLength(1);
  });

  it('use envelopes that exist', () => {
    const purple = { ...CONFLICTING, envelope: 'purple' };
    const row = tinyDialect({}, [{ ...SHOW_TENANT, errors: { NOT_FOUND: purple } }, RENAME_TENANT]);
    expect(findFaultsOfTables(row)).toEqual(['tiny GET /tenants/{id}/self: there is no envelope purple.']);
    expect(findFaultsOfTables(withCodes({ NOT_FOUND: purple }))).toEqual(['tiny errors: there is no envelope purple.']);
    expect(findFaultsOfTables(withCodes({ NOT_FOUND: { ...CONFLICTING, at: { name: purple } } }))).toEqual([
      'tiny errors: there is no envelope purple.',
    ]);
  });
});

describe('the codes of the engine that a row can give', () => {
  const codesOf = (row: Partial<Route>) => new Set(listEngineCodes({ ...SHOW_TENANT, input: {}, ...row }));

  it('follow from the ways in which callers authenticate', () => {
    expect([...codesOf({ callers: { public: true } })]).toEqual(['PATH_MALFORMED', 'TENANT_UNKNOWN']);
    expect(codesOf({ callers: { bearer: {} } })).toContain('SCOPE_MISSING');
    expect(codesOf({ callers: { browser: true } })).not.toContain('CREDENTIALS_MISSING');
    expect(codesOf({ callers: { basic: 'rest' } })).toContain('CLIENT_REFUSED');
    expect(codesOf({ callers: { clientAuth: true } })).toContain('CREDENTIALS_AMBIGUOUS');
  });

  it('follow from its declared input', () => {
    const anything = z.object({});
    expect(codesOf({ input: { body: anything } })).toContain('BODY_MALFORMED');
    const ofForm = codesOf({ input: { form: anything } });
    expect([ofForm.has('MEDIA_TYPE_UNSUPPORTED'), ofForm.has('BODY_MALFORMED')]).toEqual([true, false]);
    expect(codesOf({ tenant: { in: 'query', name: 'tenant' } })).toContain('TENANT_CONFLICT');
    const headers = z.object({ 'x-forwarded-for': z.string().optional() });
    expect(codesOf({ method: 'POST', input: { headers } })).toContain('END_USER_UNKNOWN');
    expect(codesOf({ method: 'GET', input: { headers } })).not.toContain('END_USER_UNKNOWN');
  });
});
