import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // The page itself is served at /graphql, what it loads under /assets/ (src/server/graphiql.ts).
  base: '/assets/graphiql/',
  build: {
    outDir: '../../dist/web/graphiql',
    emptyOutDir: true,
    // The editor is 3 MB whichever way it is cut; it is loaded once from the machine next door.
    chunkSizeWarningLimit: 8_000,
    reportCompressedSize: false,
    assetsDir: '.',
    rolldownOptions: {
      // Dozens of React packages carry "use client", which means nothing to a bundle for the browser.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
