import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endStarted } from '../support/frontend.ts';
import { ApplicationServer, IdentityProvider } from '../support/relying-parties.ts';
import type { Visit } from '../support/web-user.ts';

/** What the application keeps of a user in its session. */
interface Account {
  readonly issuer: string;
  readonly profile: OpenIDConnectStrategy.Profile;
  readonly idToken: string;
}

/** What the middleware of Express and Passport reads and adds to a request and its answer. */
// biome-ignore lint/suspicious/noExplicitAny: Their types demand all of Express, which this server does without.
type Handler = (request: any, response: any, next: (error?: unknown) => void) => void;

/**
 * The application of the documentation of passport-openidconnect, with sessions, `/login`, `/callback` and `/logout`. A page `/`
 * shows the account.
 */
function createApplication(provider: IdentityProvider, url: string, clientId: string, secret: string): Handler[] {
  const own = new passport.Passport();
  const { issuer } = provider;
  own.use(
    new OpenIDConnectStrategy(
      {
        issuer,
        authorizationURL: `${issuer}/oauth/authorize`,
        tokenURL: `${issuer}/oauth/token`,
        userInfoURL: `${issuer}/oauth/userinfo`,
        clientID: clientId,
        clientSecret: secret,
        callbackURL: `${url}/callback`,
        scope: ['profile', 'email'],
        nonce: 'required',
        maxAge: '3600',
        skipUserProfile: false,
      },
      (
        from: string,
        profile: OpenIDConnectStrategy.Profile,
        _context: object,
        idToken: string | object,
        done: OpenIDConnectStrategy.VerifyCallback,
      ) => done(null, { issuer: from, profile, idToken: String(idToken) } satisfies Account),
    ),
  );
  own.serializeUser((user, done) => done(null, user));
  own.deserializeUser((user: Express.User, done) => done(null, user));
  const authenticate = own.authenticate('openidconnect', { failureMessage: true });
  const routes: Readonly<Record<string, Handler>> = {
    'GET /login': authenticate,
    'GET /callback': (request, response, next) =>
      authenticate(request, response, (error: unknown) =>
        error === undefined ? response.writeHead(303, { location: '/' }).end() : next(error),
      ),
    'POST /logout': (request, response, next) => {
      const { idToken } = request.user as Account;
      const asked = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: `${url}/` });
      request.logout((error: unknown) =>
        error === undefined
          ? response.writeHead(303, { location: `${issuer}/oauth/logout?${asked}` }).end()
          : next(error),
      );
    },
    'GET /': (request, response) => response.end(JSON.stringify(request.user ?? null)),
  };
  return [
    session({ secret: 'a secret of the test', resave: false, saveUninitialized: false }),
    own.session(),
    (request, response, next) => {
      const { pathname, searchParams } = new URL(request.url, url);
      request.query = Object.fromEntries(searchParams);
      (routes[`${request.method} ${pathname}`] ?? ((_request, _response, skip) => skip()))(request, response, next);
    },
  ];
}

describe('passport-openidconnect', () => {
  let provider: IdentityProvider;
  let application: ApplicationServer;
  const faults: unknown[] = [];
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    application = await ApplicationServer.listen();
    const { url } = application;
    // It sends no code_challenge.
    const { clientId, secret } = await provider.newClient(`${url}/callback`, `${url}/`, { pkce: 'OPTIONAL' });
    const handlers = createApplication(provider, url, clientId, secret!);
    application.answer = (request, response) => {
      const [first, ...others] = handlers;
      const run = (handler: Handler | undefined, rest: readonly Handler[], error?: unknown): void => {
        if (error !== undefined) faults.push(error);
        if (error !== undefined || handler === undefined) response.writeHead(500).end();
        else handler(request, response, (fault) => run(rest[0], rest.slice(1), fault));
      };
      run(first, others);
    };
  });
  afterAll(async () => {
    application.close();
    await endStarted();
    expect(faults).toEqual([]);
  });

  const accountIn = ({ url, text }: Visit): Account | null => {
    expect(url.href).toBe(`${application.url}/`);
    return JSON.parse(text);
  };

  it('signs a user in, with the profile from userinfo', async () => {
    const { userId, username, email, user } = await provider.newUser();
    const visit = await user.visit(`${application.url}/login`);
    expect(visit.asked).toEqual(['PasswordStep', 'ConsentStep']);
    expect(accountIn(visit)).toMatchObject({
      issuer: provider.issuer,
      profile: {
        id: userId,
        displayName: 'Anna Archer',
        username,
        name: { givenName: 'Anna', familyName: 'Archer' },
        emails: [{ value: email }],
      },
    });
    expect(accountIn(await user.visit(`${application.url}/`))!.profile.id).toBe(userId);
  });

  it('gets no user when the person denies consent', async () => {
    const { user } = await provider.newUser();
    user.grantsConsent = false;
    const visit = await user.visit(`${application.url}/login`);
    expect([visit.status, visit.text]).toEqual([401, 'Unauthorized']);
    expect(visit.url.searchParams.get('error')).toBe('access_denied');
    expect(accountIn(await user.visit(`${application.url}/`))).toBeNull();
  });

  it('signs the user out of the application and of the service', async () => {
    const { userId, user } = await provider.newUser();
    await user.visit(`${application.url}/login`);
    const again = await user.visit(`${application.url}/login`);
    expect([again.asked, accountIn(again)!.profile.id]).toEqual([[], userId]);
    const out = await user.visit(`${application.url}/logout`, new URLSearchParams());
    expect([out.asked, accountIn(out)]).toEqual([[], null]);
    const back = await user.visit(`${application.url}/login`);
    expect([back.asked, accountIn(back)!.profile.id]).toEqual([['PasswordStep'], userId]);
  });
});
