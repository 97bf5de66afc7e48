import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPageDocuments } from '../../../../src/server/http/page-documents.ts';
import { PAGE_POLICY } from '../../../../src/server/http/page-policies.ts';

const BUILT = `<!doctype html><html><head><title>Sign in</title><script type="module" src="/ui/sign-in/a.js"></script></head>
<body><div id="page"></div><script type="application/json" id="state"></script></body></html>`;
const HOSTILE = { page: 'error', message: `</script><!--<script>$& $1 $\` "'\u2028 ä` };

/** What a script reads from the data block. */
const stateIn = (html: string) => {
  const blocks = [...html.matchAll(/<script type="application\/json" id="state">(.*?)<\/script>/gs)];
  expect(blocks).toHaveLength(1);
  expect(blocks[0]![1]).not.toContain('<');
  return JSON.parse(blocks[0]![1]!);
};

describe('pages of web/', () => {
  let folder: string;
  const documentsOf = (html: string) => {
    writeFileSync(join(folder, 'sign-in', 'index.html'), html);
    return createPageDocuments(pathToFileURL(`${folder}/`));
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'idgraph-pages-'));
    mkdirSync(join(folder, 'sign-in'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are the page of their build with the state in a data block, which no value of it ends', () => {
    const { html, policy } = documentsOf(BUILT).render('sign-in', HOSTILE);
    expect(stateIn(html)).toEqual(HOSTILE);
    expect(html.replace(/(id="state">).*?(<\/script>)/s, '$1$2')).toBe(BUILT);
    expect(policy).toBe(PAGE_POLICY);
  });

  it.each([BUILT.replace(/<script type="application.*?script>/, ''), BUILT + BUILT])(
    'do not start without one place for the state',
    (html) => {
      expect(() => documentsOf(html)).toThrow('The page web/sign-in/index.html must have one place for its state.');
    },
  );

  it.each([
    ['sign-in', 'Sign in'],
    ['sign-out', 'Sign out'],
    ['signed-out', 'You are signed out'],
    ['error', 'This did not work'],
    ['__proto__', 'This did not work'],
  ])('without a build show the title of %s and the message as text', (page, title) => {
    const { html, policy } = createPageDocuments(null).render('sign-in', { ...HOSTILE, page });
    expect(stateIn(html)).toEqual({ ...HOSTILE, page });
    expect(html).toContain('<html lang="en">');
    expect(html).toContain(`<title>${title}</title>`);
    expect(html).toContain(`<h1>${title}</h1><p>&lt;/script&gt;&lt;!--&lt;script&gt;$&amp; $1`);
    expect(policy).toBe(PAGE_POLICY);
  });

  it('without a build and without a message say that the pages are not installed', () => {
    const { html } = createPageDocuments(null).render('sign-in', { page: 'sign-in' });
    expect(html).toContain('<p>The pages of this service are not installed.</p>');
  });
});
