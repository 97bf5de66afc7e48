import type { ScopeAlias } from '../../src/access/index.ts';

/** The scopes of the flow in which another service asks this one for a second factor. They give no permissions. */
export const SECRETS_VAULT_SCOPES: readonly ScopeAlias[] = [
  { name: '2fa', holder: 'user', expandsTo: [], description: 'Confirm a second factor' },
  { name: '2fa_link', holder: 'user', expandsTo: [], description: 'Connect the second factor with another account' },
];
