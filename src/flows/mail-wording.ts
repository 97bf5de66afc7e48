import type { TextsInPlace } from '../delivery/index.ts';
import type { KnownTenant } from '../tenants/index.ts';

/** What a tenant chooses of its mails. */
export interface MailWording {
  /** How mails call the application. */
  readonly app: string;
  readonly texts: TextsInPlace;
}

/**
 * How the mails of a tenant are worded. The server of this service sends no texts that tenants choose, because they could send them to
 * anybody.
 * @param hasServer Whether the tenant has set a mail server.
 */
export const wordingOf = (
  { name, displayName, settings }: Pick<KnownTenant, 'name' | 'displayName' | 'settings'>,
  hasServer: boolean,
): MailWording => (hasServer ? { app: displayName ?? name, texts: settings.texts } : { app: name, texts: {} });
