import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { CLAIMS, SUBJECT, TestAuthority } from '../support/factor-authority.ts';
import { PASSWORD, SignInService } from '../support/sign-in-service.ts';
import { ROOT } from '../support/started.ts';
import { openWatched } from './sign-in/watched-page.ts';

/** For people to look at. */
const PICTURES = join(ROOT, 'test-results/external-factor');

describe('a second factor for Microsoft Entra, at the started service in Chromium', () => {
  let browser: Browser;
  let service: SignInService;
  let entra: TestAuthority;
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    entra = await TestAuthority.start();
    browser = await openBrowser();
    service = await SignInService.start({}, { ENTRA_AUTHORITIES: entra.template });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await entra?.close();
  });

  it('is asked for by a form of another site, proved on the pages, and posted back', async () => {
    const { tenant, client } = await service.tenant(
      {},
      {
        clientId: 'entra',
        name: 'Microsoft Entra',
        redirects: [{ uri: entra.answerAddress }],
        specialFlow: entra.flow(),
      },
    );
    const { nextCode } = await service.totpUser(tenant);
    const issuer = `${service.origin}/api/flows/microsoft-mfa/${tenant.name}`;
    const fields = {
      client_id: client.clientId,
      redirect_uri: entra.answerAddress,
      response_type: 'id_token',
      response_mode: 'form_post',
      scope: 'openid',
      state: '"><b>st',
      nonce: 'n-1',
      claims: CLAIMS.replaceAll('"', '&quot;'),
      id_token_hint: await entra.hint({
        iat: Math.floor(service.time.wall() / 1000),
        claims: { preferred_username: 'alice' },
      }),
    };
    const inputs = Object.entries({ ...fields, state: fields.state.replaceAll('"', '&quot;') }).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    entra.page = `<!doctype html><html lang="en"><title>Entra</title>
      <form method="post" action="${issuer}/authorize">${inputs.join('')}<button>More information required</button></form>`;
    const { page, context, watch } = await openWatched(browser, service.origin, entra.origin);
    await page.goto(entra.origin);
    await page.getByRole('button').click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    await page.screenshot({ path: join(PICTURES, 'password.png'), fullPage: true });
    expect(await page.getByLabel('User name or e-mail').inputValue()).toBe('alice');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Continue', exact: true }).waitFor();
    await page.screenshot({ path: join(PICTURES, 'code.png'), fullPage: true });
    await page.getByRole('textbox').fill(nextCode());
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForURL(entra.answerAddress);
    await page.screenshot({ path: join(PICTURES, 'answered.png'), fullPage: true });
    const [answer, ...others] = entra.answers.map((form) => Object.fromEntries(form));
    expect([Object.keys(answer!), answer!['state'], others]).toEqual([['id_token', 'state'], fields.state, []]);
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(answer!['id_token']!, keys, {
      issuer,
      audience: 'entra',
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ sub: SUBJECT, nonce: 'n-1', acr: 'possessionorinherence', amr: ['otp'] });
    expect({ reports: watch.reports, foreign: watch.foreign, logged: service.logged }).toEqual({
      reports: [],
      foreign: [],
      logged: [],
    });
    await context.close();
  });
});
