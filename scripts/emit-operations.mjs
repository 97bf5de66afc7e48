/**
 * `npm run operations:emit`, after a change of the schema or of a document: writes a typed value per GraphQL document of each
 * folder below, into one file beside the folder. `npm run operations:check` only compares, and fails when a file differs.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import {
  buildASTSchema,
  Kind,
  parse,
  stripIgnoredCharacters,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SCHEMA = 'schema/client.graphql';
const ENGINE = 'rest-compat/engine/index.ts';
const FOLDERS = [
  ...readdirSync(join(ROOT, 'rest-compat'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `rest-compat/${name}/operations`)
    .filter((folder) => existsSync(join(ROOT, folder))),
  'test/rest-compat/engine/operations',
];
/** Documents of pages: their values have no hash, because the build writes a list of hashes for the server. */
const PAGE_FOLDERS = ['web/sign-in/operations'];

/** Types of scalars inside the process: as a variable (input) and in data (output). */
const SCALARS = {
  ID: 'string',
  SafeInt: 'number',
  DateTime: { input: 'Date | string', output: 'string' },
  JSONObject: 'Readonly<Record<string, unknown>>',
};

const CONFIG = {
  scalars: SCALARS,
  strictScalars: true,
  immutableTypes: true,
  skipTypename: true,
  enumType: 'string-literal',
  arrayInputCoercion: false,
  maybeValue: 'T | null',
  // An undefined variable counts as absent.
  inputMaybeValue: 'T | null | undefined',
  omitOperationSuffix: true,
  inlineFragmentTypes: 'combine',
  operationResultSuffix: 'Data',
};

const ROOT_TYPES = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * The schema for the types of rows: the translation engine throws the first error, and NOT_FOUND when a root field is null, so
 * root fields in data are never null. The generated files have no descriptions.
 */
function readSchema() {
  const plain = visit(parse(readFileSync(join(ROOT, SCHEMA), 'utf8')), {
    enter: ({ description, ...node }) => (description === undefined ? undefined : node),
  });
  return visit(plain, {
    ObjectTypeDefinition: (node) =>
      ROOT_TYPES.has(node.name.value) ? { ...node, fields: node.fields.map(requireField) } : undefined,
  });
}

const requireField = (field) =>
  field.type.kind === Kind.NON_NULL_TYPE ? field : { ...field, type: { kind: Kind.NON_NULL_TYPE, type: field.type } };

const FRAGMENT = '.fragment.graphql';
/** Documents of other folders may spread their fragments too. */
const SHARED_FOLDERS = ['rest-compat/oidc/operations', 'rest-compat/realms/operations'];

const readFiles = (folder) =>
  readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.graphql'))
    .sort();

const readFragments = (folder) =>
  readFiles(folder)
    .filter((file) => file.endsWith(FRAGMENT))
    .map((file) => [file.slice(0, -FRAGMENT.length), readFileSync(join(ROOT, folder, file), 'utf8')]);

function readDocuments(folder) {
  const fragments = new Map([...SHARED_FOLDERS, folder].flatMap(readFragments));
  return readFiles(folder)
    .filter((file) => !file.endsWith(FRAGMENT))
    .map((file) => {
      const location = `${folder}/${file}`;
      const source = readFileSync(join(ROOT, location), 'utf8');
      const [definition, ...others] = parse(source).definitions;
      if (definition?.kind !== Kind.OPERATION_DEFINITION || definition.name === undefined || others.length > 0)
        throw new Error(`${location}: It has to hold one operation with a name.`);
      const whole = [source, ...findFragments(source, fragments)].join('\n');
      return { location, document: parse(whole), name: definition.name.value, text: stripIgnoredCharacters(whole) };
    });
}

/** The fragments that a text spreads, and those that they spread; `Step` stands in `step.fragment.graphql`. */
function findFragments(text, fragments, found = new Set()) {
  visit(parse(text), {
    FragmentSpread: ({ name: { value } }) => {
      const fragment = fragments.get(value.toLowerCase());
      if (fragment === undefined || found.has(fragment)) return;
      found.add(fragment);
      findFragments(fragment, fragments, found);
    },
  });
  return found;
}

