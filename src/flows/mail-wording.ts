import type { TextsInPlace } from '../delivery/index.ts';
import type { KnownTenant } from '../tenants/index.ts';

/** What a tenant chooses of its mails. */
export interface MailWording {
  /** How mails call the application. */
  readonly app: string;
  readonly texts: TextsInPlace;
}

export interface MailWordingDeps {
  /** Gives the server that a tenant has set; null: it has none. */
  readonly mailServers: { readonly of: (tenantId: string) => Promise<object | null> };
}

type WordedTenant = Pick<KnownTenant, 'id' | 'name' | 'displayName' | 'settings'>;

/**
 * How the mails of a tenant are worded, to be read outside of units of work. The server of this service sends no texts that tenants
 * choose, because they could send them to anybody.
 */
export const wordingFor = async (deps: MailWordingDeps, tenant: WordedTenant): Promise<MailWording> =>
  (await ownWordingFor(deps, tenant)) ?? { app: tenant.name, texts: {} };

/** How mails are worded that the server of the tenant sends; null: the tenant has none. To be read outside of units of work. */
export async function ownWordingFor(
  { mailServers }: MailWordingDeps,
  { id, name, displayName, settings }: WordedTenant,
): Promise<MailWording | null> {
  return (await mailServers.of(id)) === null ? null : { app: displayName ?? name, texts: settings.texts };
}
