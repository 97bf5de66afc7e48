import { type Dialect, forPages, type Mount, type Route } from '../engine/index.ts';
import { ADMIN_ERRORS } from './errors.ts';
import { USER_ROUTES } from './routes/users.ts';
import { ADMIN_SAMPLES } from './samples.ts';

const ROWS: readonly Route[] = USER_ROUTES.map(forPages);
const NO_ROWS: readonly Route[] = [];

/** The paths below a prefix, which deployments have with and without `/auth`; addresses keep the spelling of the request. */
const mountsBelow = (prefix: '' | '/auth'): readonly Mount[] => [
  { prefix: `${prefix}/admin/realms/{tenant}`, routes: ROWS },
  { prefix: `${prefix}/admin`, routes: NO_ROWS },
];

/** Keycloak's Admin API: below `/admin/realms/{tenant}` and `/auth/admin/realms/{tenant}`. */
export const KEYCLOAK_ADMIN: Dialect = {
  name: 'keycloak-admin',
  title: 'Administration of Keycloak',
  description: 'Users as the Admin REST API of Keycloak has them.',
  mounts: [...mountsBelow(''), ...mountsBelow('/auth')],
  chapters: [{ name: 'Users', description: 'Users and their passwords.', routes: ROWS }],
  samples: ADMIN_SAMPLES,
  errors: ADMIN_ERRORS,
  api: 'rest',
  ignoresTrailingSlash: true,
};
