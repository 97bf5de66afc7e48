import {
  authorizePath,
  BEFORE_HANDLE,
  OWN_AUTHORIZE,
  SCOPE,
  type SignedInBrowser,
  signInWithBrowsers,
  submit,
  VERIFIER,
} from '../browsers.ts';
import { type Check, checkJson, checkText, checkToken } from '../checks.ts';
import { fetchKeys, makeApp, REDIRECT_URI, seedPeer, tokenPath } from '../fixtures.ts';
import { CONNECTIONS, overHttp, WARM_UP_OF_LISTS } from '../http-contender.ts';
import type { LoadStep, PlannedRequest } from '../load-protocol.ts';
import type { BenchRow } from '../row.ts';
import { postForm, RESOURCE } from './oauth.ts';

const HTML = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'user-agent': 'bench' };
const CODE = '__CODE__';
const HANDLE_OF_PAGE = '__HANDLE__';
const SESSION = '__SESSION__';
const PAGE_PATH = '__PATH__';
const PLACE = '__PLACE__';
const SIGN_IN_CONNECTIONS = 16;
/** Enough for the compiler: a sign-in takes as long as a hundred tokens, because Argon2 is meant to be slow. */
const WARM_UP_OF_SIGN_INS = 300;

/** The first step of the flow: the session gives a code at once. */
const authorizeAtOnce = (path: string, cookie: string): LoadStep => ({
  method: 'GET',
  path,
  headers: { ...HTML, cookie },
  status: 303,
  picks: [{ name: CODE, after: `${REDIRECT_URI}?code=`, until: '&' }],
});

const redeem = (client: { clientId: string; clientSecret: string }, path: string): LoadStep =>
  postForm(client, path, {
    grant_type: 'authorization_code',
    code: CODE,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
  });

/** Each connection uses the sessions of one user again and again, and no two connections have the same user. */
const codeFlow: BenchRow = {
  key: 'code-flow',
  title: 'authorization code with PKCE in an existing session: code, then access, ID and refresh token',
  servers: ['idgraph', 'oidc-provider'],
  async prepare(world) {
    const [subject, peer] = [await world.server('idgraph'), await world.server('oidc-provider')];
    const app = await makeApp(world);
    const browsers = await signInWithBrowsers(world);
    const seeds = await seedPeer(peer, browsers.length);
    const members = ['id_token', 'refresh_token'];
    const peerPath = authorizePath('/auth', peer.clientId, { scope: `${SCOPE} user:read`, resource: RESOURCE });
    const ownPath = authorizePath(OWN_AUTHORIZE, app.clientId, { scope: SCOPE });
    const plan = (cookies: readonly string[], path: string, token: LoadStep) => ({
      requests: cookies.map((cookie): PlannedRequest => ({ ...authorizeAtOnce(path, cookie), further: [token] })),
      isPartitioned: true,
    });
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: plan(
          browsers.map(({ cookie }) => cookie),
          ownPath,
          redeem(app, tokenPath('demo')),
        ),
        check: checkToken(
          await fetchKeys(`${subject.url}/t/demo/oauth/jwks`),
          { client_id: app.clientId, iss: `${subject.url}/t/demo` },
          members,
        ),
        warmUp: WARM_UP_OF_LISTS,
      }),
      overHttp(world, {
        name: 'oidc-provider',
        subject: peer,
        plan: plan(
          seeds.map(({ sessionCookie }) => sessionCookie),
          peerPath,
          redeem(peer, '/token'),
        ),
        check: checkToken(await fetchKeys(`${peer.url}/jwks`), { client_id: peer.clientId, aud: RESOURCE }, members),
        warmUp: WARM_UP_OF_LISTS,
      }),
    ];
  },
};

/**
 * A browser that begins a 21st sign-in gives up its oldest one, and an address may have 500 that have not ended: of 16 browsers
 * there are 320 at most, so that none is refused however long the load lasts. Each connection keeps to one browser, which so has
 * 4 sign-ins under way: none is given up between its redirect and its page.
 */
const PAGE_BROWSERS = 16;

