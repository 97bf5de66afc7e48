import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { type ItemOf, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { RealmInfo, RealmList, UpdateTenant } from '../../realms/operations.generated.ts';
import { defaultRoleOf } from '../../realms/realm.ts';
import { BAD_REQUEST, PATTERN_REFUSED, refusedNaming, refusedWith, unusable } from '../errors.ts';
import { CreateRealm, DeleteRealm, RealmKeys, type RealmKeysData, TryMailServer } from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';
import { REALM, SENT_REALM, SENT_SERVER, showListed, showWhole, toNewRealm, toServer, toUpdate } from '../realm.ts';

const SPEC = '4.17';

const LIST = route({
  method: 'GET',
  path: '/realms',
  spec: SPEC,
  summary: 'The realms, by name, at most 10,000; only that of the caller unless its rights reach all',
  callers: callersWith('tenant:read'),
  tenant: 'none',
  operation: RealmList,
  input: {
    query: z.object({
      briefRepresentation: z.enum(['true', 'false']).optional().describe('`true`: names alone.'),
    }),
  },
  toVariables: ({ query }) => ({ first: LARGEST_PAGE, isBrief: query.briefRepresentation === 'true' }),
  reply: {
    status: 200,
    schema: z.array(REALM),
    from: ({ tenants }, { query }) =>
      presentItems(tenants.nodes).map((tenant) => showListed(tenant, query.briefRepresentation === 'true')),
  },
});

const NOT_CREATED = unusable('Could not create realm');
/** Settings of which an expression for passwords is refused. */
const OF_PATTERNS = { at: { patterns: PATTERN_REFUSED } };

const CREATE = route({
  method: 'POST',
  path: '/realms',
  spec: SPEC,
  summary: 'Makes a realm; its address is in `Location`',
  callers: callersWith('tenant:create'),
  tenant: 'none',
  operation: CreateRealm,
  input: { body: SENT_REALM },
  toVariables: ({ body }) => toNewRealm(body),
  reply: {
    status: 201,
    headers: (_data, { baseUrl, body }) => ({ Location: `${baseUrl}/realms/${encodeURIComponent(body.realm ?? '')}` }),
  },
  errors: {
    INVALID_INPUT: { ...NOT_CREATED, at: { realm: refusedWith(400, 'Realm name cannot be empty') } },
    TENANT_NAME_TAKEN: refusedNaming(409, (name) => `Realm ${name} already exists`),
    TENANT_NAME_INVALID: refusedWith(400, 'Realm name is invalid'),
    TENANT_NAME_RESERVED: refusedWith(400, 'Realm name is reserved'),
    TENANT_SETTING_INVALID: { ...NOT_CREATED, ...OF_PATTERNS },
  },
});

const GET = route({
  method: 'GET',
  path: '',
  spec: SPEC,
  summary: 'The realm',
  callers: callersWith('tenant:read'),
  operation: RealmInfo,
  toVariables: ({ tenantName }) => ({ defaultRole: defaultRoleOf(tenantName) }),
  reply: { status: 200, schema: REALM, from: showWhole },
});

const NOT_UPDATED = unusable('Could not update realm');

const UPDATE = route({
  method: 'PUT',
  path: '',
  spec: SPEC,
  summary: 'Changes the realm; what is not sent stays',
  callers: callersWith('tenant:write'),
  // The name in the body has to be that of the path, as the variables say.
  tenant: 'mount',
  operation: UpdateTenant,
  input: { body: SENT_REALM },
  toVariables: ({ body, tenantName }) => toUpdate(body, tenantName),
  reply: { status: 204 },
  errors: {
    INVALID_INPUT: { ...NOT_UPDATED, at: { realm: refusedWith(400, 'Realm name cannot be changed') } },
    TENANT_PROTECTED: refusedWith(400, "Can't disable master realm"),
    TENANT_SETTING_INVALID: { ...NOT_UPDATED, ...OF_PATTERNS },
    USER_EMAIL_AMBIGUOUS: NOT_UPDATED,
    // About a user whom no realm names.
    USER_USERNAME_INVALID: NOT_UPDATED,
    USER_USERNAME_TAKEN: NOT_UPDATED,
    USER_EMAIL_INVALID: NOT_UPDATED,
    USER_EMAIL_TAKEN: NOT_UPDATED,
    USER_ATTRIBUTE_REFUSED: NOT_UPDATED,
    USER_ATTRIBUTE_UNMODIFIABLE: NOT_UPDATED,
    PASSWORD_POLICY: NOT_UPDATED,
    PASSWORD_TOO_LONG: NOT_UPDATED,
    TENANT_SETTING_NOT_FOUND: NOT_UPDATED,
  },
});

const DELETE = route({
  method: 'DELETE',
  path: '',
  spec: SPEC,
  summary: 'Deletes the realm and everything in it',
  callers: callersWith('tenant:delete'),
  operation: DeleteRealm,
  reply: { status: 204 },
  errors: { TENANT_PROTECTED: refusedWith(400, "Can't remove master realm") },
});

const KEYS_SHOWN = z.strictObject({
  active: z.record(z.string(), z.string()).describe('Ids of the keys that sign, by algorithm.'),
  keys: z.array(
    z.strictObject({
      providerId: z.string(),
      providerPriority: z.number(),
      kid: z.string(),
      status: z.enum(['ACTIVE', 'PASSIVE']),
      type: z.string(),
      algorithm: z.string(),
      publicKey: z.string().describe('SPKI in base64.'),
      use: z.literal('SIG'),
      validTo: z.number().int().optional().describe('Milliseconds since 1970.'),
    }),
  ),
});

type Key = ItemOf<RealmKeysData['signingKeys']>;

/** The key as PEM has it, without its first and last line. */
const toSpki = ({ publicJwk }: Key): string =>
  createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }).toString('base64');

