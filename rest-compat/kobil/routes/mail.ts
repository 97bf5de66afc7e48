import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { SENT_MAIL_SERVER, toMailServer } from '../../realms/mail-server.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM } from '../envelope.ts';
import { invalid, USER_UNKNOWN } from '../errors.ts';
import { SendAccountMail, SendTestMail, SetMailServer } from '../operations.generated.ts';
import { USER_PATH, userId } from '../user-lookup.ts';

const { tenants, users } = SUBSYSTEM;
const FAILED = invalid('Failed to send mail');
/** Why a mail was not sent. */
const NOT_SENT = { MAIL_RECIPIENT_MISSING: FAILED, MAIL_SERVER_MISSING: FAILED, MAIL_NOT_SENT: FAILED };
const SENT = 'Mail Sent Successfully to the user';

const TEXT = z.string().nullable().optional();
const MAIL = z.object({
  mailType: z.enum(['WELCOME', 'FORGOT_PASSWORD', 'VERIFY_EMAIL', 'TEST']),
  portalUrl: TEXT.describe('Page to which the mail leads. Mandatory for `WELCOME`, like the next two.'),
  androidLink: TEXT.describe('The app for Android.'),
  iosLink: TEXT.describe('The app for iOS.'),
  appName: TEXT.describe('Name of the application. Default: that of the tenant.'),
  supportEmail: TEXT.describe('Address for questions.'),
});

/** What is wrong with a member of the body, else with the whole. */
const LINKS = {
  portalUrl: invalid('Portal url is missing'),
  androidLink: invalid('Android Link is missing'),
  iosLink: invalid('Ios Link is missing'),
};
const MAIL_UNUSABLE = { ...invalid('Mail type or text body is required.'), at: LINKS };

const SEND = route({
  method: 'POST',
  path: '/mail/{userId}',
  spec: '3.9 (34)',
  summary: 'Sends a mail to a user, and waits until the mail server has taken it',
  callers: callersWith('mail:send'),
  tags: { subSystem: users },
  operation: SendAccountMail,
  input: { params: USER_PATH, body: MAIL },
  lookups: { userId },
  toVariables: ({ body: { mailType, ...mail } }, found) => ({ userId: found.userId, kind: mailType, ...mail }),
  reply: {
    status: 200,
    schema: DONE,
    from: ({ sendAccountMail: { isSent } }) => done(isSent ? SENT : 'Email already verified', users),
  },
  errors: {
    BODY_MALFORMED: MAIL_UNUSABLE,
    INVALID_INPUT: MAIL_UNUSABLE,
    MAIL_LINK_INVALID: MAIL_UNUSABLE,
    ...NOT_SENT,
    USER_NOT_FOUND: USER_UNKNOWN,
    NOT_FOUND: USER_UNKNOWN,
  },
  missing: { userId: USER_UNKNOWN },
});

const SERVER_UNUSABLE = invalid('Host and From is mandatory to update Email Configuration.');

const SETUP = route({
  method: 'POST',
  path: '/mail/setup',
  spec: '3.9 (35)',
  summary: 'Sets the mail server of the tenant, replaced as a whole but for a password that is not sent',
  callers: callersWith('setting:write'),
  tags: { subSystem: tenants },
  operation: SetMailServer,
  input: { body: SENT_MAIL_SERVER },
  toVariables: ({ body }) => ({ mailServer: toMailServer(body) }),
  reply: { status: 200, schema: DONE, from: () => done('Successfully updated SMTP Details.', tenants) },
  errors: {
    BODY_MALFORMED: SERVER_UNUSABLE,
    INVALID_INPUT: SERVER_UNUSABLE,
    TENANT_SETTING_INVALID: SERVER_UNUSABLE,
    USER_EMAIL_AMBIGUOUS: SERVER_UNUSABLE,
  },
});

const TEST = route({
  method: 'POST',
  path: '/mail/test',
  spec: '3.9 (36)',
  summary: 'Sends a mail to the calling user by the mail server of the tenant, and waits until it has taken it',
  callers: callersWith('mail:send'),
  tags: { subSystem: users },
  operation: SendTestMail,
  input: { body: z.object({ mailType: z.literal('TEST') }) },
  toVariables: () => ({}),
  reply: { status: 200, schema: DONE, from: () => done(SENT, users) },
  // Only a server that the request names gives the last one.
  errors: { ...NOT_SENT, TENANT_SETTING_INVALID: FAILED },
});

/** Mails, and the server that sends them: docs/dialects/kobil.md, section 3.9. */
export const MAIL_ROUTES: readonly Route[] = [SETUP, TEST, SEND];
export const GATEWAY_MAIL_ROUTES: readonly Route[] = [at('/mail/config', SETUP), at('/mail/test', TEST)];
