import { z } from 'zod';
import { type RateLimit, type Route, type RouteCallers, route } from '../../engine/index.ts';
import { detail, FORBIDDEN, REFUSED, REQUEST_INVALID, TAKEN, UNPROCESSABLE } from '../errors.ts';
import {
  BER_FORM,
  CIPHER_KEY,
  COMMITMENT,
  IN_REQUEST,
  LOG_DATA,
  PROOF,
  PROTO_VERSION,
  REQUEST_QUERY,
  toLiveness,
} from '../image-proof.ts';
import {
  ChangeOwnImage,
  ConfirmEmail,
  RegisterWithImage,
  RequestEmailChange,
  RequestImageChallenge,
  RequestImageReset,
  RequestOwnImageChallenge,
  ResetImage,
  SignInWithImage,
} from '../operations.generated.ts';
import { EMAIL, NEW_USERNAME } from '../user.ts';

const TENANT_UNKNOWN = detail(404, 'Tenant not found');
const PROOF_REFUSED = detail(401, 'Authentication failed');
const VERSION_UNSUPPORTED = detail(400, 'Unsupported proto_version');
const CODE_INVALID = detail(400, 'Invalid or expired code');

const CHALLENGES: RateLimit = { name: 'challenge', requests: 1, seconds: 2, per: 'address' };
const SIGN_INS: RateLimit = { name: 'sign-in', requests: 20, seconds: 1, per: 'address' };

const CHALLENGE = z.strictObject({ challenge_data: z.string(), proto_version: z.string() });
const NOTHING = z.null();

/** Users in a session; keys and applications are refused. */
const usersWith = (...permissions: readonly string[]): RouteCallers => ({
  bearer: { user: permissions.map((permission) => `${permission}:self`) },
});

const REGISTER = route({
  method: 'POST',
  path: '/auth/register',
  spec: 'section 12 (AUTH-1)',
  summary: 'Makes an account with an image, and mails a code that confirms its address',
  callers: { public: true },
  rateLimit: SIGN_INS,
  tenant: IN_REQUEST,
  operation: RegisterWithImage,
  input: {
    query: REQUEST_QUERY,
    body: z.object({
      username: NEW_USERNAME,
      email: EMAIL,
      encrypted_commitment: COMMITMENT,
      proto_version: PROTO_VERSION,
      log_data: LOG_DATA,
    }),
  },
  toVariables: ({ query, body }) => ({
    requestId: query.auth_req_id ?? null,
    username: body.username,
    email: body.email,
    encryptedCommitment: body.encrypted_commitment,
    version: body.proto_version,
    liveness: toLiveness(body.log_data),
  }),
  reply: { status: 201, schema: NOTHING, from: () => null },
  errors: {
    TENANT_REQUIRED: TENANT_UNKNOWN,
    IMAGE_PROOF_REQUEST_INVALID: REQUEST_INVALID,
    IMAGE_PROOF_VERSION_UNSUPPORTED: VERSION_UNSUPPORTED,
    IMAGE_PROOF_REGISTRATION_CLOSED: detail(403),
    IMAGE_PROOF_COMMITMENT_INVALID: REFUSED,
    USER_USERNAME_INVALID: REFUSED,
    USER_USERNAME_TAKEN: TAKEN,
    USER_EMAIL_INVALID: UNPROCESSABLE,
    USER_EMAIL_TAKEN: TAKEN,
    USER_ATTRIBUTE_INVALID: REFUSED,
    USER_ATTRIBUTE_REFUSED: REFUSED,
  },
});

const GET_CHALLENGE = route({
  method: 'POST',
  path: '/auth/challenge',
  spec: 'section 12 (AUTH-2)',
  summary: 'A challenge to prove an image, whether or not there is such a user',
  callers: { public: true },
  rateLimit: CHALLENGES,
  tenant: IN_REQUEST,
  operation: RequestImageChallenge,
  input: { query: REQUEST_QUERY, body: z.object({ username: z.string(), cipherKey: CIPHER_KEY }) },
  toVariables: ({ query, body }) => ({
    requestId: query.auth_req_id ?? null,
    username: body.username,
    cipherKey: body.cipherKey,
  }),
  reply: {
    status: 200,
    schema: CHALLENGE,
    from: ({ requestImageChallenge: { challengeData, version } }) => ({
      challenge_data: challengeData,
      proto_version: version,
    }),
  },
  errors: {
    TENANT_REQUIRED: TENANT_UNKNOWN,
    IMAGE_PROOF_REQUEST_INVALID: REQUEST_INVALID,
    IMAGE_PROOF_KEY_INVALID: UNPROCESSABLE,
  },
});

