import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { defineErrors, IdentityError, invalidField } from '../../../src/kernel/index.ts';

const pets = defineErrors({
  PET_LOST: { kind: 'not-found', message: 'There is no such pet.' },
  PET_TAKEN: { kind: 'conflict', message: 'The pet has an owner.' },
});

describe('an error table', () => {
  it('makes errors with the code, the kind and the message of their row', () => {
    const error = pets.PET_TAKEN();
    expect(error).toBeInstanceOf(IdentityError);
    expect(error).toMatchObject({ code: 'PET_TAKEN', kind: 'conflict', message: 'The pet has an owner.' });
    expect(pets.PET_LOST()).toMatchObject({ code: 'PET_LOST', kind: 'not-found' });
  });

  it('makes a new error each time, so that what one call adds does not show in another', () => {
    const fields = [{ path: 'input.pet', code: 'PET_LOST', message: 'No.' }];
    expect(pets.PET_LOST({ fields }).fields).toBe(fields);
    expect(pets.PET_LOST().fields).toBeUndefined();
  });

  it('shows its rows, which the schema and the documentation are made from', () => {
    expect(Object.keys(pets.rows)).toEqual(['PET_LOST', 'PET_TAKEN']);
  });
});

describe('what the code that throws adds to an error', () => {
  it('names the value of the input that is at fault, with the code and the message of the error', () => {
    expect(pets.PET_LOST().at('input.pet')).toMatchObject({
      code: 'PET_LOST',
      kind: 'not-found',
      message: 'There is no such pet.',
      fields: [{ path: 'input.pet', code: 'PET_LOST', message: 'There is no such pet.' }],
    });
  });

  it('replaces the message for callers, and nothing else of the row', () => {
    expect(pets.PET_LOST({ message: 'The cat is gone.' })).toMatchObject({
      code: 'PET_LOST',
      kind: 'not-found',
      message: 'The cat is gone.',
    });
    expect(pets.PET_LOST({ retryAfterSeconds: 3, extensions: { step: 'factor' } })).toMatchObject({
      message: 'There is no such pet.',
      retryAfterSeconds: 3,
      extensions: { step: 'factor' },
    });
  });

  it('keeps detail and cause out of the message', () => {
    const error = pets.PET_LOST({ detail: 'row 7', cause: new Error('select failed') });
    expect(error.message).toBe('There is no such pet.');
    expect(error.detail).toBe('row 7');
    expect(error.cause).toMatchObject({ message: 'select failed' });
  });

  it('is no cause where none is given: the log does not print an empty one', () => {
    expect(Object.hasOwn(pets.PET_LOST(), 'cause')).toBe(false);
    expect(inspect(pets.PET_LOST())).not.toContain('[cause]');
  });
});

describe('a faulty value', () => {
  it('is INVALID_INPUT with the path and the reason, and says the same in the message', () => {
    expect(invalidField('input.name', 'TEXT_LENGTH', 'Too long.')).toMatchObject({
      code: 'INVALID_INPUT',
      kind: 'invalid',
      message: 'Too long.',
      fields: [{ path: 'input.name', code: 'TEXT_LENGTH', message: 'Too long.' }],
    });
  });
});
