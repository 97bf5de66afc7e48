import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // The page is served at /graphql, its scripts and styles under /assets/ (src/server/graphql/graphiql.ts).
  base: '/assets/graphiql/',
  build: {
    outDir: '../../dist/web/graphiql',
    emptyOutDir: true,
    // Splitting does not help: the editor needs all of its 3 MB, which the browser loads once.
    chunkSizeWarningLimit: 8_000,
    reportCompressedSize: false,
    assetsDir: '.',
    rolldownOptions: {
      // Ignore "use client", which many React packages contain and which has no effect in a bundle for the browser.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
