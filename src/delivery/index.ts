/**
 * Outgoing mails and text messages: templates by language, a queue that callers do not wait for, and transports (SMTP, an
 * SMS gateway behind SMTP, or files where no server is configured). May import `kernel/` and `persistence/`.
 */

export {
  type DeliveryOutcome,
  DeliveryQueue,
  type DeliveryQueueOptions,
  type Mailer,
  type SmsSender,
} from './delivery-queue.ts';
export {
  type Behalf,
  type Mail,
  type MailServer,
  type Message,
  PermanentDeliveryError,
  SilentServerError,
  type Sms,
  type Transport,
} from './message.ts';
export { OutboxTransport } from './outbox.transport.ts';
export type { Transports } from './outgoing.ts';
export { languageOf, type Rendered, renderTemplate, type TextsInPlace, type Wanted } from './render.ts';
export { SmsGatewayTransport } from './sms-gateway.transport.ts';
export { SmtpTransport } from './smtp.transport.ts';
export { isMailbox } from './smtp-mail.ts';
export { LANGUAGES, type Language, TEMPLATES, type TemplateName } from './templates.ts';
export { TenantMailTransport } from './tenant-mail.transport.ts';
