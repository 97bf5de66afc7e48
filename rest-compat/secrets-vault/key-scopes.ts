/** A scope of API keys and the permissions that it means (docs/tenancy.md). */
interface KeyScope {
  readonly name: string;
  /** Native scopes: in the tenant as far as the owner's roles go, with `:self` for every owner. */
  readonly expandsTo: readonly string[];
  readonly description: string;
}

/** The scopes of API keys. `X:READ` allows the reading operations on X, `X` all of them. */
export const KEY_SCOPES = [
  {
    name: 'USER',
    expandsTo: [
      'user:read',
      'user:create',
      'user:write',
      'user:delete',
      'user:read:self',
      'user:delete:self',
      'session:read:self',
    ],
    description: 'Read, create, change and delete users.',
  },
  {
    name: 'USER:READ',
    expandsTo: ['user:read', 'user:read:self', 'session:read:self'],
    description: 'Read users, and the sessions of the owner of the key.',
  },
  {
    name: 'CLIENT',
    expandsTo: ['client:read', 'client:create', 'client:write', 'client:delete', 'client-secret:rotate'],
    description: 'Read, create, change and delete clients, and replace their secrets.',
  },
  { name: 'CLIENT:READ', expandsTo: ['client:read'], description: 'Read clients.' },
  {
    name: 'API_KEY',
    expandsTo: ['read', 'create', 'delete', 'rotate'].flatMap((verb) => [`api-key:${verb}`, `api-key:${verb}:self`]),
    description: 'Read, create, replace and delete API keys.',
  },
  { name: 'API_KEY:READ', expandsTo: ['api-key:read', 'api-key:read:self'], description: 'Read API keys.' },
  {
    name: 'TENANT',
    expandsTo: ['tenant:read', 'tenant:write', 'setting:read', 'setting:write'],
    description: 'Read and change the tenant and its settings.',
  },
  { name: 'TENANT:READ', expandsTo: ['tenant:read', 'setting:read'], description: 'Read the tenant and its settings.' },
  {
    name: 'BLOCKER',
    expandsTo: ['block:read', 'block:lift'],
    description: 'Read and lift blocks after failed sign-ins.',
  },
  { name: 'BLOCKER:READ', expandsTo: ['block:read'], description: 'Read blocks after failed sign-ins.' },
  { name: 'ANALYTICS:READ', expandsTo: ['analytics:read'], description: 'Read reports of what users do.' },
  {
    name: 'SCIM2',
    expandsTo: ['user', 'group']
      .flatMap((noun) => ['read', 'create', 'write', 'delete'].map((verb) => `${noun}:${verb}`))
      .concat('group-member:read', 'group-member:write'),
    description: 'Read, create, change and delete users and groups by SCIM.',
  },
] as const satisfies readonly KeyScope[];
