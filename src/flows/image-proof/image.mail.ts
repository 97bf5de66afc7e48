import type { Authority } from '../../access/index.ts';
import { type Mailer, renderTemplate, type Wanted } from '../../delivery/index.ts';
import type { User } from '../../users/index.ts';
import type { MailWording } from '../mail-wording.ts';

/** A mail that leads to the choice of an image. */
interface ImageMail {
  readonly purpose: 'image-reset' | 'first-image';
  readonly wording: MailWording;
  readonly languages: Wanted;
  readonly link: string;
  /** How long the link works. */
  readonly seconds: number;
}

/** Mails the address of a user. Offered, because a queue that is full would tell which accounts there are. */
export function offerImageMail(
  mailer: Pick<Mailer, 'offer'>,
  { caller, tenant }: Authority,
  user: User,
  { purpose, wording: { app, texts }, languages, link, seconds }: ImageMail,
): void {
  const values = { app, link, minutes: String(seconds / 60) };
  const rendered = renderTemplate(purpose, languages, values, texts);
  mailer.offer({ to: user.email!, ...rendered, purpose, behalf: { tenant, actor: caller, subjectId: user.id } });
}
