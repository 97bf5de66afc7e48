import { expect } from 'vitest';

/** What the dialect answers about one value, with any description. @param pos Where it stands in the request. */
export const wrongValue = (pos: string, error = 'wrong_value') => ({
  type: 'input_error',
  error: 'wrong_values',
  errors: [{ type: 'input_error', error, desc: expect.any(String), pos }],
});

/** What it answers when the request is well-formed and cannot be done. */
export const processError = (error: string) => ({ type: 'process_error', error, desc: expect.any(String) });

export const NOT_FOUND = processError('not_found');
export const NO_SUBJECT = processError('no_subject_found');
