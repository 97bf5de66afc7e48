import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_POLICY } from '../../../src/server/http/page-policies.ts';
import { openBrowser } from '../../support/browser.ts';
import { ROOT } from '../../support/started.ts';
import { findViolations, focused, NOTHING, openWatched, type WatchedPage } from '../sign-in/watched-page.ts';

const PICTURES = join(ROOT, 'test-results/image-parts');
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

let folder: string;
let files: string;
let server: Server;
let browser: Browser;
let opened: WatchedPage;
let page: Page;

function answer(path: string, response: ServerResponse): void {
  const file = join(folder, path === '/' ? 'index.html' : path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': TYPES[extname(file)], 'Content-Security-Policy': PAGE_POLICY });
  response.end(readFileSync(file));
}

/** As `scripts/build.mjs` does, in a process of its environment: Vite takes React for development where `NODE_ENV` is that of tests. */
function buildPage(): void {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = [
    'build',
    import.meta.dirname,
    '--outDir',
    folder,
    '--emptyOutDir',
    '--assetsDir',
    '.',
    '--logLevel',
    'warn',
  ];
  execFileSync(process.execPath, [vite, ...args], { stdio: 'pipe', env: { ...process.env, NODE_ENV: 'production' } });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idgraph-image-parts-'));
  files = mkdtempSync(join(tmpdir(), 'idgraph-images-'));
  mkdirSync(PICTURES, { recursive: true });
  buildPage();
  server = createServer((request, response) => answer(new URL(request.url!, 'http://x').pathname, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await openBrowser();
});
afterEach(() => opened.context.close());
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  for (const made of [folder, files]) rmSync(made, { recursive: true, force: true });
});

async function open(query = ''): Promise<void> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  opened = await openWatched(browser, origin);
  page = opened.page;
  await page.goto(`${origin}/${query}`);
  await page.locator('.pattern').waitFor();
}

/** What the form would send. */
const readValue = (name: string): Promise<unknown> => page.evaluate(`new FormData(document.forms[0]).get('${name}')`);
const joined = (): Promise<unknown> => readValue('pattern');
const point = (row: number, column: number) =>
  page.getByRole('button', { name: new RegExp(`^Row ${row}, column ${column}\\b`) });

async function middleOf(row: number, column: number): Promise<{ readonly x: number; readonly y: number }> {
  const { x, y, width, height } = (await point(row, column).boundingBox())!;
  return { x: x + width / 2, y: y + height / 2 };
}

/** Moves the pressed pointer from point to point. @param steps How many moves the browser reports on each way. */
async function draw(points: readonly (readonly [row: number, column: number])[], steps: number): Promise<void> {
  const [first, ...others] = await Promise.all(points.map(([row, column]) => middleOf(row, column)));
  await page.mouse.move(first!.x, first!.y);
  await page.mouse.down();
  for (const { x, y } of others) await page.mouse.move(x, y, { steps });
  await page.mouse.up();
}

