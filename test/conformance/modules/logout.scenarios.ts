import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect } from 'vitest';
import type { Visit, WebUser } from '../../support/web-user.ts';
import type { Authorized, Form, ModuleRun, Tokens } from './module-run.ts';
import type { Scenario } from './scenario.ts';
import { SIGNED_OUT } from './setting.ts';

/** Somebody who signed in to an application. */
interface SignedIn {
  readonly browser: WebUser;
  readonly signedIn: Authorized & Tokens;
}

async function signIn(run: ModuleRun): Promise<SignedIn> {
  const browser = await run.setting.newBrowser();
  return { browser, signedIn: await run.signIn(browser, { state: newState() }) };
}

const newState = (): string => randomBytes(64).toString('hex');

/** Sends the browser to the endpoint for sign-out, where the person confirms if they are asked. */
function leave({ setting }: ModuleRun, browser: WebUser, form: Form): Promise<Visit> {
  const endpoint = setting.metadata.json.end_session_endpoint;
  return browser.visit(`${endpoint}?${new URLSearchParams(form)}`);
}

async function isSignedOut(run: ModuleRun, browser: WebUser): Promise<void> {
  run.expectPageNeeded(await run.authorize(browser, { prompt: 'none' }));
}

/** The request of a plain sign-out. */
const requestOf = ({ idToken }: Tokens): Form => ({
  id_token_hint: idToken,
  post_logout_redirect_uri: SIGNED_OUT,
  state: newState(),
});

/** The browser gets back to the application, with nothing but the state. */
function expectReturned({ url, form }: Visit, state: string | undefined): void {
  expect(`${url.origin}${url.pathname}`).toBe(SIGNED_OUT);
  expect([Object.fromEntries(url.searchParams), form]).toEqual([state === undefined ? {} : { state }, null]);
}

/** A sign-out with a wrong value: the browser stays, and the person is still signed in. */
async function expectRefused(run: ModuleRun, browser: WebUser, form: Form, code: string): Promise<void> {
  const visit = await leave(run, browser, form);
  expect(run.pageOf({ visit })).toEqual({ status: 400, page: 'error' });
  expect(visit.state).toMatchObject({ code });
  expect((await run.signIn(browser, { prompt: 'none' })).visit.asked).toEqual([]);
}

/** A sign-out that ends on a page of the service. @param page The one that the person saw last. */
async function expectLeft(
  run: ModuleRun,
  browser: WebUser,
  form: Form,
  page: 'sign-out' | 'signed-out',
): Promise<void> {
  const visit = await leave(run, browser, form);
  expect(run.pageOf({ visit })).toEqual({ status: 200, page });
  expect(visit.asked).toEqual(page === 'sign-out' ? ['sign-out'] : []);
  await isSignedOut(run, browser);
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const LOGOUT: readonly Scenario[] = [
  {
    module: 'oidcc-rp-initiated-logout',
    title: 'signs out and returns to the application with the state',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const form = requestOf(signedIn);
      expectReturned(await leave(run, browser, form), form['state']);
      await isSignedOut(run, browser);
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
    title: 'shows a page of an error for an address that is not registered (check 35)',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const form = {
        ...requestOf(signedIn),
        post_logout_redirect_uri: 'https://rp.example.com/bad_post_logout_redirect',
      };
      await expectRefused(run, browser, form, 'SIGN_OUT_REDIRECT_UNREGISTERED');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-modified-id-token-hint',
    title: 'shows a page of an error for an ID token that was changed to have no signature (checks 26 and 35)',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const hint = `${encode({ alg: 'none' })}.${signedIn.idToken.split('.')[1]}.`;
      await expectRefused(run, browser, { ...requestOf(signedIn), id_token_hint: hint }, 'SIGN_OUT_HINT_INVALID');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-no-id-token-hint',
    title: 'asks the person, and returns to no application, without an ID token',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const { id_token_hint: _, ...form } = requestOf(signedIn);
      await expectLeft(run, browser, form, 'sign-out');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-no-params',
    title: 'asks the person and signs out without parameters',
    run: async (run) => {
      const { browser } = await signIn(run);
      await expectLeft(run, browser, {}, 'sign-out');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-no-post-logout-redirect-uri',
    title: 'signs out and ends on its page without an address to return to',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const { post_logout_redirect_uri: _, ...form } = requestOf(signedIn);
      await expectLeft(run, browser, form, 'signed-out');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-no-state',
    title: 'returns to the application without a state when none was sent',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const { state: _, ...form } = requestOf(signedIn);
      expectReturned(await leave(run, browser, form), undefined);
      await isSignedOut(run, browser);
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-only-state',
    title: 'asks the person and signs out with a state alone',
    run: async (run) => {
      const { browser } = await signIn(run);
      await expectLeft(run, browser, { state: newState() }, 'sign-out');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
    title: 'shows a page of an error for a registered address with a query more (check 35)',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const form = { ...requestOf(signedIn), post_logout_redirect_uri: `${SIGNED_OUT}?foo=bar` };
      await expectRefused(run, browser, form, 'SIGN_OUT_REDIRECT_UNREGISTERED');
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-bad-id-token-hint',
    title: 'shows a page of an error for an ID token that the application signed (checks 26 and 35)',
    run: async (run) => {
      const { browser, signedIn } = await signIn(run);
      const { clientId, secret } = signedIn.client;
      // The suite has the two the wrong way round, too: it is issued by the client, for the issuer.
      const forged = await new SignJWT({ sub: 'SubjectID', nonce: 'flibble', iss: clientId, aud: run.issuer })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(secret!));
      await expectRefused(run, browser, { ...requestOf(signedIn), id_token_hint: forged }, 'SIGN_OUT_HINT_INVALID');
    },
  },
];
