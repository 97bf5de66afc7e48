import { defineErrors } from '../kernel/index.ts';

export const riskErrors = defineErrors({
  RISKBIT_NOT_FOUND: { kind: 'not-found', message: 'There is no such riskbit.' },
  RISKBIT_INCOMPLETE: {
    kind: 'invalid',
    message: 'A riskbit has a rating level, a score, a risk and an operation.',
  },
  RISKBIT_EXISTS: { kind: 'conflict', message: 'A riskbit with this rating level and score exists.' },
  RISKBIT_TENANT_MISMATCH: { kind: 'invalid', message: 'The riskbit is meant for another tenant.' },
  RISK_QUESTION_INCOMPLETE: {
    kind: 'invalid',
    message: 'A risk name and a platform, "ios" or "android", are required.',
  },
});