describe('a pattern', () => {
  it('is drawn in one stroke, each point once', async () => {
    await open();
    await draw(
      [
        [1, 1],
        [1, 3],
        [2, 3],
        [1, 3],
      ],
      10,
    );
    expect(await joined()).toBe('0-1-2-5');
    await page.mouse.move(0, 0);
    expect(await joined()).toBe('0-1-2-5');
  });

  it('has every point that a quick stroke passes over', async () => {
    await open('?side=4');
    await draw(
      [
        [1, 1],
        [1, 4],
        [4, 4],
      ],
      1,
    );
    expect(await joined()).toBe('0-1-2-3-7-11-15');
  });

  it('is pressed point by point, and the last one is taken back when it is pressed again', async () => {
    await open();
    for (const [row, column] of [
      [1, 1],
      [3, 3],
      [2, 2],
      [1, 1],
    ] as const)
      await point(row, column).click();
    expect(await joined()).toBe('0-8-4');
    await point(2, 2).click();
    expect(await joined()).toBe('0-8');
    await page.getByRole('button', { name: 'Begin again' }).click();
    expect(await joined()).toBe('');
  });

  it('is not changed by another button of the mouse, or beside the points', async () => {
    await open();
    await point(1, 1).click({ button: 'right' });
    const { x, y, width } = (await page.locator('.grid').boundingBox())!;
    await page.mouse.click(x + width / 3, y + width / 3);
    expect(await joined()).toBe('');
  });

  it('is chosen by keys alone, and has one stop on the way of the Tab key', async () => {
    await open();
    await page.locator('#image').focus();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Row 1, column 1');
    for (const key of ['Space', 'ArrowRight', 'Enter', 'ArrowDown', 'Space', 'ArrowDown', 'ArrowDown', 'Space'])
      await page.keyboard.press(key);
    expect(await joined()).toBe('0-1-4-7');
    expect(await focused(page)).toBe('Row 3, column 2, joined as number 4');
    await page.keyboard.press('Space');
    await page.keyboard.press('Backspace');
    expect(await joined()).toBe('0-1');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Begin again');
  });

  it('says to screen readers what is joined', async () => {
    await open();
    const group = page.getByRole('group', { name: 'Your pattern' });
    expect(await group.getByRole('button').count()).toBe(9);
    await point(2, 2).click();
    await point(2, 3).click();
    expect(await page.getByRole('button', { name: 'Row 2, column 3, joined as number 2', pressed: true }).count()).toBe(
      1,
    );
    expect(await group.getByRole('button', { pressed: false }).count()).toBe(7);
    expect(await page.getByRole('status').textContent()).toBe('Points joined: 2');
  });

  it('is chosen by clicks that no pointer makes, as those of screen readers', async () => {
    await open();
    await page.evaluate(`for (const at of [3, 4, 5]) document.querySelector('[data-point="' + at + '"]').click()`);
    expect(await joined()).toBe('3-4-5');
  });
});

describe('an image', () => {
  /** A file of the disk, whose type the browser takes from its name. */
  async function give(name: string, bytes: number): Promise<void> {
    const file = join(files, name);
    writeFileSync(file, '');
    truncateSync(file, bytes);
    await page.setInputFiles('#image', file);
  }
  const image = (): Promise<unknown> => readValue('image');
  const describedBy = () => page.getByLabel('Your image');

  it('is a file of a picture, or of a type that the system does not know', async () => {
    await open();
    await give('cat.png', 10);
    expect(await image()).toBe('cat.png');
    await give('cat.unknown-type', 10);
    expect(await image()).toBe('cat.unknown-type');
    expect(await describedBy().getAttribute('aria-invalid')).toBe('false');
  });

  it.each([
    ['no picture', 'text.pdf', 10, 'This file is not a picture.'],
    ['empty', 'cat.png', 0, 'This file is empty.'],
    ['too large', 'cat.png', 20 * 1024 * 1024 + 1, 'This file has more than 20 MB.'],
  ])('is refused when it is %s', async (_what, name, bytes, fault) => {
    await open();
    await give('before.png', 10);
    await give(name, bytes);
    expect(await image()).toBe('');
    expect(await describedBy().getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#image-fault').textContent()).toBe(fault);
  });
});

describe('the parts in the browser, at 320 and 1280 px, light and dark', () => {
  it.each([
    ['empty', ''],
    ['refused', '?faults'],
    ['four', '?side=4'],
  ])('fit and break neither WCAG 2.2 AA nor the policy of the pages: %s', async (name, query) => {
    await open(query);
    for (const [row, column] of name === 'empty'
      ? []
      : [
          [1, 1],
          [2, 2],
          [2, 3],
        ])
      await point(row!, column!).click();
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(opened.watch).toEqual(NOTHING);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await findViolations(page)).toEqual([]);
        await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
  });
});
