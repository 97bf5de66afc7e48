import { z } from 'zod';
import { type ParsedRequest, type Route, type RouteCallers, route } from '../../engine/index.ts';
import { API_KEY_WITH_SECRET, API_KEYS, toApiKey, toApiKeys } from '../api-key.ts';
import { detail, FORBIDDEN, REFUSED, UNPROCESSABLE } from '../errors.ts';
import {
  ApiKeyScopes,
  ApiKeys,
  CreateApiKey,
  DeleteApiKey,
  OwnApiKeys,
  RegenerateApiKey,
} from '../operations.generated.ts';

const READING = ['API_KEY:READ', 'API_KEY'];
const WRITING = ['API_KEY'];

const READERS: RouteCallers = { bearer: { user: ['api-key:read:self'], app: ['api-key:read'] }, apiKey: READING };
/** Rows about the caller's keys, which applications do not have. */
const OWNERS: RouteCallers = { bearer: { user: ['api-key:read:self'] }, apiKey: READING };

const writersWith = (verb: string): RouteCallers => ({
  bearer: { user: [`api-key:${verb}:self`], app: [`api-key:${verb}`] },
  apiKey: WRITING,
});

const KEY_PATH = z.object({ key_id: z.string().describe('Id of the key, which names its tenant.') });
const IN_KEY = { in: 'params', name: 'key_id', as: 'handle', orCaller: true } as const;
const KEY_UNKNOWN = detail(404, 'Api key not found');

type Secret = { readonly secret: string; readonly apiKey: Parameters<typeof toApiKey>[0] | null };

const withSecret = ({ secret, apiKey }: Secret, { tenantName }: Pick<ParsedRequest, 'tenantName'>) =>
  apiKey === null ? null : { ...toApiKey(apiKey, tenantName), api_key: secret };

const LIST = route({
  method: 'GET',
  path: '/api-keys',
  spec: 'section 5 (KEY-1)',
  summary: 'Lists the keys of a tenant, newest first: to administrators all, to others their own',
  callers: READERS,
  tenant: { in: 'query', name: 'tenant_id', orCaller: true },
  operation: ApiKeys,
  input: { query: z.object({ tenant_id: z.string() }) },
  reply: {
    status: 200,
    schema: API_KEYS,
    from: ({ apiKeys }, { tenantName }) => toApiKeys(apiKeys.nodes, tenantName),
  },
  errors: { API_KEY_OWNER_MISSING: FORBIDDEN },
});

const SCOPES = route({
  method: 'GET',
  path: '/api-keys/scopes',
  spec: 'section 5 (KEY-2)',
  summary: 'Lists the scopes that the caller can give a key, and the tenants in which it can make keys',
  callers: OWNERS,
  tenant: 'caller',
  operation: ApiKeyScopes,
  reply: {
    status: 200,
    schema: z.strictObject({ scopes: z.array(z.string()), tenants: z.array(z.string()) }),
    from: ({ apiKeyScopes, apiKeyTenants }) => ({
      scopes: apiKeyScopes.map(({ name }) => name),
      tenants: apiKeyTenants,
    }),
  },
  errors: { API_KEY_OWNER_MISSING: FORBIDDEN },
});

const LIST_OWN = route({
  method: 'GET',
  path: '/user/api-keys',
  spec: 'section 5 (USER-11)',
  summary: "Lists the caller's keys, newest first",
  callers: OWNERS,
  tenant: 'caller',
  operation: OwnApiKeys,
  reply: {
    status: 200,
    schema: API_KEYS,
    from: ({ apiKeys }, { tenantName }) => toApiKeys(apiKeys.nodes, tenantName),
  },
  errors: { API_KEY_OWNER_MISSING: FORBIDDEN },
});

const CREATE = route({
  method: 'POST',
  path: '/api-keys',
  spec: 'section 5 (USER-10)',
  summary: 'Makes a key of the caller, and shows it this once',
  callers: { bearer: { user: ['api-key:create:self'] }, apiKey: WRITING },
  tenant: { in: 'body', name: 'tenant_id', orCaller: true },
  operation: CreateApiKey,
  input: {
    body: z.object({
      name: z.string().max(255).describe('Name for people; may be empty.'),
      scopes: z.array(z.string().max(255)).max(50).describe('At least one of the scopes of keys.'),
      tenant_id: z.string().describe('The tenant in which it acts.'),
    }),
  },
  toVariables: ({ body }) => ({ name: body.name, scopes: body.scopes }),
  reply: {
    status: 201,
    schema: API_KEY_WITH_SECRET,
    from: ({ createApiKey }, request) => withSecret(createApiKey, request),
  },
  pos: { 'input.scopes': 'scopes', 'input.scopes.*': 'scopes.*', 'input.name': 'name' },
  errors: {
    API_KEY_OWNER_MISSING: FORBIDDEN,
    API_KEY_SCOPE_UNKNOWN: UNPROCESSABLE,
    API_KEY_LIMIT_REACHED: REFUSED,
    PERMISSION_ESCALATION: FORBIDDEN,
    REAUTHENTICATION_REQUIRED: FORBIDDEN,
    USER_NOT_FOUND: FORBIDDEN,
  },
});

const REGENERATE = route({
  method: 'POST',
  path: '/api-keys/{key_id}/regenerate',
  spec: 'section 5 (USER-13)',
  summary: 'Gives a key another secret, and shows it this once; the one before ends',
  callers: writersWith('rotate'),
  tenant: IN_KEY,
  operation: RegenerateApiKey,
  input: { params: KEY_PATH },
  toVariables: ({ params }) => ({ apiKeyId: params.key_id }),
  reply: {
    status: 200,
    schema: API_KEY_WITH_SECRET,
    from: ({ regenerateApiKey }, request) => withSecret(regenerateApiKey, request),
  },
  errors: {
    API_KEY_NOT_FOUND: KEY_UNKNOWN,
    NOT_FOUND: KEY_UNKNOWN,
    ACCOUNT_GUARDED: FORBIDDEN,
    PERMISSION_ESCALATION: FORBIDDEN,
    REAUTHENTICATION_REQUIRED: FORBIDDEN,
  },
});

const DELETE = route({
  method: 'DELETE',
  path: '/api-keys/{key_id}',
  spec: 'section 5 (USER-12)',
  summary: 'Deletes a key, which ends at once',
  callers: writersWith('delete'),
  tenant: IN_KEY,
  operation: DeleteApiKey,
  input: { params: KEY_PATH },
  toVariables: ({ params }) => ({ apiKeyId: params.key_id }),
  reply: { status: 204 },
  errors: { API_KEY_NOT_FOUND: KEY_UNKNOWN, NOT_FOUND: KEY_UNKNOWN, ACCOUNT_GUARDED: FORBIDDEN },
});

/** Keys with which programs act for users: docs/dialects/secrets-vault.md, section 5. */
export const API_KEY_ROUTES: readonly Route[] = [LIST_OWN, LIST, SCOPES, CREATE, REGENERATE, DELETE];
