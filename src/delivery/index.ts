/**
 * Outgoing mails and text messages: what is said in which language, a queue that nobody waits for, and the ways out (SMTP,
 * for text messages to a gateway; or files where nothing is set up). May import `kernel/` and `persistence/`.
 */
export {
  type DeliveryOutcome,
  DeliveryQueue,
  type DeliveryQueueOptions,
  type Mailer,
  type SmsSender,
} from './delivery-queue.ts';
export { type Behalf, type Mail, type Message, PermanentDeliveryError, type Sms, type Transport } from './message.ts';
export { OutboxTransport } from './outbox.transport.ts';
export { languageOf, type Rendered, renderTemplate } from './render.ts';
export { SmsGatewayTransport } from './sms-gateway.transport.ts';
export { SmtpTransport } from './smtp.transport.ts';
export { LANGUAGES, type Language, TEMPLATES, type TemplateName } from './templates.ts';
