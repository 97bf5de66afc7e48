import type { Dialect } from '../engine/index.ts';
import { BROWSER_ERRORS, LINK_ERRORS, oauthErrors, PAGE_ERRORS } from './errors.ts';
import { METADATA_ROUTES, NATIVE_ROUTES } from './routes.ts';
import { BROWSER_SAMPLES, LINK_SAMPLES, OAUTH_SAMPLES, PAGE_SAMPLES } from './samples.ts';

/** The native issuer of each tenant, and every other path below `/t/` and `/.well-known/` that no dialect owns. */
export const OIDC: Dialect = {
  name: 'oidc',
  title: 'OAuth 2 and OpenID Connect',
  description: 'The native token issuer of each tenant.',
  mounts: [
    { prefix: '/t/{tenant}', routes: NATIVE_ROUTES, issuerKind: 'NATIVE' },
    { prefix: '/.well-known/oauth-authorization-server/t/{tenant}', routes: METADATA_ROUTES, issuerKind: 'NATIVE' },
    { prefix: '/.well-known', routes: [] },
    { prefix: '/t', routes: [] },
  ],
  chapters: [
    {
      name: 'OAuth 2 and OpenID Connect',
      description: 'Tokens, their introspection and revocation, keys, and the metadata of the issuer.',
      routes: [...NATIVE_ROUTES, ...METADATA_ROUTES],
    },
  ],
  samples: {
    ...OAUTH_SAMPLES,
    operations: { ...OAUTH_SAMPLES.operations, ...BROWSER_SAMPLES, ...LINK_SAMPLES, ...PAGE_SAMPLES },
  },
  errors: oauthErrors('idgraph', { ...BROWSER_ERRORS, ...LINK_ERRORS, ...PAGE_ERRORS }),
  api: 'oauth',
};
