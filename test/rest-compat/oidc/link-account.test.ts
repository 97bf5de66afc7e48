import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { linkingOfSuite, RETURN } from '../../support/linking.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { PASSWORD, TestBrowser } from '../../support/sign-in.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const ORIGIN = 'https://id.example.com';

describe('the page that asks before an external account is linked', () => {
  const linking = linkingOfSuite();
  let rest: RestClient;
  let browser: TestBrowser;
  /** Path of the page of one visit to the provider. */
  let page: string;
  beforeAll(async () => {
    rest = await serveWorld(linking.world);
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
  });
  beforeEach(async () => {
    const { world, tenant, user } = linking;
    await world.givePassword(tenant, user.id, PASSWORD);
    browser = new TestBrowser(world, tenant);
    page = (await linking.pageOf(await linking.upstream.visit(await linking.begun(), 'ext-ann'))).slice(ORIGIN.length);
  });

  /** Opens an address, and keeps the cookies that the answer sets. */
  const open = async (path: string) => {
    const answer = await rest.ask('GET', path, { headers: { accept: HTML, cookie: browser.jar.header } });
    browser.jar.keep([answer.headers['set-cookie'] ?? []].flat());
    return answer;
  };
  const stateIn = ({ text }: { text: string }) =>
    JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!);
  const toSignIn = async () => {
    const { status, headers } = await open(page);
    expect(status).toBe(303);
    expect(headers.location).toMatch(new RegExp(`^${ORIGIN}/t/${linking.tenant.name}/sign-in/[^/]+$`));
    return headers.location!.split('/').at(-1)!;
  };

  it('sends a browser in which nobody is signed in to the sign-in, and asks afterwards', async () => {
    const interaction = await toSignIn();
    expect((await open(`${page}/${interaction}`)).headers.location).toMatch(`/sign-in/${interaction}`);
    await browser.password(interaction, linking.user);
    const answer = await open(`${page}/${interaction}`);
    expect(answer.status).toBe(200);
    expect(stateIn(answer)).toMatchObject({
      page: 'link-account',
      tenant: { name: linking.tenant.name },
      handle: page.split('/').at(-1),
      account: { username: linking.user.username },
    });
    expect(await linking.linksOf(linking.user)).toEqual([]);
  });

  it('asks the user who is signed in at once, in a page that cannot be framed (check 22)', async () => {
    await browser.signIn(linking.user);
    const answer = await open(page);
    expect(stateIn(answer)).toMatchObject({ page: 'link-account', externalName: 'ext-ann' });
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('sends the browser back when its user gives the sign-in up', async () => {
    const interaction = await toSignIn();
    await browser.submit('cancelInteraction', interaction);
    const { status, headers } = await open(`${page}/${interaction}`);
    expect([status, headers.location]).toEqual([303, expect.stringContaining(`${RETURN}?state=`)]);
  });

  it('is a page of an error for a linking that is none', async () => {
    const answer = await open(`/t/${linking.tenant.name}/link-account/unknown`);
    expect(answer.status).toBe(400);
    expect(stateIn(answer)).toMatchObject({ page: 'error' });
  });
});
