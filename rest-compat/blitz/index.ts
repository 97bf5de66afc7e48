import { type Chapter, type Dialect, forPages } from '../engine/index.ts';
import { BROWSER_ERRORS, oauthErrors } from '../oidc/errors.ts';
import { BLITZ_ERRORS } from './errors.ts';
import { SESSION_COOKIE } from './replies.ts';
import { AUDIT_ROUTES } from './routes/audit.ts';
import { AUTH_ROUTES } from './routes/auth.ts';
import { CONSENT_ROUTES } from './routes/consents.ts';
import { DEVICE_ROUTES } from './routes/devices.ts';
import { FEDERATION_ROUTES } from './routes/federation.ts';
import { FEDERATION_TOKEN_ROUTES } from './routes/federation-token.ts';
import { GROUP_ROUTES } from './routes/groups.ts';
import { DISCOVERY_ROUTES, LOGIN_ROUTES, METADATA_ROUTES, OAUTH_ROUTES } from './routes/oauth.ts';
import { PASSWORD_ROUTES } from './routes/password.ts';
import { QR_ROUTES } from './routes/qr.ts';
import { REGISTRATION_ROUTES } from './routes/registration.ts';
import { RIGHT_ROUTES } from './routes/rights.ts';
import { SEARCH_ROUTES } from './routes/search.ts';
import { SECURITY_QUESTION_ROUTES } from './routes/security-question.ts';
import { STATE_ROUTES } from './routes/state.ts';
import { TOTP_ROUTES } from './routes/totp.ts';
import { USER_ROUTES } from './routes/users.ts';
import { BLITZ_SAMPLES } from './samples.ts';

export { registerBlitz } from './register.ts';

const REST_CHAPTERS: readonly Chapter[] = [
  {
    name: 'Accounts',
    description: 'Attributes and properties of users, and their removal.',
    routes: USER_ROUTES,
  },
  { name: 'Search', description: 'Accounts that fit a condition.', routes: SEARCH_ROUTES },
  { name: 'Registration', description: 'New accounts, and the codes that confirm them.', routes: REGISTRATION_ROUTES },
  {
    name: 'Authentication',
    description: 'What is required at sign-in, and which methods are locked.',
    routes: AUTH_ROUTES,
  },
  { name: 'Password', description: 'Changing passwords.', routes: PASSWORD_ROUTES },
  { name: 'Code apps', description: 'Apps that show one-time codes (TOTP).', routes: TOTP_ROUTES },
  { name: 'Security question', description: 'A question with its answer.', routes: SECURITY_QUESTION_ROUTES },
  { name: 'State', description: 'The state of an account with regard to inactivity.', routes: STATE_ROUTES },
  { name: 'Sessions, apps and devices', description: 'Where a user is signed in.', routes: DEVICE_ROUTES },
  { name: 'Consents', description: 'What users allowed applications to do.', routes: CONSENT_ROUTES },
  { name: 'External accounts', description: 'Accounts at other providers.', routes: FEDERATION_ROUTES },
  { name: 'External tokens', description: 'Stored tokens of other providers.', routes: FEDERATION_TOKEN_ROUTES },
  { name: 'QR sign-in', description: 'Signing a browser in with an app.', routes: QR_ROUTES },
  { name: 'Rights', description: 'Who may do what on whom.', routes: RIGHT_ROUTES },
  { name: 'Groups', description: 'Organisations and their members.', routes: GROUP_ROUTES },
  { name: 'Security events', description: 'What happened to an account.', routes: AUDIT_ROUTES },
].map((chapter) => ({ ...chapter, routes: chapter.routes.map(forPages) }));

const OAUTH_CHAPTER: Chapter = {
  name: 'OAuth 2.0',
  description: 'Tokens, their introspection, keys, and the metadata of the issuer.',
  routes: [...OAUTH_ROUTES, ...LOGIN_ROUTES, ...DISCOVERY_ROUTES, ...METADATA_ROUTES],
};

const REST = [...REST_CHAPTERS.flatMap(({ routes }) => routes), ...DISCOVERY_ROUTES];
const OAUTH_ERRORS = oauthErrors('blitz', BROWSER_ERRORS);

/** Blitz Identity Provider's REST and OAuth paths: at `/blitz` for the default tenant, at `/t/{tenant}/blitz` for each. */
export const BLITZ: Dialect = {
  name: 'blitz',
  title: 'Blitz Identity Provider',
  description:
    'User management, sign-in settings, external accounts and OAuth as Blitz Identity Provider documents them.',
  mounts: ['/blitz', '/t/{tenant}/blitz'].flatMap((prefix) => [
    { prefix, routes: REST, issuerKind: 'SUITE' },
    { prefix: `${prefix}/oauth`, routes: OAUTH_ROUTES, errors: OAUTH_ERRORS, api: 'oauth', issuerKind: 'SUITE' },
    { prefix: `${prefix}/login`, routes: LOGIN_ROUTES, errors: OAUTH_ERRORS, api: 'oauth', issuerKind: 'SUITE' },
    {
      prefix: `/.well-known/oauth-authorization-server${prefix}`,
      routes: METADATA_ROUTES,
      errors: OAUTH_ERRORS,
      api: 'oauth',
      issuerKind: 'SUITE',
    },
  ]),
  chapters: [...REST_CHAPTERS, OAUTH_CHAPTER],
  samples: BLITZ_SAMPLES,
  errors: BLITZ_ERRORS,
  api: 'rest',
  endUserAddress: 'required',
  sessionCookieAlias: SESSION_COOKIE,
};
