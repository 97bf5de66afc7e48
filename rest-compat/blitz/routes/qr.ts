import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { ConfirmQrSignIn, QrSignIn, type QrSignInData, RefuseQrSignIn } from '../operations.generated.ts';
import { withMajor } from '../user-agent.ts';
import { END_USER } from './input.ts';

const CODE = '/api/v3/auth/qr/{QR_code}';
const CALLERS = { bearer: { user: ['blitz_qr_auth'] } } as const;
const INPUT = {
  params: z.object({ QR_code: z.string().describe('The UUID in the QR code.') }),
  headers: END_USER,
} as const;
const toVariables = ({ params }: { readonly params: { readonly QR_code: string } }) => ({ code: params.QR_code });

/** The fields are derived from what the app shows according to the manual (docs/dialects/blitz.md, section 2.17). */
const QR_SIGN_IN = z.object({
  code: z.string(),
  appId: z.string(),
  appName: z.string(),
  ip: z.string().optional(),
  browser: z.string().optional(),
  os: z.string().optional(),
  expiresIn: z.int(),
});

const qrSignIn = ({ qrSignIn: found }: QrSignInData): z.input<typeof QR_SIGN_IN> => ({
  code: found.code,
  appId: found.clientId,
  appName: found.clientName ?? found.clientId,
  ip: found.ip ?? undefined,
  browser: withMajor(found.userAgent.browser) ?? undefined,
  os: withMajor(found.userAgent.os) ?? undefined,
  expiresIn: found.expiresInSeconds,
});

/** Signing in by a QR code: docs/dialects/blitz.md, section 2.17. */
export const QR_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: CODE,
    spec: '2.17 (34)',
    summary: 'The browser and application that want to sign in by this code',
    callers: CALLERS,
    operation: QrSignIn,
    input: INPUT,
    toVariables,
    reply: { status: 200, schema: QR_SIGN_IN, from: qrSignIn },
  }),
  route({
    method: 'POST',
    path: `${CODE}/confirm`,
    spec: '2.17 (35)',
    summary: 'Signs the browser in as the user of the token',
    callers: CALLERS,
    operation: ConfirmQrSignIn,
    input: INPUT,
    toVariables,
    reply: { status: 204 },
  }),
  route({
    method: 'POST',
    path: `${CODE}/refuse`,
    spec: '2.17 (36)',
    summary: 'Refuses the sign-in',
    callers: CALLERS,
    operation: RefuseQrSignIn,
    input: INPUT,
    toVariables,
    reply: { status: 204 },
  }),
];
