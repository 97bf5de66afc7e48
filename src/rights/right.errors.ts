import { defineErrors } from '../kernel/index.ts';

export const rightErrors = defineErrors({
  RIGHT_SUBJECT_UNKNOWN: { kind: 'invalid', message: 'There is no such user or application to hold the right.' },
  RIGHT_OBJECT_UNKNOWN: { kind: 'invalid', message: 'There is no such user, group or application.' },
  RIGHT_LIMIT_REACHED: { kind: 'refused', message: 'The subject, or the object, has as many rights as it can have.' },
});
