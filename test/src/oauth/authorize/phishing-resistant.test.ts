import { beforeAll, describe, expect, it } from 'vitest';
import { authorizingOfSuite, paramsOf } from '../../../support/authorization.ts';
import { CookieJar } from '../../../support/cookie-jar.ts';
import { TestUser } from '../../../support/oauth.ts';

/** Asks for the strongest class and for no other one. */
const ESSENTIAL = { claims: '{"id_token":{"acr":{"essential":true,"value":"phr"}}}' };
const UNMET = 'unmet_authentication_requirements';

describe('a request for a sign-in that resists phishing (OpenID Connect Core section 5.5.1.1)', () => {
  const suite = authorizingOfSuite();
  const set = (isPasskeyEnabled: boolean) =>
    suite.world.services.tenants.updateSettings(suite.world.system(suite.tenant), { isPasskeyEnabled });
  beforeAll(() => set(true));

  const classesShown = async (): Promise<unknown> => {
    const tenant = (await suite.world.services.directory.byId(suite.tenant.id))!;
    const document = await suite.world.services.oauth.discovery.document(tenant, 'native', {
      host: null,
      basePath: '',
    });
    return document['acr_values_supported'];
  };
  const errorOf = async (jar: CookieJar, handle: string) => paramsOf(await suite.resume(jar, handle))['error'];

  it('is refused at once where users have no passkeys, and discovery does not name the class', async () => {
    expect(await classesShown()).toEqual(['1fa', '2fa', 'phr']);
    await set(false);
    expect(await classesShown()).toEqual(['1fa', '2fa']);
    expect(paramsOf(await suite.begin(new CookieJar(), ESSENTIAL))['error']).toBe(UNMET);
    await set(true);
  });

  it('leads to pages that offer passkeys, and is granted after one', async () => {
    const user = await TestUser.create(suite.world, suite.client);
    const jar = new CookieJar();
    const handle = await suite.ask(jar, ESSENTIAL);
    const { interactions, interactionSteps, signInTickets, users } = suite.world.services;
    const { step } = await jar.use((browser) => interactions.view(suite.authority(), browser, handle));
    expect(step).toMatchObject({ step: 'password', offersPasskey: true });
    const account = (await users.findIn(suite.tenant.id, user.id))!;
    const proof = { user: account, requestId: handle, method: 'passkey', amr: ['hwk', 'mfa'] } as const;
    const ticket = await signInTickets.issue(suite.tenant, proof);
    await jar.use((browser) => interactionSteps.submitTicket(suite.authority(), browser, handle, { ticket }));
    expect(await suite.payloadOf(await suite.resume(jar, handle))).toMatchObject({ userId: user.id, acr: 'phr' });
    // The session fulfils the next request.
    expect(paramsOf(await suite.begin(jar, ESSENTIAL))).toHaveProperty('code');
  });

  it('is refused after a password alone, and after a code', async () => {
    const user = await TestUser.create(suite.world, suite.client);
    const jar = new CookieJar();
    const handle = await suite.ask(jar, ESSENTIAL);
    await suite.typePassword(jar, handle, user);
    expect(await errorOf(jar, handle)).toBe(UNMET);
    const coded = await suite.signedIn({ acr: '2fa', amr: ['pwd', 'otp', 'mfa'] });
    expect(await errorOf(coded.jar, await suite.ask(coded.jar, ESSENTIAL))).toBe(UNMET);
    expect(paramsOf(await suite.begin(coded.jar, { ...ESSENTIAL, prompt: 'none' }))['error']).toBe(UNMET);
  });

  it('is refused where the tenant turns passkeys off while its pages are open', async () => {
    const user = await TestUser.create(suite.world, suite.client);
    const jar = new CookieJar();
    const handle = await suite.ask(jar, ESSENTIAL);
    await set(false);
    await suite.typePassword(jar, handle, user);
    expect(await errorOf(jar, handle)).toBe(UNMET);
    await set(true);
  });

  it('is granted with less where the class is only wished', async () => {
    const { jar } = await suite.signedIn();
    expect(await suite.payloadOf(await suite.begin(jar, { acr_values: 'phr' }))).toMatchObject({ acr: '1fa' });
  });
});
