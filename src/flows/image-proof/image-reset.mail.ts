import type { Authority } from '../../access/index.ts';
import { type CredentialStore, imageProofEvents } from '../../auth-modes/index.ts';
import type { Mailer } from '../../delivery/index.ts';
import type { EventLog } from '../../events/index.ts';
import { addSeconds, type Clock, type TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import type { KnownTenant, TenantDirectory } from '../../tenants/index.ts';
import { isSameEmail, type User, type UserStore } from '../../users/index.ts';
import { accountRefusal } from '../account-refusals.ts';
import { countTryOfAddress } from '../address-tries.ts';
import { countMail, isMailedEnough } from '../mail-pace.ts';
import { type MailWording, type MailWordingDeps, wordingFor } from '../mail-wording.ts';
import { languagesFor } from '../message-languages.ts';
import { afterEqualWork, RESERVED_ID } from '../unknown-name.ts';
import { offerImageMail } from './image.mail.ts';
import { type ImageProofEnrolment, RESET_SECONDS } from './image-proof.enrolment.ts';
import { newResetRequest, RESET_MAIL_KIND, RESET_REQUEST_KIND, type ResetSecrets } from './reset-code.ts';

/** A mail about a lost image, to the account that has this name and this address. */
export interface AskImageReset {
  readonly username: string;
  readonly email: string;
  /** The address of the page. */
  readonly toAddress: (secrets: ResetSecrets) => string;
}

export interface ImageResetMailDeps extends MailWordingDeps {
  readonly db: Database;
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'putWithin' | 'find' | 'countSince'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly enrolment: Pick<ImageProofEnrolment, 'issueReset'>;
  readonly users: Pick<UserStore, 'findById' | 'findByUsername' | 'lockToSignIn'>;
  readonly mailer: Pick<Mailer, 'offer'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

const TRY_KIND = 'image-reset-try';

/**
 * Mails codes to users who have lost their image. Whether there is such an account shows nowhere but in its mails: known and unknown names
 * take the same answer and the same statements (check 43).
 */
export class ImageResetMails {
  readonly #deps: ImageResetMailDeps;

  constructor(deps: ImageResetMailDeps) {
    this.#deps = deps;
  }

  /** Whether a request for a reset lives. */
  async isRequest(tenant: TenantRef, requestId: string): Promise<boolean> {
    return (await this.#deps.codes.find(tenant.id, RESET_REQUEST_KIND, requestId)) !== null;
  }

  /**
   * Mails a code to the account, if there is one that may have it and got none within a minute and less than five within an hour.
   * Records `image_proof.reset_requested`.
   * @throws TOO_MANY_REQUESTS The address of the network has asked too often.
   */
  async request(authority: Authority, tenant: KnownTenant, asked: AskImageReset): Promise<void> {
    const { clock, db, users } = this.#deps;
    await countTryOfAddress(this.#deps, { tenant, actor: authority.caller }, TRY_KIND);
    const found = await afterEqualWork(users, tenant.id, await users.findByUsername(tenant.id, asked.username));
    const wording = await wordingFor(this.#deps, tenant);
    await db.transaction(async () => {
      const user = await users.lockToSignIn(tenant.id, found?.id ?? RESERVED_ID);
      const isEnough = await isMailedEnough(this.#deps, tenant, {
        kind: RESET_MAIL_KIND,
        userId: user?.id ?? RESERVED_ID,
      });
      const factors = await this.#deps.credentials.acceptedAsSecond(tenant.id, user?.id ?? RESERVED_ID);
      const refusal = refusalOf(user, { email: asked.email, hasSecondFactor: factors.length > 0, now: clock.now() });
      await this.#issue(authority, tenant, {
        user,
        reason: refusal === null && isEnough ? 'mailed_before' : refusal,
        wording,
        toAddress: asked.toAddress,
      });
    });
  }

  /** Issues a code, which is mailed where there is no reason against it. The statements are the same. */
  async #issue(authority: Authority, tenant: KnownTenant, { user, reason, wording, toAddress }: Issue): Promise<void> {
    const { clock, codes, directory, enrolment, events, mailer } = this.#deps;
    const owner = reason === null ? user : null;
    const expiresAt = addSeconds(clock.now(), RESET_SECONDS);
    const userId = owner?.id ?? null;
    const requestId = await codes.put(tenant, newResetRequest(userId, expiresAt));
    const code = await enrolment.issueReset(tenant, owner, requestId);
    await countMail(this.#deps, tenant, { kind: RESET_MAIL_KIND, userId });
    events.record(authority.caller, tenant, {
      type: imageProofEvents['image_proof.reset_requested'],
      subjectId: user?.id ?? null,
      ...(reason === null ? {} : { outcome: 'failure' as const, reason }),
    });
    if (owner === null) return;
    offerImageMail(mailer, authority, owner, {
      purpose: 'image-reset',
      wording,
      languages: await languagesFor(directory, owner),
      link: toAddress({ code, requestId }),
      seconds: RESET_SECONDS,
    });
  }
}

interface Issue {
  readonly user: User | null;
  /** Why nothing is mailed; null: it is mailed. */
  readonly reason: string | null;
  readonly wording: MailWording;
  readonly toAddress: AskImageReset['toAddress'];
}

/** Why an account gets no mail, which only the event tells. */
function refusalOf(
  user: User | null,
  { email, hasSecondFactor, now }: { readonly email: string; readonly hasSecondFactor: boolean; readonly now: Date },
): string | null {
  const refusal = accountRefusal(user, 'image-proof', now);
  if (refusal !== null) return refusal;
  if (user!.email == null || !isSameEmail(user!.email, email)) return 'email_other';
  return hasSecondFactor ? 'second_factor' : null;
}