function showKeys(keys: readonly Key[]): z.input<typeof KEYS_SHOWN> {
  const active = keys.filter(({ status }) => status === 'ACTIVE');
  return {
    active: Object.fromEntries(active.map(({ alg, kid }) => [alg, kid])),
    keys: keys.map((key) => ({
      providerId: '',
      providerPriority: 100,
      kid: key.kid,
      status: key.status === 'ACTIVE' ? 'ACTIVE' : 'PASSIVE',
      type: String(key.publicJwk['kty']),
      algorithm: key.alg,
      publicKey: toSpki(key),
      use: 'SIG',
      ...(key.expiresAt === null ? {} : { validTo: Date.parse(key.expiresAt) }),
    })),
  };
}

const KEYS = route({
  method: 'GET',
  path: '/keys',
  spec: SPEC,
  summary: 'The keys that sign tokens, that will or that have',
  callers: callersWith('key:read'),
  operation: RealmKeys,
  reply: { status: 200, schema: KEYS_SHOWN, from: ({ signingKeys }) => showKeys(presentItems(signingKeys)) },
});

const NOT_SENT = refusedWith(500, 'Failed to send email');

const TEST_MAIL = route({
  method: 'POST',
  path: '/testSMTPConnection',
  spec: SPEC,
  summary: 'Sends a mail to the calling user by a mail server that is not stored, and waits until that has taken it',
  callers: callersWith('mail:send'),
  operation: TryMailServer,
  input: { body: SENT_SERVER },
  toVariables: ({ body }) => ({ server: toServer(body)! }),
  reply: { status: 204 },
  errors: {
    MAIL_NOT_SENT: NOT_SENT,
    MAIL_SERVER_MISSING: NOT_SENT,
    MAIL_RECIPIENT_MISSING: refusedWith(500, 'Logged in user does not have an e-mail.'),
    TENANT_SETTING_INVALID: BAD_REQUEST,
    INVALID_INPUT: BAD_REQUEST,
  },
});

/** A realm: docs/dialects/kobil.md, section 4.17. */
export const REALM_ROUTES: readonly Route[] = [GET, UPDATE, DELETE, KEYS, TEST_MAIL];
/** The list of realms, at `/admin/realms`. */
export const REALM_LIST_ROUTES: readonly Route[] = [LIST, CREATE];
