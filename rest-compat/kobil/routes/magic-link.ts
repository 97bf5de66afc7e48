import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM } from '../envelope.ts';
import { APP_MISSING, INTERNAL, invalid, MISSING_DATA, USER_UNKNOWN, USERNAME_INVALID } from '../errors.ts';
import { SendSignInLink } from '../operations.generated.ts';

const { users } = SUBSYSTEM;
const NEEDED = z.string().min(1).max(2000);
const FLAG = z.boolean().nullable().optional();
/** One of the usual response types, of which the answer to the link has the code alone. */
const WITH_CODE = /^(?:\S+ )*code(?: \S+)*$/;

const LINK = z.object({
  clientId: NEEDED.describe('The app.'),
  email: NEEDED.describe('Address of the user.'),
  redirectUri: NEEDED.describe('Where the answer goes: an address that the app has registered.'),
  scope: NEEDED.describe('Scopes separated by blanks.'),
  responseMode: NEEDED.describe('`query`, `fragment` or `form_post`.'),
  responseType: NEEDED.regex(WITH_CODE).describe(
    'Has `code` among its words; the answer is a code, whatever else it has.',
  ),
  forceCreate: FLAG.describe('Whether to make a user where none has the address.'),
  resetPassword: FLAG.describe('Whether the user has to choose a new password.'),
});

/** Sign-in links: docs/dialects/kobil.md, section 3.10. */
export const MAGIC_LINK_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/kobil-magic-link/access-link',
    spec: '3.10 (45)',
    summary: 'Mails a link by which a user signs in to an app, and waits until the mail server has taken it',
    callers: callersWith('sign-in-link:send'),
    tags: { subSystem: users },
    operation: SendSignInLink,
    input: { body: LINK },
    toVariables: ({ body }) => ({
      email: body.email,
      clientId: body.clientId,
      redirectUri: body.redirectUri,
      scope: body.scope,
      responseMode: body.responseMode,
      isUserCreated: body.forceCreate === true,
      needPasswordChange: body.resetPassword === true,
    }),
    reply: {
      status: 200,
      schema: DONE,
      from: () => done('Mail was sent successfully to provided email id with magic link', users),
    },
    errors: {
      MAILED_LINK_CLIENT_UNKNOWN: APP_MISSING,
      MAILED_LINK_REDIRECT_INVALID: invalid('Invalid redirect uri'),
      MAILED_LINK_REQUEST_INVALID: MISSING_DATA,
      MAILED_LINK_ACCOUNT_REFUSED: USERNAME_INVALID,
      USER_NOT_FOUND: USER_UNKNOWN,
      MAIL_SERVER_MISSING: INTERNAL,
      MAIL_NOT_SENT: INTERNAL,
    },
  }),
];
