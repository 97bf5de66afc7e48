/**
 * An application with Auth.js. It is JavaScript, because the types of `@auth/core` lead to those of browsers, which would then be
 * those of the whole project.
 */
import { Auth } from '@auth/core';

/**
 * The provider and the callbacks are set as the documentation of Auth.js shows them.
 * @param {import('./auth-js.mjs').AuthJsOptions} options
 * @returns {import('./auth-js.mjs').AuthJs}
 */
export function createAuthJs({ issuer, clientId, clientSecret }) {
  const faults = [];
  const signedOut = [];
  const config = {
    basePath: '/auth',
    secret: 'a secret of the test, with which it seals its session',
    trustHost: true,
    logger: { error: (error) => void faults.push(error) },
    providers: [
      {
        id: 'idgraph',
        name: 'Idgraph',
        type: 'oidc',
        issuer,
        clientId,
        clientSecret,
        checks: ['pkce', 'state', 'nonce'],
        // The profile is read from userinfo: with a code, the claims of scopes are there (OpenID Connect Core section 5.4).
        idToken: false,
      },
    ],
    callbacks: { jwt: ({ token, account }) => (account ? { ...token, idToken: account.id_token } : token) },
    events: { signOut: ({ token }) => void signedOut.push(token.idToken) },
  };
  return { handle: (request) => Auth(request, config), faults, signedOut };
}
