import type { SettingsListener } from '../tenants/index.ts';
import { userErrors } from './user.errors.ts';
import type { UserIdentifierStore } from './user-identifier.store.ts';

/** Addresses named in the refusal: enough to begin with. */
const SHOWN = 20;

/**
 * Keeps the namespace of identifying names true to the setting `uniqueEmail` (model.md section 5): switched on, every
 * address becomes a name, or the change is refused with those that cannot; switched off, they cease to be.
 * @throws USER_EMAIL_AMBIGUOUS
 */
export function uniqueEmails(identifiers: UserIdentifierStore): SettingsListener {
  return async ({ tenant }, before, after) => {
    if (before.uniqueEmail === after.uniqueEmail) return;
    if (!after.uniqueEmail) return identifiers.removeEmails(tenant.id);
    const ambiguous = await identifiers.ambiguousEmails(tenant.id, SHOWN);
    if (ambiguous.length === 0) return identifiers.addEmails(tenant.id);
    const fields = ambiguous.map((email) => ({
      path: 'input.settings.uniqueEmail',
      code: 'USER_EMAIL_AMBIGUOUS',
      message: `More than one account is known as ${email}.`,
    }));
    throw userErrors.USER_EMAIL_AMBIGUOUS({ fields });
  };
}
