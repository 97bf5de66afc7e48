import type { Authority, PermissionGrant } from '../access/index.ts';
import { isMailbox, type MailServer, type TemplateName } from '../delivery/index.ts';
import { isCallable } from '../federation/index.ts';
import { invalidField, kernelErrors, requireText } from '../kernel/index.ts';
import type { MailServerChange } from '../tenants/index.ts';
import { type UserStore, userErrors } from '../users/index.ts';
import { accountMailErrors } from './account-mail.errors.ts';
import type { TenantMails } from './tenant-mail.ts';

/** What a mail to a user is about. */
export type AccountMailKind = 'welcome' | 'forgot-password' | 'verify-email' | 'test';

export interface AccountMail {
  readonly userId: string;
  readonly kind: AccountMailKind;
  /** Pages to which the mail leads. A welcome needs all three. */
  readonly portalUrl?: string | null;
  readonly androidLink?: string | null;
  readonly iosLink?: string | null;
  /** Default: the display name of the tenant, else its name. */
  readonly appName?: string | null;
  /** Address for questions. */
  readonly supportEmail?: string | null;
}

export interface AccountMailFlowDeps {
  readonly users: Pick<UserStore, 'findById'>;
  readonly mails: Pick<TenantMails, 'send'>;
  readonly mailServers: {
    readonly tried: (tenantId: string, change: MailServerChange, path: string) => Promise<MailServer>;
  };
}

const TEMPLATES: Readonly<Record<AccountMailKind, TemplateName>> = {
  welcome: 'welcome',
  'forgot-password': 'forgot-password',
  'verify-email': 'confirm-address',
  test: 'test-mail',
};
const LINKS = ['portalUrl', 'androidLink', 'iosLink'] as const;
const MAX_LINK = 2000;
const MAY_WRITE_SETTINGS: PermissionGrant = { permission: 'setting:write', reach: 'tenant' };
const SHORT = { max: 255 };

/** Mails that administrators send to users. */
export class AccountMailFlow {
  readonly #deps: AccountMailFlowDeps;

  constructor(deps: AccountMailFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a mail to the address of a user, by the server that the tenant has set.
   * @returns Whether it was sent: the address of `verify-email` may be verified already.
   * @throws MAIL_LINK_INVALID A link is missing or is none.
   * @throws USER_NOT_FOUND, MAIL_SERVER_MISSING, MAIL_RECIPIENT_MISSING, MAIL_NOT_SENT, INVALID_INPUT, SERVICE_UNAVAILABLE
   */
  async send(authority: Authority, { userId, kind, ...input }: AccountMail): Promise<boolean> {
    const values = { ...checkedLinks(kind, input), support: checkedSupport(input.supportEmail) };
    const appName = input.appName == null ? null : requireText(input.appName, 'input.appName', SHORT);
    const user = await this.#deps.users.findById(authority.tenant.id, userId);
    if (user === null) throw userErrors.USER_NOT_FOUND();
    if (kind === 'verify-email' && user.emailVerified) return false;
    await this.#deps.mails.send(authority, user, TEMPLATES[kind], {
      ...values,
      ...(appName === null ? {} : { app: appName }),
    });
    return true;
  }

  /**
   * Sends a mail to the address of the calling user.
   * @param server Sends it; null: the server that the tenant has set.
   * @returns The address.
   * @throws FORBIDDEN The caller names a server and may not change settings.
   * @throws MAIL_RECIPIENT_MISSING The caller is no user, or has no address.
   * @throws MAIL_SERVER_MISSING, MAIL_NOT_SENT, SERVICE_UNAVAILABLE, TENANT_SETTING_INVALID, INVALID_INPUT
   */
  async sendTest(authority: Authority, server: MailServerChange | null): Promise<string> {
    const { mails, mailServers, users } = this.#deps;
    if (server !== null && !authority.holds([MAY_WRITE_SETTINGS]))
      throw kernelErrors.FORBIDDEN({ detail: 'may not change settings' });
    const tried = server === null ? null : await mailServers.tried(authority.tenant.id, server, 'input.server');
    const { tenant: home, userId } = authority.caller;
    const user = home === null || userId === null ? null : await users.findById(home.id, userId);
    if (user === null) throw accountMailErrors.MAIL_RECIPIENT_MISSING();
    return mails.send(authority, user, TEMPLATES.test, NO_VALUES, tried);
  }
}

const NO_VALUES = { portalUrl: '', androidLink: '', iosLink: '', support: '' };

/** The links of a mail; those that are absent are empty. @throws MAIL_LINK_INVALID */
function checkedLinks(kind: AccountMailKind, input: Pick<AccountMail, (typeof LINKS)[number]>) {
  const links = LINKS.map((name) => {
    const link = input[name] ?? '';
    const isFine = link === '' ? kind !== 'welcome' : isLink(link);
    if (!isFine) throw accountMailErrors.MAIL_LINK_INVALID().at(`input.${name}`);
    return [name, link] as const;
  });
  return Object.fromEntries(links);
}

const isLink = (link: string): boolean =>
  link.length <= MAX_LINK && !/[\s\p{Cc}]/u.test(link) && URL.canParse(link) && isCallable(new URL(link), true);

/** @throws INVALID_INPUT */
function checkedSupport(address: string | null | undefined): string {
  if (address == null || address === '') return '';
  if (isMailbox(requireText(address, 'input.supportEmail', SHORT))) return address;
  throw invalidField('input.supportEmail', 'EMAIL_INVALID', 'This is not an e-mail address.');
}
