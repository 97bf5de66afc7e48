import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // The worker is found beside the module, wherever an application puts both.
  base: './',
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/zero-knowledge',
    emptyOutDir: true,
    reportCompressedSize: false,
    assetsDir: '.',
    modulePreload: false,
    rolldownOptions: {
      input: { index: 'index.ts' },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js' },
    },
  },
});
