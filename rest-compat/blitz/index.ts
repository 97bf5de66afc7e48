import type { Dialect, Route } from '../engine/index.ts';
import { oauthErrors } from '../oidc/errors.ts';
import { BLITZ_ERRORS } from './errors.ts';
import { AUDIT_ROUTES } from './routes/audit.ts';
import { AUTH_ROUTES } from './routes/auth.ts';
import { CONSENT_ROUTES } from './routes/consents.ts';
import { DEVICE_ROUTES } from './routes/devices.ts';
import { FEDERATION_ROUTES } from './routes/federation.ts';
import { FEDERATION_TOKEN_ROUTES } from './routes/federation-token.ts';
import { GROUP_ROUTES } from './routes/groups.ts';
import { DISCOVERY_ROUTES, METADATA_ROUTES, OAUTH_ROUTES } from './routes/oauth.ts';
import { PASSWORD_ROUTES } from './routes/password.ts';
import { QR_ROUTES } from './routes/qr.ts';
import { REGISTRATION_ROUTES } from './routes/registration.ts';
import { RIGHT_ROUTES } from './routes/rights.ts';
import { SEARCH_ROUTES } from './routes/search.ts';
import { SECURITY_QUESTION_ROUTES } from './routes/security-question.ts';
import { STATE_ROUTES } from './routes/state.ts';
import { TOTP_ROUTES } from './routes/totp.ts';
import { USER_ROUTES } from './routes/users.ts';

export { BLITZ_ISSUER } from './issuer.ts';
export { registerBlitz } from './register.ts';

/** Pages may call what takes an access token; what takes a secret or a cookie is for servers and for our own pages. */
const forPages = (row: Route): Route => (row.callers.bearer === undefined ? row : { ...row, cors: 'client' });

const REST = [
  ...USER_ROUTES,
  ...REGISTRATION_ROUTES,
  ...CONSENT_ROUTES,
  ...AUDIT_ROUTES,
  ...FEDERATION_TOKEN_ROUTES,
  ...AUTH_ROUTES,
  ...PASSWORD_ROUTES,
  ...DEVICE_ROUTES,
  ...STATE_ROUTES,
  ...TOTP_ROUTES,
  ...SECURITY_QUESTION_ROUTES,
  ...FEDERATION_ROUTES,
  ...QR_ROUTES,
  ...RIGHT_ROUTES,
  ...SEARCH_ROUTES,
  ...GROUP_ROUTES,
  ...DISCOVERY_ROUTES,
].map(forPages);
const OAUTH_ERRORS = oauthErrors('blitz');

/** Blitz Identity Provider's REST and OAuth paths: at `/blitz` for the default tenant, at `/t/{tenant}/blitz` for each. */
export const BLITZ: Dialect = {
  name: 'blitz',
  title: 'Blitz Identity Provider',
  description:
    'User management, sign-in settings, external accounts and OAuth as Blitz Identity Provider documents them.',
  mounts: ['/blitz', '/t/{tenant}/blitz'].flatMap((prefix) => [
    { prefix, routes: REST },
    { prefix: `${prefix}/oauth`, routes: OAUTH_ROUTES, errors: OAUTH_ERRORS, api: 'oauth' },
    {
      prefix: `/.well-known/oauth-authorization-server${prefix}`,
      routes: METADATA_ROUTES,
      errors: OAUTH_ERRORS,
      api: 'oauth',
    },
  ]),
  operations: new URL('./operations/', import.meta.url),
  errors: BLITZ_ERRORS,
  api: 'rest',
  endUserAddress: 'required',
};
