import { type Route, route } from '../../engine/index.ts';
import { authorizationAnswer } from '../../oidc/authorization.ts';
import { IN_REQUEST, TICKET_QUERY } from '../image-proof.ts';
import { RedeemSignInTicket } from '../operations.generated.ts';

/** At `/api/auth/sign-in`, to which an application sends the browser of somebody who has proved an account. */
export const TICKET_SIGN_IN_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '',
    spec: 'section 12 (AUTH-4)',
    summary: 'Begins the session of a ticket in the browser, and leads it back to the application',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    tenant: IN_REQUEST,
    operation: RedeemSignInTicket,
    input: { query: TICKET_QUERY },
    toVariables: ({ query }) => ({ handle: query.auth_req_id, ticket: query.oid_nonce }),
    reply: {
      status: 302,
      as: 'browser',
      from: ({ redeemSignInTicket }) => authorizationAnswer(redeemSignInTicket.answer),
    },
    pos: { 'input.handle': 'auth_req_id', 'input.ticket': 'oid_nonce' },
  }),
];
