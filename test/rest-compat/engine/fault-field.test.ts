import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../rest-compat/engine/errors.ts';
import type { LegacyError } from '../../../rest-compat/engine/index.ts';
import { type IdentityError, kernelErrors } from '../../../src/kernel/index.ts';
import { RENAME_TENANT, tinyDialect } from './dialect.ts';

const line = (status: number, error: string): LegacyError => ({ status, envelope: 'plain', error });
const CONFLICT: LegacyError = { ...line(409, 'taken'), at: { title: line(400, 'title'), name: line(400, 'name') } };

describe('a line with other answers for some fields', () => {
  const { errors } = tinyDialect();
  const row = { ...RENAME_TENANT, errors: { CONFLICT }, pos: { 'input.displayName': 'title' } };
  const naming = (...paths: string[]): IdentityError =>
    kernelErrors.CONFLICT({ fields: paths.map((path) => ({ path, code: 'TAKEN', message: 'Taken.' })) });
  const answerOf = (error: IdentityError, route: typeof row | null = row) => {
    const { legacy } = faultOf(errors, route, error);
    return [legacy.status, legacy.error];
  };

  it('gives that of the first of these fields, under its legacy name', () => {
    expect(answerOf(naming('input.displayName'))).toEqual([400, 'title']);
    expect(answerOf(naming('input.other', 'input.names.0.name', 'input.displayName'))).toEqual([400, 'name']);
  });

  it('gives its own for other fields and for none', () => {
    expect(answerOf(naming('input.other'))).toEqual([409, 'taken']);
    expect(answerOf(naming('input.toString'))).toEqual([409, 'taken']);
    expect(answerOf(kernelErrors.CONFLICT())).toEqual([409, 'taken']);
    expect(answerOf(naming('input.displayName'), null)).toEqual([409, 'conflict']);
  });
});
