import { beforeAll, describe, expect, it } from 'vitest';
import { graphServersOfSuite, post } from '../../support/graph-servers.ts';
import { openSignIn, PASSWORD, type SignInWorld, TestBrowser } from '../../support/sign-in.ts';

const QUERY = 'mutation ($input: SubmitPasswordInput!) { submitPassword(input: $input) { step { __typename } } }';
const OWN = { 'sec-fetch-site': 'same-origin' };

describe('a step of a sign-in over HTTP', () => {
  const servers = graphServersOfSuite();
  let setting: SignInWorld;
  beforeAll(async () => {
    setting = await openSignIn(servers.world);
  });

  const begun = async () => {
    const browser = new TestBrowser(servers.world, setting.tenant);
    const input = { handle: await browser.begin(), identifier: setting.user.username, password: PASSWORD };
    // The server of the test has a plain http address, whose cookies have no prefix.
    return { body: { query: QUERY, variables: { input } }, cookie: browser.jar.header.replaceAll('__Host-', '') };
  };

  it('sets session, its id and device in headers, never in the body', async () => {
    const { url } = await servers.start();
    const { body, cookie } = await begun();
    const answer = await post(url, body, { ...OWN, cookie });
    expect(answer.body).toEqual({ data: { submitPassword: { step: { __typename: 'Finished' } } } });
    const names = answer.headers.getSetCookie().map((line) => line[0]);
    expect(names.toSorted()).toEqual(['d', 'i', 's']);
  });

  it('is refused for pages of other origins and in batches, with and without the cookie, and sets nothing', async () => {
    const { url } = await servers.start();
    const { body, cookie } = await begun();
    const origins = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}];
    for (const headers of [...origins.map((origin) => ({ ...origin, cookie })), ...origins]) {
      const answer = await post(url, body, headers as Record<string, string>);
      expect(answer.code).toBe('BROWSER_REQUIRED');
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const batch = await post(url, [body, body], { ...OWN, cookie });
    expect(batch.code).toBe('BROWSER_REQUIRED');
    expect(batch.headers.getSetCookie()).toEqual([]);
  });
});
