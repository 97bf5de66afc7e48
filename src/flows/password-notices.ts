import type { Authority } from '../access/index.ts';
import { type Behalf, type Mailer, renderTemplate, type SmsSender } from '../delivery/index.ts';
import { invalidField } from '../kernel/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import { aliasedColumn, isPhoneNumber, type User } from '../users/index.ts';
import { languagesFor } from './message-languages.ts';

export interface PasswordNoticesDeps {
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly mailer: Pick<Mailer, 'offer'>;
  readonly sms: SmsSender;
}

/** Options of the messages about a new password. */
export interface PasswordNotice {
  /** Languages in the form of `Accept-Language`. Default: that of the account. */
  readonly languages?: string | null | undefined;
}

/** Sends users messages about new passwords. */
export class PasswordNotices {
  readonly #deps: PasswordNoticesDeps;

  constructor(deps: PasswordNoticesDeps) {
    this.#deps = deps;
  }

  /**
   * The phone number that an attribute of the account holds.
   * @param path GraphQL input path of the attribute's name.
   * @throws INVALID_INPUT The account has no such attribute, or it holds no phone number.
   */
  phoneIn(user: User, attribute: string, path: string): string {
    const column = aliasedColumn(attribute);
    const value = column !== null ? user[column] : ownValue(user.attributes, attribute);
    if (typeof value === 'string' && isPhoneNumber(value)) return value;
    throw invalidField(path, 'ATTRIBUTE_NOT_PHONE', 'The account has no attribute of this name with a phone number.');
  }

  /** Sends a new password to a phone. @throws SERVICE_UNAVAILABLE */
  async sendPassword(
    authority: Authority,
    user: User,
    phone: string,
    password: string,
    notice: PasswordNotice,
  ): Promise<void> {
    const { directory, sms } = this.#deps;
    const purpose = 'password-generated';
    const { text } = renderTemplate(purpose, await languagesFor(directory, user, notice.languages), { password });
    sms.send({ to: phone, text, purpose, behalf: behalfOf(authority, user) });
  }

  /** Mails the user that the password was changed (ASVS 6.3.7), if the account has a verified address. */
  async tellOwner(authority: Authority, user: User, notice: PasswordNotice): Promise<void> {
    // Send no mail for changes by the service itself, such as an import of many accounts.
    if (user.email == null || !user.emailVerified || authority.caller.kind === 'system') return;
    const purpose = 'password-changed';
    const { directory, mailer } = this.#deps;
    const rendered = renderTemplate(purpose, await languagesFor(directory, user, notice.languages));
    mailer.offer({ to: user.email, ...rendered, purpose, behalf: behalfOf(authority, user) });
  }
}

const behalfOf = ({ caller, tenant }: Authority, user: User): Behalf => ({ tenant, actor: caller, subjectId: user.id });

function ownValue(attributes: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
