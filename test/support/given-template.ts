import { copyFile } from 'node:fs/promises';

export { cloneTemplate } from '../support/template.ts';

/**
 * In place of template.ts, the runs of `npm run mutation` take the template that scripts/mutation.mjs made once, of unchanged code,
 * for all its processes.
 */
export async function writeTemplate(path: string): Promise<void> {
  await copyFile(process.env.MUTATION_TEMPLATE ?? '', path);
}
