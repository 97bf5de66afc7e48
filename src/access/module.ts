import { accessErrors } from './reauthentication.ts';
import { ScopeAliases } from './scope-aliases.ts';

export const access = {
  name: 'access',
  errors: [accessErrors],
  create: () => ({
    services: {
      /** Permissions behind scope names; the dialects register their scopes. */
      scopes: new ScopeAliases(),
    },
  }),
} as const;
