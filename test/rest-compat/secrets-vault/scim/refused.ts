import { ScimRefusal, type ScimType } from '../../../../rest-compat/secrets-vault/scim/refusal.ts';

/** The `scimType` with which a function refuses what it was given. */
export function refused(act: () => unknown): ScimType {
  try {
    act();
  } catch (error) {
    if (error instanceof ScimRefusal) return error.scimType;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