const AUTHENTICATE = route({
  method: 'POST',
  path: '/auth/authenticate',
  spec: 'section 12 (AUTH-3)',
  summary: 'Proves an image, for a ticket that begins a session once',
  callers: { public: true },
  rateLimit: SIGN_INS,
  tenant: IN_REQUEST,
  operation: SignInWithImage,
  input: {
    query: REQUEST_QUERY,
    body: z.object({
      username: z.string(),
      cipherKey: CIPHER_KEY,
      challenge_id: z.string(),
      challenge_data: PROOF,
      ber: BER_FORM,
      log_data: LOG_DATA,
    }),
  },
  toVariables: ({ query, body }) => ({
    requestId: query.auth_req_id ?? null,
    username: body.username,
    cipherKey: body.cipherKey,
    challengeId: body.challenge_id,
    challengeData: body.challenge_data,
    liveness: toLiveness(body.log_data),
  }),
  reply: {
    status: 200,
    schema: z.strictObject({ nonce: z.string(), need_verify: z.boolean() }),
    from: ({ signInWithImage: { ticket, isEmailConfirmationNeeded } }) => ({
      nonce: ticket,
      need_verify: isEmailConfirmationNeeded,
    }),
  },
  errors: {
    TENANT_REQUIRED: TENANT_UNKNOWN,
    IMAGE_PROOF_REQUEST_INVALID: REQUEST_INVALID,
    IMAGE_PROOF_KEY_INVALID: UNPROCESSABLE,
    IMAGE_PROOF_REFUSED: PROOF_REFUSED,
    SIGN_IN_ACCOUNT_DISABLED: detail(403, 'User disabled'),
  },
});

const VERIFY_EMAIL = route({
  method: 'GET',
  path: '/auth/verify-email',
  spec: 'section 12 (AUTH-11)',
  summary: 'Confirms the address to which a code was mailed',
  callers: { public: true },
  tenant: { in: 'query', name: 'code', as: 'handle' },
  operation: ConfirmEmail,
  input: { query: z.object({ code: z.string() }) },
  toVariables: ({ query: { code } }) => ({ code }),
  reply: { status: 200, schema: NOTHING, from: () => null },
  errors: {
    TENANT_REQUIRED: TENANT_UNKNOWN,
    EMAIL_CONFIRMATION_INVALID: CODE_INVALID,
    USER_EMAIL_TAKEN: TAKEN,
    USER_USERNAME_TAKEN: TAKEN,
  },
});

const REQUEST_RESET = route({
  method: 'POST',
  path: '/auth/reset-password/request',
  spec: 'section 12 (AUTH-15)',
  summary: 'Mails a code for another image to the user with this name and this address, if there is one',
  callers: { public: true },
  rateLimit: SIGN_INS,
  tenant: { in: 'query', name: 'tenant_id' },
  operation: RequestImageReset,
  input: {
    query: z.object({ client_id: z.string(), tenant_id: z.string() }),
    body: z.object({ username: z.string(), email: z.string() }),
  },
  toVariables: ({ query, body }) => ({ clientId: query.client_id, username: body.username, email: body.email }),
  reply: { status: 200, schema: NOTHING, from: () => null },
  errors: { TENANT_REQUIRED: TENANT_UNKNOWN, IMAGE_PROOF_CLIENT_UNKNOWN: detail(404, 'Client not found') },
});

