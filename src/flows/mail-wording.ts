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

/**
 * How the mails of a tenant are worded, to be read outside of units of work. The server of this service sends no texts that tenants
 * choose, because they could send them to anybody.
 */
export async function wordingFor(
  { mailServers }: MailWordingDeps,
  { id, name, displayName, settings }: Pick<KnownTenant, 'id' | 'name' | 'displayName' | 'settings'>,
): Promise<MailWording> {
  const hasServer = (await mailServers.of(id)) !== null;
  return hasServer ? { app: displayName ?? name, texts: settings.texts } : { app: name, texts: {} };
}
