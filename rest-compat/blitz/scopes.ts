import type { ScopeAlias } from '../../src/access/index.ts';

/**
 * An entry of the manual's list of permissions: its scope names for user mode and system mode, and the permissions they mean.
 */
interface ScopePair {
  readonly text: string;
  /** Names for users' tokens; several are spellings of one. */
  readonly user?: readonly string[];
  /** Names for applications' tokens. */
  readonly app?: readonly string[];
  /** The permissions of both; in user mode for the user's own account only. */
  readonly means?: readonly string[];
  readonly meansForUser?: readonly string[];
  readonly meansForApp?: readonly string[];
}

/**
 * The scopes of docs/dialects/blitz.md, section 1.1, as permissions of docs/tenancy.md. A name gives no permission in a token
 * of the other kind.
 */
const PAIRS: readonly ScopePair[] = [
  {
    text: 'Getting attributes',
    user: ['blitz_api_user'],
    app: ['blitz_api_sys_users'],
    // The manual lists the scopes for reading also for changes of properties (docs/dialects/blitz.md, section 3.2).
    means: ['user:read', 'user-property:write'],
  },
  {
    text: 'Changing attributes',
    user: ['blitz_api_user_chg'],
    app: ['blitz_api_sys_users_chg'],
    means: ['user:write', 'user:delete', 'user-property:write'],
    // Users may change their e-mail address, but not declare it verified.
    meansForUser: ['email:change'],
  },
  { text: 'Registration', app: ['blitz_api_sys_users_reg'], means: ['user:create', 'linked-app:create'] },
  {
    text: 'Getting two-factor settings, permissions, security question',
    user: ['blitz_api_usec'],
    app: ['blitz_api_sys_usec'],
    means: [
      'auth-mode:read',
      'account-state:read',
      'credential:read',
      'consent:read',
      'security-question:read',
      'security-question:check',
    ],
  },
  {
    text: 'Changing password, sessions, question, two-factor, revoking permissions',
    user: ['blitz_api_usec_chg'],
    app: ['blitz_api_sys_usec_chg'],
    means: [
      'auth-mode:write',
      'credential:write',
      'credential:delete',
      'consent:revoke',
      'security-question:write',
      'session:revoke',
    ],
    meansForUser: ['password:change'],
    meansForApp: ['password:set', 'account-state:write'],
  },
  {
    text: 'Getting memorized devices',
    user: ['blitz_api_uapps'],
    app: ['blitz_api_sys_uapps'],
    means: ['device:read', 'linked-app:read'],
  },
  {
    text: 'Deleting memorized devices',
    user: ['blitz_api_uapps_chg'],
    app: ['blitz_api_sys_uapps_chg'],
    means: ['device:delete', 'linked-app:delete'],
  },
  { text: 'Getting security events', user: ['blitz_api_uaud'], app: ['blitz_api_sys_uaud'], means: ['event:read'] },
  {
    text: 'Getting external provider accounts',
    user: ['blitz_api_ufa'],
    app: ['blitz_api_sys_ufa'],
    means: ['federation-link:read'],
  },
  {
    text: 'Changing external provider accounts',
    user: ['blitz_api_ufa_chg'],
    app: ['blitz_api_sys_ufa_chg'],
    means: ['federation-link:write', 'federation-link:bind'],
  },
  { text: 'Login using a QR code', user: ['blitz_qr_auth'], means: ['qr-sign-in:read', 'qr-sign-in:decide'] },
  { text: 'Changing the password', user: ['blitz_change_password'], means: ['dependent-password:change'] },
  {
    text: 'Account rights management',
    user: ['blitz_user_rights', 'blitz_api_user_rights'],
    means: ['right:read', 'right:change'],
  },
  { text: 'Assigning and revoking access rights', app: ['blitz_rights_full_access'], means: ['right:write'] },
  { text: 'Revocation of rights for slave accounts', app: ['blitz_rm_rights'], means: ['right:revoke'] },
  {
    text: 'Working with organizations',
    app: ['blitz_groups'],
    means: ['group:read', 'group:create', 'group:write', 'group:delete', 'group-member:read', 'group-member:write'],
  },
  { text: 'Getting groups', user: ['blitz_api_groups'], app: ['blitz_api_sys_groups'], means: ['group:read'] },
  { text: 'Getting application settings', app: ['blitz_api_sys_app'], means: ['client:read'] },
  {
    text: 'Changing application settings',
    app: ['blitz_api_sys_app_chg'],
    means: ['client:create', 'client:write', 'client:delete'],
  },
  {
    text: 'Getting the stored token of any external provider',
    app: ['fed_token_any'],
    means: ['federation-token:read'],
  },
];

/** Names that only allow claims at userinfo. */
const CLAIM_SCOPES: readonly (readonly [name: string, description: string])[] = [
  ['usr_grps', 'Adds the groups of the user to userinfo.'],
];

/** All fixed scope names of the dialect. */
export const BLITZ_SCOPES: readonly ScopeAlias[] = [
  ...PAIRS.flatMap(({ text, user = [], app = [], means = [], meansForUser = [], meansForApp = [] }) => [
    ...user.map(
      (name): ScopeAlias => ({
        name,
        holder: 'user',
        expandsTo: [...means, ...meansForUser].map((scope) => `${scope}:self`),
        description: `${text}, of the user's own account.`,
      }),
    ),
    ...app.map(
      (name): ScopeAlias => ({
        name,
        holder: 'application',
        expandsTo: [...means, ...meansForApp],
        description: `${text}, of any account.`,
      }),
    ),
  ]),
  ...CLAIM_SCOPES.map(([name, description]): ScopeAlias => ({ name, holder: 'any', expandsTo: [], description })),
];

const ONE_PROVIDER = /^fed_token_([A-Za-z0-9_.-]{3,129})$/;

/**
 * Reads `fed_token_<type>_<name>`, the scope for the stored tokens of one provider. Both parts may contain `_`, so the scope
 * names the provider of every possible split; only one that exists has an effect.
 */
export function providerTokenScope(name: string): ScopeAlias | null {
  const joined = ONE_PROVIDER.exec(name)?.[1];
  if (joined === undefined) return null;
  const only = [...joined.matchAll(/_/g)]
    .map(({ index }) => [joined.slice(0, index), joined.slice(index + 1)] as const)
    .filter(([type, rest]) => type !== '' && rest !== '')
    .map(([type, rest]) => `${type}:${rest}`);
  if (only.length === 0) return null;
  return {
    name,
    holder: 'application',
    expandsTo: ['federation-token:read'],
    only,
    description: 'Getting the stored token of one external provider.',
  };
}
