import { describe, expect, it } from 'vitest';
import { REALM_PASSWORD, realmOfSuite } from '../../support/realm.ts';
import { WebUser } from '../../support/web-user.ts';
import { networkOf } from '../../support/world-network.ts';

const HOST = 'https://id.example.com';
const HTML = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' };

describe('account, in a browser', () => {
  const realm = realmOfSuite();
  const newPerson = async () => {
    const { username } = await realm.user();
    return new WebUser({ username, password: REALM_PASSWORD }, networkOf(realm.world, realm.rest));
  };

  it.each(['/realms/acme', '/auth/realms/acme'])('leads to the page, through a sign-in: %s', async (base) => {
    const person = await newPerson();
    const first = await person.visit(`${HOST}${base}/account?referrer=app`);
    expect([first.url.href, first.asked]).toEqual([`${HOST}${base}/account/page`, ['PasswordStep']]);
    expect([first.status, first.state]).toMatchObject([
      200,
      {
        page: 'account',
        tenant: { name: 'acme' },
        pageUrl: `${HOST}${base}/account/page`,
        signOutUrl: `${HOST}${base}/protocol/openid-connect/logout`,
      },
    ]);
    expect((await person.visit(`${HOST}${base}/account/`)).asked).toEqual([]);
    const again = await person.visit(`${HOST}${base}/account/page?again=1`);
    expect([again.url.href, again.asked]).toEqual([`${HOST}${base}/account/page`, ['PasswordStep']]);
  });

  it('is a redirect that nothing stores, for those who have no token and read HTML', async () => {
    const { status, headers } = await realm.rest.ask('GET', '/realms/acme/account', { headers: HTML });
    expect([status, headers.location]).toEqual([302, '/realms/acme/account/page']);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: expect.stringContaining('Accept') });
    for (const sent of [{ accept: 'application/json' }, { accept: '*/*' }, {}]) {
      const program = await realm.rest.ask('GET', '/realms/acme/account', { headers: sent });
      expect([program.status, program.headers.location]).toEqual([401, undefined]);
    }
    const wrong = await realm.rest.ask('GET', '/realms/acme/account', {
      headers: { ...HTML, authorization: 'Bearer nothing' },
    });
    expect(wrong.status).toBe(401);
  });

  it('begins with a forgotten password at `reset-credentials`, also where somebody is signed in, and ends at the page', async () => {
    await realm.world.services.tenants.updateSettings(realm.world.system(realm.acme), { resetPassword: true });
    const user = await realm.user({ email: 'forgetful@example.com' });
    const person = new WebUser(
      { username: user.username, password: REALM_PASSWORD },
      networkOf(realm.world, realm.rest),
    );
    await person.visit(`${HOST}/realms/acme/account`);
    for (const base of ['/realms/acme', '/auth/realms/acme']) {
      const address = `${HOST}${base}/login-actions/reset-credentials?client_id=portal&tab_id=x`;
      const { status, headers } = await person.send(new URL(address), { headers: HTML });
      expect(status).toBe(302);
      const page = await person.send(new URL(headers.get('location')!, HOST), { headers: HTML });
      expect(await page.text()).toContain('"__typename":"PasswordResetStep"');
    }
    await realm.world.services.tenants.updateSettings(realm.world.system(realm.acme), { resetPassword: false });
    const closed = await person.send(new URL(`${HOST}/realms/acme/login-actions/reset-credentials`), { headers: HTML });
    const page = await person.send(new URL(closed.headers.get('location')!, HOST), { headers: HTML });
    expect(await page.text()).toContain('"__typename":"PasswordStep"');
  });

  it('ends with a page that says so where the sign-in is given up, and is not there without its client', async () => {
    const person = await newPerson();
    const { headers } = await person.send(new URL(`${HOST}/realms/acme/account/page`), { headers: HTML });
    const handle = headers.get('location')!.split('/').at(-1)!;
    const document = {
      text: 'mutation ($input: CancelInteractionInput!) { cancelInteraction(input: $input) { __typename } }',
    };
    await person.ask(new URL(HOST), document, { input: { handle } });
    const end = await person.visit(`${HOST}/realms/acme/account/page/${handle}`);
    expect(end.state).toMatchObject({ page: 'signed-out', returnTo: `${HOST}/realms/acme/account/page` });
    const native = await realm.world.tenant();
    const closed = await realm.rest.ask('GET', `/realms/${native.name}/account/page`, { headers: HTML });
    expect([closed.status, closed.text]).toEqual([404, expect.stringContaining('ACCOUNT_PAGE_CLOSED')]);
    const program = await realm.rest.ask('GET', `/realms/${native.name}/account/page`);
    expect([program.status, program.json]).toEqual([404, { error: 'HTTP 404 Not Found' }]);
  });
});
