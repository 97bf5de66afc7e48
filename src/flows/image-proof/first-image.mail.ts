import type { Authority } from '../../access/index.ts';
import { imageProofEvents } from '../../auth-modes/index.ts';
import type { Mailer } from '../../delivery/index.ts';
import type { EventLog } from '../../events/index.ts';
import { addSeconds, type Clock } from '../../kernel/index.ts';
import type { NewOneTimeCode, OneTimeCodeStore } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User } from '../../users/index.ts';
import { accountRefusal } from '../account-refusals.ts';
import { mailCount } from '../mail-pace.ts';
import { type MailWording, type MailWordingDeps, ownWordingFor } from '../mail-wording.ts';
import { usualLanguages } from '../message-languages.ts';
import type { NewUserMail } from '../provision-user.ts';
import { offerImageMail } from './image.mail.ts';
import { newReset, newResetRequest, RESET_MAIL_KIND, type ResetSecrets } from './reset-code.ts';

export interface FirstImageMailDeps extends MailWordingDeps {
  readonly codes: Pick<OneTimeCodeStore, 'putMany'>;
  readonly mailer: Pick<Mailer, 'offer'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A day, because the users did not ask for the mail, and some read it on the next day. */
const LIFE_SECONDS = 86_400;

/** Mails to users who were made without a secret, by which they choose their first image. */
export class FirstImageMails {
  readonly #deps: FirstImageMailDeps;

  constructor(deps: FirstImageMailDeps) {
    this.#deps = deps;
  }

  /**
   * What mails new users of a tenant, to be asked for outside of units of work; null: the tenant has no mail server. Users without an
   * address, and disabled ones, get no mail. Mails for which the queue has no place are reported as not sent. Records
   * `image_proof.reset_requested` for each mail.
   * @param toAddress The address of the page.
   */
  async prepare(
    authority: Authority,
    tenant: KnownTenant,
    toAddress: (secrets: ResetSecrets) => string,
  ): Promise<NewUserMail | null> {
    const wording = await ownWordingFor(this.#deps, tenant);
    if (wording === null) return null;
    return { send: (users) => this.#send(authority, users, { tenant, wording, toAddress }) };
  }

  async #send(authority: Authority, users: readonly User[], { tenant, wording, toAddress }: Prepared): Promise<void> {
    const { clock, codes, events, mailer } = this.#deps;
    const now = clock.now();
    const mailed = users.filter((user) => user.email != null && accountRefusal(user, 'image-proof', now) === null);
    if (mailed.length === 0) return;
    const expiresAt = addSeconds(now, LIFE_SECONDS);
    const put = (rowOf: (user: User, at: number) => NewOneTimeCode) => codes.putMany(tenant, mailed.map(rowOf));
    const requestIds = await put(({ id }) => newResetRequest(id, expiresAt));
    const secrets = await put((user, at) => newReset(user, requestIds[at]!, expiresAt));
    await put(({ id: userId }) => mailCount({ kind: RESET_MAIL_KIND, userId }, now));
    for (const [at, user] of mailed.entries()) {
      events.record(authority.caller, tenant, {
        type: imageProofEvents['image_proof.reset_requested'],
        subjectId: user.id,
      });
      offerImageMail(mailer, authority, user, {
        purpose: 'first-image',
        wording,
        languages: usualLanguages(tenant.settings, user.locale),
        link: toAddress({ code: secrets[at]!, requestId: requestIds[at]! }),
        seconds: LIFE_SECONDS,
      });
    }
  }
}

interface Prepared {
  readonly tenant: KnownTenant;
  readonly wording: MailWording;
  readonly toAddress: (secrets: ResetSecrets) => string;
}