/** The declarations of types, one per line, without the internal ones of the plugin. */
async function declareTypes(schema, documents, filename) {
  const text = await codegen({
    schema,
    documents,
    filename,
    pluginMap: { typescriptOperations },
    plugins: [{ typescriptOperations: CONFIG }],
    config: {},
    skipDocumentsValidation: true,
  });
  return text
    .split(/^(?=(?:export )?type )/m)
    .slice(1)
    .map((statement) =>
      statement
        .replace(/^\/\*\*.*\*\/$/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((statement) => !/^(?:export )?type (?:Exact|Incremental)</.test(statement))
    .map((statement) => statement.replace(/= Exact<(.*)>;$/, '= $1;').replace('= | ', '= '));
}

/** The codes that the fields of a document declare with `@errors`, in the order of the document. */
function readErrors(built, document) {
  const info = new TypeInfo(built);
  const codes = new Set();
  const addCodes = () => {
    const directive = info.getFieldDef()?.astNode?.directives.find(({ name }) => name.value === 'errors');
    for (const code of directive?.arguments[0].value.values ?? []) codes.add(code.value);
  };
  visit(document, visitWithTypeInfo(info, { Field: addCodes }));
  return [...codes];
}

const quote = (code) => `'${code}'`;

function declareErrors({ name, errors }) {
  return `export type ${name}Errors = ${errors.length === 0 ? 'never' : errors.map(quote).join(' | ')};`;
}

function declareValue({ name, text, errors }) {
  const hash = createHash('sha256').update(text).digest('hex');
  const codes = `errors: [${errors.map(quote).join(', ')}]`;
  const members = [`name: '${name}'`, `hash: '${hash}'`, `text: ${JSON.stringify(text)}`, codes];
  const types = ['Data', 'Variables', 'Errors'].map((part) => `${name}${part}`);
  return `export const ${name}: OperationDocument<${types.join(', ')}> = { ${members.join(', ')} };`;
}

const HEADER = `// Written by \`npm run operations:emit\` from ${SCHEMA} and operations/*.graphql; CI fails when it differs.`;

/** @throws Error A document does not match the schema; the message names every fault. */
async function readOperations(folder) {
  const schema = readSchema();
  const documents = readDocuments(folder);
  const built = buildASTSchema(schema);
  const faults = documents.flatMap(({ location, document }) =>
    validate(built, document).map(({ message }) => `${location}: ${message}`),
  );
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return {
    values: documents.map((one) => ({ ...one, errors: readErrors(built, one.document) })),
    // Documents that share a fragment declare its type each.
    types: [...new Set(await declareTypes(schema, documents, `${folder}.generated.ts`))],
  };
}

/** @throws Error A document does not match the schema; the message names every fault. */
export async function emitOperations(folder) {
  const { types, values } = await readOperations(folder);
  const engine = posix.relative(dirname(folder), ENGINE);
  const lines = [
    HEADER,
    `import type { OperationDocument } from '${engine.startsWith('.') ? engine : `./${engine}`}';`,
    ...types,
    ...values.map(declareErrors),
    ...values.map(declareValue),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Documents of a page: the text that it sends, with the types of variables and data, and one type of all codes, for which the
 * page needs texts.
 * @throws Error A document does not match the schema; the message names every fault.
 */
export async function emitPageOperations(folder) {
  const { types, values } = await readOperations(folder);
  const codes = [...new Set(values.flatMap(({ errors }) => errors))].sort();
  const lines = [
    HEADER,
    "import type { PageDocument } from './graph.ts';",
    ...types,
    `export type DeclaredCode = ${codes.length === 0 ? 'never' : codes.map(quote).join(' | ')};`,
    ...values.map(
      ({ name, text }) =>
        `export const ${name}: PageDocument<${name}Data, ${name}Variables> = { text: ${JSON.stringify(text)} };`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

async function main() {
  const isCheck = process.argv.includes('--check');
  for (const folder of [...FOLDERS, ...PAGE_FOLDERS]) {
    const file = `${folder}.generated.ts`;
    const text = await (PAGE_FOLDERS.includes(folder) ? emitPageOperations : emitOperations)(folder);
    if (!isCheck) writeFileSync(join(ROOT, file), text);
    else if (readIfThere(join(ROOT, file)) !== text) {
      process.stderr.write(`${file} differs from its documents; run "npm run operations:emit".\n`);
      process.exitCode = 1;
    }
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
