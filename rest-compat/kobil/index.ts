import type { Chapter, Dialect, Mount, Route } from '../engine/index.ts';
import { GATEWAY_ERRORS, KOBIL_ERRORS } from './errors.ts';
import { GATEWAY_RISKBIT_ROUTES, RISKBIT_ROUTES } from './routes/riskbits.ts';
import { GATEWAY_ROLE_ROUTES, ROLE_ROUTES } from './routes/roles.ts';
import { GATEWAY_USER_ROUTES, USER_ROUTES } from './routes/users.ts';
import { KOBIL_SAMPLES } from './samples.ts';

const CHAPTERS: readonly Chapter[] = [
  { name: 'Users', description: 'Users, their roles and groups.', routes: [...USER_ROUTES, ...GATEWAY_USER_ROUTES] },
  { name: 'Roles', description: 'Roles of the tenant.', routes: [...ROLE_ROUTES, ...GATEWAY_ROLE_ROUTES] },
  {
    name: 'Riskbits',
    description: 'Rules that rate devices by their findings.',
    routes: [...RISKBIT_ROUTES, ...GATEWAY_RISKBIT_ROUTES],
  },
];

const ROWS: readonly Route[] = [...USER_ROUTES, ...ROLE_ROUTES, ...RISKBIT_ROUTES];
const GATEWAY_ROWS: readonly Route[] = [...GATEWAY_USER_ROUTES, ...GATEWAY_ROLE_ROUTES, ...GATEWAY_RISKBIT_ROUTES];
const NO_ROWS: readonly Route[] = [];

/** The paths below a prefix, which deployments have with and without `/auth`; addresses keep the spelling of the request. */
const mountsBelow = (prefix: '' | '/auth'): readonly Mount[] => [
  { prefix: `${prefix}/realms/{tenant}`, routes: ROWS, constants: { prefix } },
  { prefix: `${prefix}/realms`, routes: NO_ROWS },
];

/**
 * KOBIL's identity service: below `/realms/{tenant}` and `/auth/realms/{tenant}`, and below `/digitanium/v4` of the hosts of
 * tenants.
 */
export const KOBIL: Dialect = {
  name: 'kobil',
  title: 'KOBIL identity service',
  description: 'Users, roles, tenants and riskbits as the identity service of KOBIL documents them.',
  mounts: [
    ...mountsBelow(''),
    ...mountsBelow('/auth'),
    { prefix: '/digitanium/v4', routes: GATEWAY_ROWS, errors: GATEWAY_ERRORS, tenantIn: 'host-label' },
  ],
  chapters: CHAPTERS,
  samples: KOBIL_SAMPLES,
  errors: KOBIL_ERRORS,
  api: 'rest',
  ignoresTrailingSlash: true,
};
