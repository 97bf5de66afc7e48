import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';
import * as documents from './operations.generated.ts';

/** Lists the documents of the page by their SHA-256, so that the server runs them although an operator trusts only listed ones. */
function listDocuments(): Plugin {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const manifest = Object.fromEntries(Object.values(documents).map(({ text }) => [hash(text), text]));
  return {
    name: 'list-documents',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'trusted-documents.json', source: JSON.stringify(manifest, null, 2) });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  // The server puts the state into the page and answers with it at several paths; scripts and styles are served under /ui/.
  base: '/ui/sign-in/',
  plugins: [listDocuments()],
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/web/sign-in',
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsDir: '.',
    // Every browser that the page supports preloads modules without the polyfill.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Ignore "use client", which many React packages contain and which has no effect in a bundle for the browser.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});
