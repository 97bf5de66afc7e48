/** The folder of `package.json`: two folders up from the sources, three from `dist/src/server/`. */
export const PROJECT_ROOT = new URL(
  import.meta.url.includes('/dist/src/server/') ? '../../../' : '../../',
  import.meta.url,
);
