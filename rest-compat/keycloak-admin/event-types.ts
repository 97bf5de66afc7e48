/** What users did: types of events, with their names in Keycloak. Those of tokens depend on the grant. */
export const ACTIVITY: Readonly<Record<string, string>> = {
  'session.started': 'LOGIN',
  'session.ended': 'LOGOUT',
  'sign_in.failed': 'LOGIN_ERROR',
  'sign_in.factor_failed': 'LOGIN_ERROR',
  'authorization.refused': 'LOGIN_ERROR',
  'sign_out.refused': 'LOGOUT_ERROR',
  'token.issued': 'CODE_TO_TOKEN',
  'token.refused': 'CODE_TO_TOKEN_ERROR',
  'token.revoked': 'REVOKE_GRANT',
  'refresh_token.reused': 'REFRESH_TOKEN_ERROR',
  'code.replayed': 'CODE_TO_TOKEN_ERROR',
  'consent.granted': 'GRANT_CONSENT',
  'consent.revoked': 'REVOKE_GRANT',
  'password.changed': 'UPDATE_PASSWORD',
  'password.reset_requested': 'SEND_RESET_PASSWORD',
  'credential.added': 'UPDATE_CREDENTIAL',
  'credential.removed': 'REMOVE_CREDENTIAL',
  'user.email_changed': 'UPDATE_EMAIL',
  'user.email_verified': 'VERIFY_EMAIL',
  'federation_link.added': 'FEDERATED_IDENTITY_LINK',
  'federation_link.removed': 'REMOVE_FEDERATED_IDENTITY',
  'federation_link.refused': 'FEDERATED_IDENTITY_LINK_ERROR',
  'lockout.started': 'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
};

/** Names of the events of tokens by grant; that of a code has the usual one. */
const GRANTS: Readonly<Record<string, string>> = {
  refresh_token: 'REFRESH_TOKEN',
  client_credentials: 'CLIENT_LOGIN',
  password: 'LOGIN',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'TOKEN_EXCHANGE',
  'urn:ietf:params:oauth:grant-type:device_code': 'OAUTH2_DEVICE_CODE_TO_TOKEN',
};

/** Types whose names depend on the grant. */
const OF_GRANTS: ReadonlySet<string> = new Set(['token.issued', 'token.refused']);

/** The part of an event by which it is named. */
export interface NamedEvent {
  readonly type: string;
  readonly subjectId: string | null;
  readonly clientId: string | null;
  readonly sessionId: string | null;
  readonly params: Readonly<Record<string, unknown>>;
}

/** The name of an event of a user. */
export function nameActivity({ type, params }: NamedEvent): string {
  const usual = ACTIVITY[type]!;
  const grant = String(params['grantType']);
  if (!OF_GRANTS.has(type) || !Object.hasOwn(GRANTS, grant)) return usual;
  const ofGrant = GRANTS[grant]!;
  return type === 'token.refused' ? `${ofGrant}_ERROR` : ofGrant;
}

/** The types whose events may have one of these names. */
export function typesNamed(names: readonly string[]): string[] {
  const ofTokens = Object.values(GRANTS);
  const mayBe = (type: string, usual: string, name: string): boolean =>
    usual === name ||
    (type === 'token.issued' && ofTokens.includes(name)) ||
    (type === 'token.refused' && ofTokens.some((grant) => name === `${grant}_ERROR`));
  return Object.entries(ACTIVITY)
    .filter(([type, usual]) => names.some((name) => mayBe(type, usual, name)))
    .map(([type]) => type);
}

type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'ACTION';

