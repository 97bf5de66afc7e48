import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { NOT_STORED } from '../../oidc/replies.ts';
import { ATTRIBUTE_FIELDS, ATTRIBUTE_SHAPE_ERRORS, attributeVariables, NEW_ATTRIBUTES } from '../attributes.ts';
import { ContinueSignUp, SignUp } from '../operations.generated.ts';
import { INSTRUCTION_NAMES, INSTRUCTIONS } from '../quirks.ts';
import { REGISTRATION, registration } from '../replies.ts';
import { LANGUAGES } from './input.ts';

const REGISTRARS = { bearer: { app: ['blitz_api_sys_users_reg'] } } as const;

const ACTIONS = z
  .array(
    z.object({
      type: z.literal('bindDynClient').describe('Gives a free app instance to the account.'),
      client_id: z.string().describe('The app instance.'),
    }),
  )
  .max(16)
  .optional();

const clientIdsOf = (actions: z.output<typeof ACTIONS>): string[] =>
  (actions ?? []).map(({ client_id: clientId }) => clientId);

/** Registration: docs/dialects/blitz.md, section 2.2. */
export const REGISTRATION_ROUTES: readonly Route[] = [
  route({
    method: 'PUT',
    // The manual has one path in its list of services and another on the page of the service (docs/dialects/blitz.md, section
    // 3.2).
    path: ['/api/v3/users', '/reg/api/v3/users'],
    spec: '2.2 (3)',
    summary: 'Registers a user',
    callers: REGISTRARS,
    operation: SignUp,
    input: {
      headers: LANGUAGES,
      body: z.object({
        user: z.object({
          attrs: NEW_ATTRIBUTES,
          credentials: z.object({ password: z.string().optional() }).optional(),
          actions: ACTIONS,
        }),
        actions: ACTIONS,
      }),
    },
    toVariables: ({ headers, body: { user, actions } }) => ({
      ...attributeVariables(user.attrs),
      subject: user.attrs.sub,
      password: user.credentials?.password,
      linkApps: [...clientIdsOf(user.actions), ...clientIdsOf(actions)],
      languages: headers['accept-language'],
    }),
    reply: {
      status: 200,
      schema: REGISTRATION,
      from: ({ signUp }) => registration(signUp),
      headers: NOT_STORED,
    },
    pos: {
      ...ATTRIBUTE_FIELDS,
      'input.linkApps.*': 'client_id',
      'input.linkApps': 'actions',
      'user.attrs.email.*': 'email',
      'user.attrs.phone_number.*': 'phone_number',
      'user.attrs.*': '*',
      'user.credentials.*': '*',
      'user.actions.*': '*',
      'actions.*': '*',
    },
    shapeErrors: ATTRIBUTE_SHAPE_ERRORS,
  }),
  route({
    method: 'POST',
    path: '/reg/api/v3/users/{context}',
    spec: '2.2 (4)',
    summary: 'Continues a registration',
    callers: REGISTRARS,
    operation: ContinueSignUp,
    input: {
      params: z.object({ context: z.string().max(256).describe('`context` of the registration.') }),
      body: z.object({
        instruction: z.enum(INSTRUCTION_NAMES).describe('One of the `instructions`.'),
        value: z.string().describe('The code that was sent.'),
      }),
    },
    toVariables: ({ params: { context }, body: { instruction, value } }) => ({
      context,
      step: INSTRUCTIONS[instruction],
      code: value,
    }),
    reply: {
      status: 200,
      schema: REGISTRATION,
      from: ({ continueSignUp }) => registration(continueSignUp),
      headers: NOT_STORED,
    },
  }),
];
