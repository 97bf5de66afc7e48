import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthJs, createAuthJs } from '../support/auth-js.mjs';
import { endStarted } from '../support/frontend.ts';
import { ApplicationServer, IdentityProvider } from '../support/relying-parties.ts';
import type { Visit, WebUser } from '../support/web-user.ts';

/** Runs a handler of web requests, as the integrations of Auth.js do for their frameworks. */
function serve(url: string, handle: (request: Request) => Promise<Response>): ApplicationServer['answer'] {
  return (request, response) => {
    const headers = new Headers(request.headers as Record<string, string>);
    const hasBody = request.method === 'POST';
    const asked = new Request(new URL(request.url!, url), {
      method: request.method!,
      headers,
      ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' } : {}),
    });
    void handle(asked).then(async (answer) => {
      for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value);
      response.setHeader('set-cookie', answer.headers.getSetCookie());
      response.writeHead(answer.status).end(await answer.text());
    });
  };
}

describe('@auth/core', () => {
  let provider: IdentityProvider;
  let application: ApplicationServer;
  let authJs: AuthJs;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    application = await ApplicationServer.listen();
    const { url } = application;
    const { clientId, secret } = await provider.newClient(`${url}/auth/callback/idgraph`, `${url}/`);
    authJs = createAuthJs({ issuer: provider.issuer, clientId, clientSecret: secret! });
    application.answer = serve(url, async (request) =>
      new URL(request.url).pathname.startsWith('/auth/') ? authJs.handle(request) : new Response('home'),
    );
  });
  afterAll(async () => {
    application.close();
    await endStarted();
  });

  /** Sends a form of the application's pages, which carries a token against forgery. */
  const post = async (user: WebUser, path: string): Promise<Visit> => {
    const { csrfToken } = JSON.parse((await user.visit(`${application.url}/auth/csrf`)).text);
    const form = new URLSearchParams({ csrfToken, callbackUrl: `${application.url}/` });
    return user.visit(`${application.url}/auth/${path}`, form);
  };
  const sessionOf = async (user: WebUser) => JSON.parse((await user.visit(`${application.url}/auth/session`)).text);

  it('signs a user in by discovery, with code, PKCE, state and nonce', async () => {
    const { email, user } = await provider.newUser();
    const visit = await post(user, 'signin/idgraph');
    expect([visit.url.href, visit.asked]).toEqual([`${application.url}/`, ['PasswordStep', 'ConsentStep']]);
    expect(await sessionOf(user)).toMatchObject({ user: { name: 'Anna Archer', email } });
    expect(authJs.faults).toEqual([]);
  });

  it('gets no user when the person denies consent', async () => {
    const { user } = await provider.newUser();
    user.grantsConsent = false;
    const visit = await post(user, 'signin/idgraph');
    const { pathname, searchParams } = visit.url;
    expect([pathname, searchParams.get('error')]).toEqual(['/auth/signin', 'OAuthCallbackError']);
    expect(visit.asked).toEqual(['PasswordStep', 'ConsentStep']);
    expect(authJs.faults.splice(0)).toMatchObject([{ type: 'OAuthCallbackError' }]);
    expect(await sessionOf(user)).toBeNull();
  });

  it('signs the user out of the application, and of the service with the ID token', async () => {
    const { user } = await provider.newUser();
    await post(user, 'signin/idgraph');
    await post(user, 'signout');
    expect(await sessionOf(user)).toBeNull();
    const [idToken] = authJs.signedOut.splice(0);
    const asked = new URLSearchParams({ id_token_hint: idToken!, post_logout_redirect_uri: `${application.url}/` });
    const out = await user.visit(`${provider.issuer}/oauth/logout?${asked}`);
    expect([out.url.href, out.asked]).toEqual([`${application.url}/`, []]);
    expect((await post(user, 'signin/idgraph')).asked).toEqual(['PasswordStep']);
    expect(authJs.faults).toEqual([]);
  });
});