/** What was done to what, and at which path. */
export interface Change {
  readonly operation: Operation;
  readonly resource: string;
  readonly path: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const user = ({ subjectId }: NamedEvent): string => `users/${subjectId ?? ''}`;
const below = (path: string) => (event: NamedEvent) => `${user(event)}/${path}`;
const named = (collection: string, param: string) => (event: NamedEvent) =>
  `${collection}/${textOf(event.params[param])}`;
const client = ({ clientId }: NamedEvent): string => `clients/${clientId ?? ''}`;
const realm = (): string => '';
/** Roles are granted to users, groups and clients. */
function holder({ params }: NamedEvent): string {
  const { holderKind, holderId } = params;
  return `${textOf(holderKind)}s/${textOf(holderId)}/role-mappings/realm`;
}

type Row = readonly [operation: Operation, resource: string, path: (event: NamedEvent) => string];

/** What was changed by others: types of events, with their names in Keycloak. */
const ROWS: Readonly<Record<string, Row>> = {
  'tenant.created': ['CREATE', 'REALM', realm],
  'tenant.updated': ['UPDATE', 'REALM', realm],
  'setting.changed': ['UPDATE', 'REALM', realm],
  'key.rotated': ['ACTION', 'REALM', () => 'keys'],
  'tenant.sessions_revoked': ['ACTION', 'REALM', () => 'logout-all'],
  'user.created': ['CREATE', 'USER', user],
  'user.updated': ['UPDATE', 'USER', user],
  'user.username_changed': ['UPDATE', 'USER', user],
  'user.properties_changed': ['UPDATE', 'USER', user],
  'user.enabled': ['UPDATE', 'USER', user],
  'user.disabled': ['UPDATE', 'USER', user],
  'user.state_changed': ['UPDATE', 'USER', user],
  'user.not_before_changed': ['UPDATE', 'USER', user],
  'auth_mode.required_actions_changed': ['UPDATE', 'USER', user],
  'auth_mode.required_factor_changed': ['UPDATE', 'USER', user],
  'auth_mode.password_change_required': ['UPDATE', 'USER', user],
  'auth_mode.locked_methods_changed': ['UPDATE', 'USER', user],
  'credential.updated': ['UPDATE', 'USER', user],
  'user.deleted': ['DELETE', 'USER', user],
  'password.reset': ['ACTION', 'USER', below('reset-password')],
  'user.sessions_reset': ['ACTION', 'USER', below('logout')],
  'session.revoked': ['DELETE', 'USER_SESSION', ({ sessionId }) => `sessions/${sessionId ?? ''}`],
  'lockout.lifted': ['DELETE', 'USER_LOGIN_FAILURE', (event) => `attack-detection/brute-force/${user(event)}`],
  'role_grant.added': ['CREATE', 'REALM_ROLE_MAPPING', holder],
  'role_grant.removed': ['DELETE', 'REALM_ROLE_MAPPING', holder],
  'role.created': ['CREATE', 'REALM_ROLE', named('roles', 'name')],
  'role.updated': ['UPDATE', 'REALM_ROLE', named('roles', 'name')],
  'role.deleted': ['DELETE', 'REALM_ROLE', named('roles', 'name')],
  'group.created': ['CREATE', 'GROUP', named('groups', 'groupId')],
  'group.updated': ['UPDATE', 'GROUP', named('groups', 'groupId')],
  'group.deleted': ['DELETE', 'GROUP', named('groups', 'groupId')],
  'group_member.added': [
    'CREATE',
    'GROUP_MEMBERSHIP',
    (event) => `${user(event)}/${named('groups', 'groupId')(event)}`,
  ],
  'group_member.removed': [
    'DELETE',
    'GROUP_MEMBERSHIP',
    (event) => `${user(event)}/${named('groups', 'groupId')(event)}`,
  ],
  'client.created': ['CREATE', 'CLIENT', client],
  'client.updated': ['UPDATE', 'CLIENT', client],
  'client.deleted': ['DELETE', 'CLIENT', client],
  'client.secret_rotated': ['ACTION', 'CLIENT', (event) => `${client(event)}/client-secret`],
  'client_scope.created': ['CREATE', 'CLIENT_SCOPE', named('client-scopes', 'clientScopeId')],
  'client_scope.updated': ['UPDATE', 'CLIENT_SCOPE', named('client-scopes', 'clientScopeId')],
  'client_scope.deleted': ['DELETE', 'CLIENT_SCOPE', named('client-scopes', 'clientScopeId')],
  'provider.created': ['CREATE', 'IDENTITY_PROVIDER', named('identity-provider/instances', 'provider_name')],
  'provider.updated': ['UPDATE', 'IDENTITY_PROVIDER', named('identity-provider/instances', 'provider_name')],
  'provider.deleted': ['DELETE', 'IDENTITY_PROVIDER', named('identity-provider/instances', 'provider_name')],
};

/** The change that an event reports. */
export function nameChange(event: NamedEvent): Change {
  const [operation, resource, path] = ROWS[event.type]!;
  return { operation, resource, path: path(event) };
}

/** The types of changes with one of these operations, of one of these resources; empty: any. */
export const typesOfChanges = (operations: readonly string[], resources: readonly string[]): string[] =>
  Object.entries(ROWS)
    .filter(([, [operation]]) => operations.length === 0 || operations.includes(operation))
    .filter(([, [, resource]]) => resources.length === 0 || resources.includes(resource))
    .map(([type]) => type);
