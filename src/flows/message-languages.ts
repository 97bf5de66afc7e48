import type { Wanted } from '../delivery/index.ts';
import type { TenantDirectory, TenantSettings } from '../tenants/index.ts';
import type { User } from '../users/index.ts';

/**
 * The languages of a message to a user, the best first: those that were asked for, that of the account, and the first of the
 * tenant.
 * @param asked In the form of `Accept-Language`.
 */
export async function languagesFor(
  directory: Pick<TenantDirectory, 'byId'>,
  { tenantId, locale }: Pick<User, 'tenantId' | 'locale'>,
  asked?: string | null,
): Promise<Wanted> {
  const tenant = await directory.byId(tenantId);
  return [asked, ...usualLanguages(tenant?.settings, locale)];
}

/** The languages of a message for which nobody asked for one, the best first. */
export const usualLanguages = (
  settings: Pick<TenantSettings, 'locales'> | undefined,
  locale: User['locale'],
): Wanted => [locale, settings?.locales[0]];
