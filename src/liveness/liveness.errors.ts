import { defineErrors } from '../kernel/index.ts';

export const livenessErrors = defineErrors({
  LIVENESS_PERIOD_INVALID: {
    kind: 'invalid',
    message: 'A report is about a time that ends after its start, and has at most 1,000 buckets.',
  },
});
