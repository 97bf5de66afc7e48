import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** What a page must not do: report a breach of its policy, print an error, or ask another origin for something. */
export interface Watch {
  readonly reports: string[];
  readonly errors: string[];
  readonly foreign: string[];
}

/** What a watch has seen of a page without faults. */
export const NOTHING: Watch = { reports: [], errors: [], foreign: [] };

export interface WatchedPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly watch: Watch;
}

/** Scripts of the tests, which the policy of the page does not concern; as text, because they run in the browser. */
const REPORT_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  reportViolation(violatedDirective + ' ' + blockedURI));`;

/**
 * A page of a new browser, which is watched from its first moment.
 * @param origins Where the page may ask for something.
 */
export async function openWatched(browser: Browser, ...origins: readonly string[]): Promise<WatchedPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const watch: Watch = { reports: [], errors: [], foreign: [] };
  await context.exposeFunction('reportViolation', (text: string) => watch.reports.push(text));
  await context.addInitScript({ content: REPORT_VIOLATIONS });
  await context.addInitScript({ content: axe.source });
  await context.route('**/*', (route) => {
    const { origin, protocol, href } = new URL(route.request().url());
    if (!origins.includes(origin) && protocol !== 'data:') watch.foreign.push(href);
    return route.continue();
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') watch.errors.push(message.text());
  });
  page.on('pageerror', (error) => watch.errors.push(error.message));
  return { context, page, watch };
}

/** What axe finds: violations of WCAG 2.2 A and AA, and of its best practices. */
export async function findViolations(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** The name of the element with the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(`{
    const { ariaLabel, labels, textContent } = document.activeElement;
    ariaLabel ?? labels?.[0]?.textContent ?? textContent;
  }`);
