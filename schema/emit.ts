import { readFile, writeFile } from 'node:fs/promises';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLSchema, lexicographicSortSchema } from 'graphql';
import { buildPlainSchema } from './build.ts';

const HEAD =
  '# Emitted by `npm run schema:emit`; CI fails when it differs from the code.\n' +
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])\n\n';

/** The SDL that is committed: sorted, with directives and descriptions. */
function emitSdl(schema: GraphQLSchema): string {
  return `${HEAD}${printSchemaWithDirectives(lexicographicSortSchema(schema)).trim()}\n`;
}

const FILE = new URL('./schema.graphql', import.meta.url.replace('/dist/', '/'));

/** `npm run schema:emit` writes the file; with `--check` it only compares, and fails when they differ. */
async function main(): Promise<void> {
  const sdl = emitSdl(await buildPlainSchema());
  if (!process.argv.includes('--check')) {
    await writeFile(FILE, sdl);
    return;
  }
  if ((await readFile(FILE, 'utf8')) !== sdl) {
    process.stderr.write('schema/schema.graphql differs from the code; run "npm run schema:emit".\n');
    process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) await main();
