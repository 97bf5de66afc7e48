import { z } from 'zod';
import { lookup, present, type Route, type RouteCallers, route } from '../../engine/index.ts';
import { toObjectId } from '../../realm-users/object-id.ts';
import { detail, FORBIDDEN, REFUSED, TAKEN } from '../errors.ts';
import {
  AddPasskey,
  BeginPasskeyRegistration,
  BeginPasskeySignIn,
  OwnPasskeys,
  PasskeyOrigins,
  RemovePasskey,
  RenamePasskey,
  SignInWithPasskey,
} from '../operations.generated.ts';
import { ATTACHMENT, PASSKEY, PASSKEYS, toAttachment, toPasskey, toRenamedPasskey } from '../passkey.ts';

/** Users who are signed in; keys are refused, because a passkey is an act of a person. */
const personWith = (verb: string): RouteCallers => ({ bearer: { user: [`credential:${verb}:self`] } });

const PASSKEY_UNKNOWN = detail(404, 'Passkey not found');

const DISABLED = detail(403, 'Passkeys are disabled');
/** Of rows whose tenant is deleted while they are answered. */
const NO_TENANT = { TENANT_REQUIRED: detail(404, 'Tenant not found') } as const;

/** Refusals of users who may not add passkeys now. */
const ADD_ERRORS = {
  USER_NOT_FOUND: FORBIDDEN,
  REAUTHENTICATION_REQUIRED: FORBIDDEN,
  PASSKEYS_DISABLED: DISABLED,
} as const;

/** Refusals of users who may not change their passkeys now. */
const CHANGE_ERRORS = { ACCOUNT_GUARDED: FORBIDDEN, REAUTHENTICATION_REQUIRED: FORBIDDEN } as const;

/** Binary members are base64url; a rule of WebAuthn refuses what is none. */
const BINARY = z.string();

const LIST_OWN = route({
  method: 'GET',
  path: '/user/passkeys',
  spec: 'section 12 (USER-14)',
  summary: "The caller's passkeys",
  callers: { bearer: { user: ['credential:read:self', 'user:read:self'] }, apiKey: ['USER:READ', 'USER'] },
  tenant: 'caller',
  operation: OwnPasskeys,
  reply: {
    status: 200,
    schema: PASSKEYS,
    from: ({ ownPasskeys }) => ({ passkeys: ownPasskeys.map(toPasskey) }),
  },
});

const KEY_PATH = z.object({ key_id: z.string().max(255) });

/** The passkeys of the caller: each id with that in the graph. */
const passkeys = lookup({
  operation: OwnPasskeys,
  toVariables: () => ({}),
  from: ({ ownPasskeys }) =>
    new Map(present(ownPasskeys).map(({ credentialId }) => [toObjectId(credentialId), credentialId])),
});

/** The passkey in the path. @throws NOT_FOUND The caller has none with this id. */
const idOf = (keyId: string, own: ReadonlyMap<string, string>): string => present(own.get(keyId.toLowerCase()) ?? null);

const REMOVE = route({
  method: 'DELETE',
  path: '/user/passkeys/{key_id}',
  spec: 'section 12 (USER-15)',
  summary: "Removes a passkey of the caller's",
  callers: personWith('delete'),
  tenant: 'caller',
  operation: RemovePasskey,
  input: { params: KEY_PATH },
  lookups: { passkeys },
  toVariables: ({ params }, found) => ({ credentialId: idOf(params.key_id, found.passkeys) }),
  reply: { status: 204 },
  errors: {
    ...CHANGE_ERRORS,
    NOT_FOUND: PASSKEY_UNKNOWN,
    CREDENTIAL_NOT_FOUND: PASSKEY_UNKNOWN,
    CREDENTIAL_PASSWORD_NEEDED: REFUSED,
  },
});

const RENAME = route({
  method: 'PATCH',
  path: '/user/passkeys/{key_id}',
  spec: 'section 12 (USER-16)',
  summary: "Gives a passkey of the caller's another name",
  callers: personWith('write'),
  tenant: 'caller',
  operation: RenamePasskey,
  input: { params: KEY_PATH, body: z.object({ name: z.string().min(1).max(64) }) },
  lookups: { passkeys },
  toVariables: ({ params, body }, found) => ({
    credentialId: idOf(params.key_id, found.passkeys),
    label: body.name,
  }),
  reply: {
    status: 200,
    schema: PASSKEY,
    from: ({ renameCredential: { credential } }) => (credential === null ? null : toRenamedPasskey(credential)),
  },
  pos: { 'input.label': 'name' },
  errors: { ...CHANGE_ERRORS, NOT_FOUND: PASSKEY_UNKNOWN, CREDENTIAL_NOT_FOUND: PASSKEY_UNKNOWN },
});

const REGISTER_OPTIONS = route({
  method: 'POST',
  path: '/passkey/register/options',
  spec: 'section 12 (PK-1)',
  summary: 'What a browser makes a passkey from',
  callers: personWith('write'),
  tenant: 'caller',
  operation: BeginPasskeyRegistration,
  reply: {
    status: 200,
    schema: z.looseObject({ challenge: z.string() }).describe('`PublicKeyCredentialCreationOptionsJSON` of WebAuthn.'),
    from: ({ beginPasskeyRegistration: { options } }) => options as { challenge: string },
  },
  errors: ADD_ERRORS,
});

