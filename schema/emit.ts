import { readFile, writeFile } from 'node:fs/promises';
import { getDocumentNodeFromSchema, printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLSchema, lexicographicSortSchema, type ObjectTypeDefinitionNode, print, visit } from 'graphql';
import { buildPlainSchema } from './build.ts';

const HEAD = '# Emitted by `npm run schema:emit`; CI fails when it differs from the code.\n';
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes", "@shareable"])\n\n';

/** Directives of Apollo Federation. */
const FEDERATION = new Set(['key', 'requiresScopes', 'shareable']);

/** Sorted, with directives and descriptions: for readers. */
function toFullSchema(schema: GraphQLSchema): string {
  return `${HEAD}${LINK}${printSchemaWithDirectives(schema).trim()}\n`;
}

const isNode = ({ interfaces }: ObjectTypeDefinitionNode) =>
  interfaces?.some(({ name }) => name.value === 'Node') === true;

/**
 * For gateways that compose graphs (Apollo Federation 2). Nodes require no permission as types: composition gives an interface
 * what all its types require together, so a gateway would ask every caller of `node` for all of it, and the alternatives
 * multiply with each type. This graph asks for the permission of each node itself.
 */
function toSubgraph(schema: GraphQLSchema): string {
  const document = visit(getDocumentNodeFromSchema(schema), {
    ObjectTypeDefinition: (node) => {
      if (!isNode(node)) return undefined;
      return { ...node, directives: node.directives?.filter(({ name }) => name.value !== 'requiresScopes') };
    },
  });
  return `${HEAD}${LINK}${print(document).trim()}\n`;
}

/** The same schema without the directives of federation, which generators of clients (Relay's compiler) do not know. */
function toClientSchema(schema: GraphQLSchema): string {
  const document = visit(getDocumentNodeFromSchema(schema), {
    DirectiveDefinition: (node) => (FEDERATION.has(node.name.value) ? null : undefined),
    Directive: (node) => (FEDERATION.has(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (node.name.value.startsWith('federation__') ? null : undefined),
  });
  return `${HEAD}${print(document).trim()}\n`;
}

const FILES = [
  ['schema.graphql', toFullSchema],
  ['subgraph.graphql', toSubgraph],
  ['client.graphql', toClientSchema],
] as const;

/** `npm run schema:emit` writes the files; with `--check` it only compares, and fails when they differ. */
async function main(): Promise<void> {
  const schema = lexicographicSortSchema(await buildPlainSchema());
  for (const [name, print] of FILES) {
    const file = new URL(`./${name}`, import.meta.url.replace('/dist/', '/'));
    const sdl = print(schema);
    if (!process.argv.includes('--check')) {
      await writeFile(file, sdl);
    } else if ((await readFile(file, 'utf8')) !== sdl) {
      process.stderr.write(`schema/${name} differs from the code; run "npm run schema:emit".\n`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) await main();