const RESET = route({
  method: 'POST',
  path: '/auth/reset-password',
  spec: 'section 12 (AUTH-16)',
  summary: 'Gives a user another image, by a code from a mail',
  callers: { public: true },
  rateLimit: SIGN_INS,
  tenant: { in: 'body', name: 'code', as: 'handle' },
  operation: ResetImage,
  input: {
    body: z.object({
      code: z.string(),
      username: z.string(),
      encrypted_commitment: COMMITMENT,
      proto_version: PROTO_VERSION,
      log_data: LOG_DATA,
    }),
  },
  toVariables: ({ body }) => ({
    code: body.code,
    username: body.username,
    encryptedCommitment: body.encrypted_commitment,
    version: body.proto_version,
    liveness: toLiveness(body.log_data),
  }),
  reply: { status: 200, schema: NOTHING, from: () => null },
  errors: {
    TENANT_REQUIRED: TENANT_UNKNOWN,
    IMAGE_PROOF_VERSION_UNSUPPORTED: VERSION_UNSUPPORTED,
    IMAGE_PROOF_CODE_INVALID: CODE_INVALID,
  },
});

const AUX_CHALLENGE = route({
  method: 'POST',
  path: '/auth/aux-challenge',
  spec: 'section 12 (AUTH-18)',
  summary: 'A challenge to the caller, for AUTH-17 or USER-17 in the same session',
  callers: usersWith('credential:write', 'email:change'),
  tenant: 'caller',
  operation: RequestOwnImageChallenge,
  input: { body: z.object({ cipherKey: CIPHER_KEY }) },
  toVariables: ({ body: { cipherKey } }) => ({ cipherKey }),
  reply: {
    status: 200,
    schema: CHALLENGE,
    from: ({ requestOwnImageChallenge: { challengeData, version } }) => ({
      challenge_data: challengeData,
      proto_version: version,
    }),
  },
  errors: { IMAGE_PROOF_KEY_INVALID: UNPROCESSABLE, USER_NOT_FOUND: FORBIDDEN },
});

const CHANGE = route({
  method: 'POST',
  path: '/auth/change-password',
  spec: 'section 12 (AUTH-17)',
  summary: 'Gives the caller another image, after a proof of the present one',
  callers: usersWith('credential:write'),
  tenant: 'caller',
  operation: ChangeOwnImage,
  input: {
    body: z.object({ encrypted_commitment: COMMITMENT, proto_version: PROTO_VERSION, log_data: LOG_DATA }),
  },
  toVariables: ({ body }) => ({
    encryptedCommitment: body.encrypted_commitment,
    version: body.proto_version,
    liveness: toLiveness(body.log_data),
  }),
  reply: { status: 200, schema: NOTHING, from: () => null },
  errors: {
    IMAGE_PROOF_VERSION_UNSUPPORTED: VERSION_UNSUPPORTED,
    IMAGE_PROOF_REFUSED: PROOF_REFUSED,
    USER_NOT_FOUND: FORBIDDEN,
  },
});

const UPDATE_EMAIL = route({
  method: 'PUT',
  path: '/users/{tenant_id}/{user_id}/email',
  spec: 'section 12 (USER-17)',
  summary: 'Mails a code to another address of the caller, after a proof of the image',
  callers: usersWith('email:change'),
  tenant: { in: 'params', name: 'tenant_id' },
  operation: RequestEmailChange,
  input: {
    params: z.object({ tenant_id: z.string(), user_id: z.string() }),
    body: z.object({ challenge_id: z.string(), challenge_data: PROOF, email: z.string() }),
  },
  toVariables: ({ params, body }) => ({
    userId: params.user_id,
    email: body.email,
    challengeId: body.challenge_id,
    challengeData: body.challenge_data,
  }),
  reply: { status: 200, schema: NOTHING, from: () => null },
  errors: { USER_EMAIL_INVALID: REFUSED, IMAGE_PROOF_REFUSED: PROOF_REFUSED, USER_NOT_FOUND: FORBIDDEN },
});

/** Image proofs: docs/dialects/secrets-vault.md, section 12. */
export const IMAGE_PROOF_ROUTES: readonly Route[] = [
  REGISTER,
  GET_CHALLENGE,
  AUTHENTICATE,
  VERIFY_EMAIL,
  REQUEST_RESET,
  RESET,
  AUX_CHALLENGE,
  CHANGE,
  UPDATE_EMAIL,
];
