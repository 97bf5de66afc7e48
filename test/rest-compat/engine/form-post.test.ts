import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFormPost } from '../../../rest-compat/engine/form-post.ts';
import { readBody } from '../../../rest-compat/engine/index.ts';
import { openBrowser } from '../../support/browser.ts';
import { RestClient } from '../../support/rest.ts';

const FIELDS = [
  { name: 'code', value: '"></form><script>document.title = "hacked"</script>' },
  { name: 'state', value: `${'ä&= '.repeat(1024)}\r\n'` },
  { name: 'submit', value: 'a field that hides the method of the form' },
];

describe('the page of Form Post Response Mode in Chromium', () => {
  let browser: Browser;
  let application: RestClient;
  let service: RestClient;
  const received: [string, string, string][] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    application = await RestClient.serve(async (ctx) => {
      if (ctx.method === 'POST')
        received.push([ctx.path, ctx.get('Content-Type'), (await readBody(ctx.req, 100_000)).toString('utf8')]);
      ctx.type = 'html';
      ctx.body = '<title>Received</title>';
    });
    service = await RestClient.serve((ctx) => {
      const { html, policy } = makeFormPost({
        action: `http://127.0.0.1:${application.port}/cb?x=1`,
        fields: FIELDS,
      });
      ctx.set('Content-Security-Policy', policy);
      ctx.type = 'html';
      ctx.body = html;
    });
  });
  afterAll(async () => {
    await browser?.close();
    await application?.close();
    await service?.close();
  });

  const open = async (javaScriptEnabled: boolean) => {
    received.length = 0;
    const page = await browser.newPage({ javaScriptEnabled });
    const logged: string[] = [];
    page.on('console', (message) => logged.push(message.text()));
    await page.goto(`http://localhost:${service.port}/`);
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`http://127.0.0.1:${application.port}/cb?x=1`);
    expect([await page.title(), logged]).toEqual(['Received', []]);
    await page.close();
    return received;
  };

  it.each([
    ['posts the fields as they are to another origin, once and by itself', true],
    ['posts them by a button where scripts are off', false],
  ])('%s', async (_, isScripted) => {
    const sent = await open(isScripted);
    expect(sent.map(([path, type]) => [path, type])).toEqual([['/cb', 'application/x-www-form-urlencoded']]);
    expect([...new URLSearchParams(sent[0]![2])]).toEqual(FIELDS.map(({ name, value }) => [name, value]));
  });
});
