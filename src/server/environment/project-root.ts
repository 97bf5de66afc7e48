/** The folder of `package.json`: three folders up from the sources, four from `dist/`. */
export const PROJECT_ROOT = new URL(
  import.meta.url.includes('/dist/src/server/') ? '../../../../' : '../../../',
  import.meta.url,
);