/** The first steps of a sign-in: the browser is led to the page, and loads it. */
const beginSignIn = (url: string, path: string, cookie: string): { first: LoadStep; page: LoadStep } => ({
  first: {
    method: 'GET',
    path,
    headers: { ...HTML, cookie },
    status: 303,
    picks: [{ name: PAGE_PATH, after: `ocation: ${url}`, until: '\r' }],
  },
  page: { method: 'GET', path: PAGE_PATH, headers: { ...HTML, cookie } },
});

const authorizePage: BenchRow = {
  key: 'authorize-page',
  title: 'authorization request without a session: the sign-in is begun and its page loaded',
  servers: ['idgraph'],
  async prepare(world) {
    const subject = await world.server('idgraph');
    const { clientId } = await makeApp(world);
    const path = authorizePath(OWN_AUTHORIZE, clientId, { scope: SCOPE });
    const browsers = (await signInWithBrowsers(world)).slice(0, PAGE_BROWSERS);
    const requests = Array.from({ length: CONNECTIONS }, (_, at): PlannedRequest => {
      const { first, page } = beginSignIn(subject.url, path, browsers[at % browsers.length]!.cookieWithoutSession);
      return { ...first, further: [page] };
    });
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: { requests, isPartitioned: true },
        check: checkText('Not the page for signing in', [BEFORE_HANDLE, '"__typename":"PasswordStep"']),
        warmUp: WARM_UP_OF_LISTS,
      }),
    ];
  },
};

/** A whole sign-in of a browser that was signed out: the page, its password, and the way back to the app with a code. */
function signInByPage(url: string, path: string, browser: SignedInBrowser): PlannedRequest {
  const { username, password, sessionName, cookieWithoutSession: cookie } = browser;
  const { first, page } = beginSignIn(url, path, cookie);
  return {
    ...first,
    further: [
      { ...page, picks: [{ name: HANDLE_OF_PAGE, after: BEFORE_HANDLE, until: '"' }] },
      {
        ...submit(url, cookie, 'submitPassword', { handle: HANDLE_OF_PAGE, identifier: username, password }),
        picks: [
          { name: SESSION, after: `${sessionName}=`, until: ';' },
          { name: PLACE, after: `"continueAt":"${url}`, until: '"' },
        ],
      },
      {
        method: 'GET',
        path: PLACE,
        headers: { ...HTML, cookie: `${cookie}; ${sessionName}=${SESSION}` },
        status: 303,
        picks: [{ name: CODE, after: `${REDIRECT_URI}?code=`, until: '&' }],
      },
    ],
  };
}

/** The status of the last redirect and the code in its address were checked when it came. */
const checkRedirect: Check = ({ status }) => {
  if (status !== 303) throw new Error(`Not a redirect: ${status}`);
};

/** The peer is the hash alone, which bounds the rate of any sign-in by password. */
const passwordSignIn: BenchRow = {
  key: 'password-sign-in',
  title: 'sign-in by password (Argon2id) through the page: page, mutation, code',
  servers: ['idgraph', 'hand-written'],
  async prepare(world) {
    const [subject, least] = [await world.server('idgraph'), await world.server('hand-written')];
    const { clientId } = await makeApp(world);
    const path = authorizePath(OWN_AUTHORIZE, clientId, { scope: SCOPE });
    const browsers = await signInWithBrowsers(world);
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: {
          requests: browsers.map((browser) => signInByPage(subject.url, path, browser)),
          connections: SIGN_IN_CONNECTIONS,
          isPartitioned: true,
        },
        check: checkRedirect,
        warmUp: WARM_UP_OF_SIGN_INS,
      }),
      overHttp(world, {
        name: 'hand-written',
        subject: least,
        plan: { requests: [{ method: 'GET', path: '/password' }], connections: SIGN_IN_CONNECTIONS },
        check: checkJson('Not a right password', ({ isRight }) => isRight === true),
        warmUp: WARM_UP_OF_SIGN_INS,
      }),
    ];
  },
};

export const CODE_ROWS = { codeFlow, authorizePage, passwordSignIn };
