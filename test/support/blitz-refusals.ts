import { expect } from 'vitest';

/** The dialect's answer about one faulty value, with any description. @param pos Its place in the request. */
export const wrongValue = (pos: string, error = 'wrong_value') => ({
  type: 'input_error',
  error: 'wrong_values',
  errors: [{ type: 'input_error', error, desc: expect.any(String), pos }],
});

/** The dialect's answer when a well-formed request is refused. */
export const processError = (error: string) => ({ type: 'process_error', error, desc: expect.any(String) });

export const NOT_FOUND = processError('not_found');
export const NO_SUBJECT = processError('no_subject_found');
