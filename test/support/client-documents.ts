import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import * as blitz from '../../rest-compat/blitz/operations.generated.ts';
import type { OperationDocument } from '../../rest-compat/engine/index.ts';
import * as oidc from '../../rest-compat/oidc/operations.generated.ts';

/** A document with its name. */
export type NamedDocument = readonly [name: string, text: string];

const ROOT = join(import.meta.dirname, '../..');

const readDialect = (name: string, values: Readonly<Record<string, OperationDocument>>): NamedDocument[] =>
  Object.values(values).map((document) => [`${name} ${document.name}`, document.text]);

/** The documents in the commands of the README. */
function readTour(): NamedDocument[] {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return [...text.matchAll(/"query": ?"((?:[^"\\]|\\.)*)"/g)].map(([, query], at) => [
    `README ${at}`,
    JSON.parse(`"${query}"`) as string,
  ]);
}

/** The documents that clients of this repository send: those of the REST translation, and of the README. */
export const documentsOfClients = (): NamedDocument[] => [
  ...readDialect('blitz', blitz),
  ...readDialect('oidc', oidc),
  ...readTour(),
];

/** Levels of objects that a generated document selects. */
const MAX_DEPTH = 3;

function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, suffix = ''): string {
  if (isLeafType(type)) return '';
  if (isAbstractType(type)) {
    // Fields of equal name may have different types in different objects, so each gets a name that no other has.
    const parts = schema
      .getPossibleTypes(type)
      .map((each) => `... on ${each.name} ${selectionOf(schema, each, MAX_DEPTH, each.name)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).filter(
    (field) =>
      !field.args.some(isRequired) &&
      (isLeafType(getNamedType(field.type)) || (depth < MAX_DEPTH && !isOften(field.name))),
  );
  const parts = fields.slice(0, 30).map(({ name, type: inner }) => {
    const alias = suffix === '' ? '' : `${name}Of${suffix}: `;
    return `${alias}${name} ${selectionOf(schema, getNamedType(inner), depth + 1)}`;
  });
  return `{ __typename ${parts.join(' ')} }`;
}

/** Fields that lead back to large objects. */
const isOften = (name: string): boolean => ['tenant', 'user', 'client'].includes(name);

const isRequired = ({ type, defaultValue }: GraphQLArgument): boolean =>
  isNonNullType(type) && defaultValue === undefined;

function documentOf(schema: GraphQLSchema, kind: string, field: GraphQLField<unknown, unknown>): string {
  const variables = field.args.map(({ name, type }) => `$${name}: ${type}`).join(' ');
  const values = field.args.map(({ name }) => `${name}: $${name}`).join(' ');
  const call = values === '' ? field.name : `${field.name}(${values})`;
  return `${kind} Made${variables === '' ? '' : `(${variables})`} { ${call} ${selectionOf(schema, getNamedType(field.type), 1)} }`;
}

/** A document for each root field of queries and mutations, with a variable for each argument. */
export function documentsOfFields(schema: GraphQLSchema): NamedDocument[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  return roots.flatMap(([kind, type]) =>
    Object.values(type!.getFields()).map(
      (field): NamedDocument => [`${kind} ${field.name}`, documentOf(schema, kind, field)],
    ),
  );
}