const REGISTER_VERIFY = route({
  method: 'POST',
  path: '/passkey/register/verify',
  spec: 'section 12 (PK-2)',
  summary: "Adds a passkey to the caller's account",
  callers: personWith('write'),
  tenant: 'caller',
  operation: AddPasskey,
  input: {
    body: z.object({
      id: BINARY,
      raw_id: BINARY,
      client_data_json: BINARY,
      attestation_object: BINARY,
      transports: z.array(z.string()).nullish(),
      authenticator_attachment: ATTACHMENT.nullish(),
      name: z.string().min(1).max(64).nullish(),
    }),
  },
  toVariables: ({ body }) => ({
    id: body.id,
    rawId: body.raw_id,
    clientDataJson: body.client_data_json,
    attestationObject: body.attestation_object,
    transports: body.transports ?? null,
    attachment: toAttachment(body.authenticator_attachment ?? null),
    name: body.name ?? null,
  }),
  reply: {
    status: 200,
    schema: PASSKEY,
    from: ({ addPasskey: { passkey } }) => toPasskey(passkey),
  },
  errors: { ...ADD_ERRORS, PASSKEY_INVALID: REFUSED, PASSKEY_LIMIT_REACHED: REFUSED, PASSKEY_TAKEN: TAKEN },
});

const AUTH_OPTIONS = route({
  method: 'POST',
  path: '/passkey/auth/options',
  spec: 'section 12 (PK-3)',
  summary: 'What a browser signs in with; the same in kind for every name',
  callers: { public: true },
  tenant: [
    { in: 'query', name: 'tenant_id' },
    { in: 'body', name: 'tenant_id' },
  ],
  operation: BeginPasskeySignIn,
  input: {
    query: z.object({ tenant_id: z.string() }),
    body: z.object({ username: z.string(), tenant_id: z.string() }),
  },
  toVariables: ({ body }) => ({ identifier: body.username }),
  reply: {
    status: 200,
    schema: z.looseObject({ challenge: z.string() }).describe('`PublicKeyCredentialRequestOptionsJSON` of WebAuthn.'),
    from: ({ beginPasskeySignIn: { options } }) => options as { challenge: string },
  },
  errors: { ...NO_TENANT, PASSKEYS_DISABLED: DISABLED },
});

const AUTH_VERIFY = route({
  method: 'POST',
  path: '/passkey/auth/verify',
  spec: 'section 12 (PK-4)',
  summary: 'Proves by a passkey who signs in',
  callers: { public: true },
  tenant: { in: 'body', name: 'tenant_id' },
  operation: SignInWithPasskey,
  input: {
    query: z.object({ auth_req_id: z.string().optional() }),
    body: z.object({
      id: BINARY,
      raw_id: BINARY,
      client_data_json: BINARY,
      authenticator_data: BINARY,
      signature: BINARY,
      username: z.string(),
      tenant_id: z.string(),
      user_handle: BINARY.nullish(),
      authenticator_attachment: ATTACHMENT.nullish(),
    }),
  },
  toVariables: ({ query, body }) => ({
    identifier: body.username,
    requestId: query.auth_req_id ?? null,
    id: body.id,
    rawId: body.raw_id,
    clientDataJson: body.client_data_json,
    authenticatorData: body.authenticator_data,
    signature: body.signature,
    userHandle: body.user_handle ?? null,
  }),
  reply: {
    status: 200,
    schema: z.strictObject({
      nonce: z.string().describe('Begins one session within a minute.'),
      need_verify: z.boolean().describe('Whether the address must be verified before the session begins.'),
    }),
    from: ({ signInWithPasskey: { ticket, isEmailConfirmationNeeded } }) => ({
      nonce: ticket,
      need_verify: isEmailConfirmationNeeded,
    }),
  },
  errors: {
    ...NO_TENANT,
    PASSKEYS_DISABLED: DISABLED,
    PASSKEY_REFUSED: detail(401, 'Authentication failed'),
    SIGN_IN_ACCOUNT_DISABLED: detail(403, 'Account is disabled'),
  },
});

/** Passkeys of users: docs/dialects/secrets-vault.md, section 12. */
export const PASSKEY_ROUTES: readonly Route[] = [
  LIST_OWN,
  REMOVE,
  RENAME,
  REGISTER_OPTIONS,
  REGISTER_VERIFY,
  AUTH_OPTIONS,
  AUTH_VERIFY,
];

/** Which origins may use the passkeys of a tenant, at `/.well-known/webauthn` (WebAuthn Level 3 section 5.11). */
export const WEBAUTHN_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '',
    spec: 'section 12 (WELL-1)',
    summary: 'The origins that may use the passkeys of the tenant of the host',
    callers: { public: true },
    operation: PasskeyOrigins,
    reply: {
      status: 200,
      schema: z.strictObject({ origins: z.array(z.string()) }),
      from: ({ passkeyOrigins }) => ({ origins: passkeyOrigins }),
    },
    errors: NO_TENANT,
  }),
];
