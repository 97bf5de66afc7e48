import type { Authority } from '../access/index.ts';
import {
  type DeliveryQueue,
  type Mail,
  type MailServer,
  renderTemplate,
  type TemplateName,
} from '../delivery/index.ts';
import { kernelErrors } from '../kernel/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import type { User } from '../users/index.ts';
import { accountMailErrors } from './account-mail.errors.ts';
import { languagesFor } from './message-languages.ts';

export interface TenantMailsDeps {
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly mailer: Pick<DeliveryQueue<Mail>, 'sendNow'>;
  readonly mailServers: { readonly of: (tenantId: string) => Promise<object | null> };
}

/** Mails with texts of tenants to their users. Each is sent while the caller waits, so that a refusal is its answer. */
export class TenantMails {
  readonly #deps: TenantMailsDeps;

  constructor(deps: TenantMailsDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a mail to the address of a user, by the server that the tenant has set.
   * @param values Those of the template. `app`, unless it is given, is the display name of the tenant, else its name.
   * @param server Sends it in place of the server that the tenant has set.
   * @returns The address.
   * @throws MAIL_SERVER_MISSING, MAIL_RECIPIENT_MISSING, MAIL_NOT_SENT, SERVICE_UNAVAILABLE
   */
  async send(
    { caller, tenant }: Authority,
    user: User,
    purpose: TemplateName,
    values: Readonly<Record<string, string>>,
    server: MailServer | null = null,
  ): Promise<string> {
    const { directory, mailer, mailServers } = this.#deps;
    // The server of this service sends no texts that tenants choose, because they could send them to anybody.
    if (server === null && (await mailServers.of(tenant.id)) === null) throw accountMailErrors.MAIL_SERVER_MISSING();
    if (user.email == null) throw accountMailErrors.MAIL_RECIPIENT_MISSING();
    const known = await directory.byId(tenant.id);
    if (known === null) throw kernelErrors.NOT_FOUND();
    const languages = await languagesFor(directory, { ...user, tenantId: tenant.id });
    const all = { app: known.displayName ?? known.name, ...values };
    const rendered = renderTemplate(purpose, languages, all, known.settings.texts);
    await mailer.sendNow({
      to: user.email,
      ...rendered,
      purpose,
      ...(server === null ? {} : { server }),
      behalf: { tenant, actor: caller, subjectId: user.id },
    });
    return user.email;
  }
}
