import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST, refusedWith, USER_UNKNOWN } from '../errors.ts';
import { ImpersonateUser, SendActionsLink, SendVerificationLink } from '../operations.generated.ts';
import { NO_USER, OF_NO_USER, USER_PATH } from '../user-path.ts';

const SPEC = '4.9';

const QUERY = z.object({
  client_id: z.string().max(255).optional().describe('The client to which the user returns.'),
  redirect_uri: z.string().max(2000).optional().describe('Where the user returns to, an address of that client.'),
  lifespan: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .describe('Seconds for which the link works, at most a year.'),
});
type Query = z.output<typeof QUERY>;

/** More names than a link has actions. */
const ACTIONS = z.array(z.string().max(255)).max(100);

const toTarget = ({ client_id, redirect_uri, lifespan }: Query) => ({
  clientId: client_id ?? null,
  redirectUri: redirect_uri ?? null,
  lifeSeconds: lifespan === undefined ? null : Number(lifespan),
});

/** Refusals of the links. @param notSent How a mail that cannot be sent is answered. */
const errorsOf = (notSent: ReturnType<typeof refusedWith>) => ({
  NOT_FOUND: USER_UNKNOWN,
  INVALID_INPUT: { ...BAD_REQUEST, at: { ...OF_NO_USER.at, clientId: refusedWith(400, 'Client id missing') } },
  MAIL_RECIPIENT_MISSING: refusedWith(400, 'User email missing'),
  MAILED_LINK_ACTION_UNKNOWN: refusedWith(400, 'Provided invalid required actions'),
  MAILED_LINK_USER_DISABLED: refusedWith(400, 'User is disabled'),
  MAILED_LINK_CLIENT_UNKNOWN: refusedWith(400, "Client doesn't exist"),
  MAILED_LINK_REDIRECT_INVALID: refusedWith(400, 'Invalid redirect uri.'),
  MAIL_SERVER_MISSING: notSent,
  MAIL_NOT_SENT: notSent,
});

const ACTIONS_EMAIL = route({
  method: 'PUT',
  path: '/users/{id}/execute-actions-email',
  spec: SPEC,
  summary:
    'Mails a link to a user, by which the user carries out actions, and waits until the mail server has taken it',
  callers: callersWith('mail:send'),
  operation: SendActionsLink,
  input: { params: USER_PATH, query: QUERY, body: ACTIONS },
  toVariables: ({ params, query, body }) => ({ userId: params.id, actions: body, ...toTarget(query) }),
  reply: { status: 204 },
  errors: errorsOf({
    ...refusedWith(500, ''),
    text: ({ error }) => `Failed to send execute actions email: ${error.message}`,
  }),
});

const VERIFY_EMAIL = route({
  method: 'PUT',
  path: '/users/{id}/send-verify-email',
  spec: SPEC,
  summary:
    'Mails a link to a user, by which the user confirms the address, and waits until the mail server has taken it',
  callers: callersWith('mail:send'),
  operation: SendVerificationLink,
  input: { params: USER_PATH, query: QUERY },
  toVariables: ({ params, query }) => ({ userId: params.id, ...toTarget(query) }),
  reply: { status: 204 },
  errors: errorsOf(refusedWith(500, 'Failed to send verify email')),
});

const IMPERSONATED = z.strictObject({
  sameRealm: z.boolean().describe('Whether the caller is a user of the realm.'),
  redirect: z.string().describe('Page of the account.'),
});

const IMPERSONATE = route({
  method: 'POST',
  path: '/users/{id}/impersonation',
  spec: SPEC,
  summary: 'Signs the browser that sends the request in as a user',
  callers: { ...callersWith('user:impersonate'), cookies: true },
  ownPagesOnly: true,
  operation: ImpersonateUser,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: {
    status: 200,
    schema: IMPERSONATED,
    from: ({ impersonateUser }, { baseUrl }) => ({
      sameRealm: impersonateUser.isSameTenant,
      redirect: `${baseUrl.replace('/admin/realms/', '/realms/')}/account/`,
    }),
  },
  errors: {
    ...NO_USER,
    IMPERSONATION_USER_DISABLED: refusedWith(400, 'User is disabled'),
    IMPERSONATION_SERVICE_ACCOUNT: refusedWith(400, 'User is a service account'),
    BROWSER_REQUIRED: BAD_REQUEST,
  },
});

/** Mails with links, and acting as users: docs/dialects/kobil.md, section 4.9. */
export const LINK_ROUTES: readonly Route[] = [ACTIONS_EMAIL, VERIFY_EMAIL, IMPERSONATE];
