import { defineErrors } from '../kernel/index.ts';

export const apiKeyErrors = defineErrors({
  API_KEY_NOT_FOUND: { kind: 'not-found', message: 'There is no API key with this id.' },
  API_KEY_OWNER_MISSING: { kind: 'forbidden', message: 'An API key acts for a user, and the caller is none.' },
  API_KEY_SCOPE_UNKNOWN: { kind: 'invalid', message: 'There is no such scope of API keys.' },
  API_KEY_LIMIT_REACHED: { kind: 'refused', message: 'The user has as many API keys as a user can have.' },
});
