import type { SettingsListener } from '../tenants/index.ts';
import { userErrors } from './user.errors.ts';
import type { UserIdentifierStore } from './user-identifier.store.ts';

/** Most addresses named in one error. */
const SHOWN = 20;

/**
 * Applies a change of the setting `uniqueEmail` to the identifying names (docs/data-model.md). Switched on, every e-mail
 * address becomes an identifying name, or the change is refused and names the addresses that cannot. Switched off, e-mail
 * addresses are removed from the names.
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
