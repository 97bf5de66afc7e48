import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { alternativesOf } from '../../schema/directives/requires-scopes.ts';
import { identityErrorOf, isUnexpected } from '../../schema/errors/format.ts';
import type { ScopeAlternatives } from '../../src/access/index.ts';
import { type IdentityError, kernelErrors } from '../../src/kernel/index.ts';
import type { OperationDocument, Variables } from './document.ts';
import { hoistObjects } from './hoist.ts';
import { MissingRoot } from './missing-root.ts';
import { foldRecursiveInputs } from './recursive-inputs.ts';

export type Data = Readonly<Record<string, unknown>>;

/** A document of a dialect, checked against the schema, and compiled when it runs for the first time. */
export interface Operation {
  /** Whether the document is a mutation. */
  readonly isMutation: boolean;
  /** Whether the document has the variable `$tenant`. */
  readonly declaresTenant: boolean;
  /** Whether it has the variable `$issuerKind`. */
  readonly declaresIssuerKind: boolean;
  /** The permissions that each guarded root field requires; they are checked before the operation runs. */
  readonly demands: readonly ScopeAlternatives[];
  /** @param context The context that the host made for this operation. */
  run(context: object, variables: Variables): Promise<ExecutionResult> | ExecutionResult;
  /** Response keys of the root fields that may be null. */
  readonly nullableRoots: readonly string[];
  /** The data of a run. Throws the first error, and NOT_FOUND when a root field is null, because the object does not exist. */
  dataOf(result: ExecutionResult, explain: (error: unknown) => IdentityError): Data;
  /** The data of a run, in which root fields may be null. Throws the first error. */
  lookedUpIn(result: ExecutionResult, explain: (error: unknown) => IdentityError): Data;
}

const NO_OPERATION: Operation = {
  isMutation: false,
  declaresTenant: true,
  declaresIssuerKind: false,
  demands: [],
  nullableRoots: [],
  run: () => ({ data: {} }),
  dataOf: () => ({}),
  lookedUpIn: () => ({}),
};

/** For a row that runs no document. @param actsOnTenant Whether it acts on a tenant. */
export const noOperation = (actsOnTenant: boolean): Operation => ({ ...NO_OPERATION, declaresTenant: actsOnTenant });

/** What was compiled for a schema; everything that serves it runs the same operations. */
const LOADED = new WeakMap<GraphQLSchema, Map<OperationDocument, Operation>>();

/**
 * Checks a document, once for each schema.
 * @throws Error The document does not fit the schema.
 */
export function loadOperation(schema: GraphQLSchema, document: OperationDocument): Operation {
  const known = LOADED.get(schema) ?? new Map<OperationDocument, Operation>();
  LOADED.set(schema, known);
  const operation = known.get(document) ?? compileOperation(schema, document);
  known.set(document, operation);
  return operation;
}

function compileOperation(schema: GraphQLSchema, { name, text }: OperationDocument): Operation {
  const fail = (reason: string) => new Error(`document ${name}: ${reason}`);
  const document = parse(text);
  const definition = getOperationAST(document, name);
  if (definition == null) throw fail('It holds no operation of this name.');
  const faults = validate(schema, document);
  if (faults.length > 0) throw fail(faults.map(({ message }) => message).join(' '));
  const declared = definition.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  const roots = rootsOf(schema, definition);
  const declaresIssuerKind = declared.includes('issuerKind');
  // Without the variable, the default would make rows of other kinds of issuers act on the native issuer.
  if (!declaresIssuerKind && roots.some(({ takesIssuerKind }) => takesIssuerKind))
    throw fail('It does not declare $issuerKind, which its operation takes.');
  return {
    isMutation: definition.operation === OperationTypeNode.MUTATION,
    declaresTenant: declared.includes('tenant'),
    declaresIssuerKind,
    demands: roots.flatMap(({ alternatives }) => (alternatives === null ? [] : [alternatives])),
    run: compilingLate(() => compileRun(schema, document, name)),
    nullableRoots: roots.flatMap(({ key, isNullable }) => (isNullable ? [key] : [])),
    dataOf: (result, explain) => dataOf(result, roots, explain),
    lookedUpIn: succeeded,
  };
}

type Run = Operation['run'];

/** Compiles the operation of a name. @throws Error It cannot be compiled. */
export function compileRun(schema: GraphQLSchema, document: DocumentNode, name: string): Run {
  const hoisted = hoistObjects(schema, document);
  const compilable = foldRecursiveInputs(schema, hoisted.document);
  const compiled = compileQuery<Data, Variables>(compilable.schema, compilable.document, name);
  if (!isCompiledQuery(compiled)) throw new Error(`document ${name}: It cannot be compiled.`);
  return (context, variables) => compiled.query(undefined, context, hoisted.fill(variables));
}

/** Compiles at the first run: a start reads the documents of all dialects, of which a node may run few. */
function compilingLate(compile: () => Run): Run {
  let run: Run | null = null;
  return (context, variables) => {
    run ??= compile();
    return run(context, variables);
  };
}

interface Root {
  readonly key: string;
  readonly alternatives: ScopeAlternatives | null;
  readonly isNullable: boolean;
  readonly takesIssuerKind: boolean;
}

function rootsOf(schema: GraphQLSchema, definition: OperationDefinitionNode): Root[] {
  const type = schema.getRootType(definition.operation) as GraphQLObjectType;
  return definition.selectionSet.selections.map((node) => {
    if (node.kind !== Kind.FIELD) throw new Error('Root fields of a document are written out, not spread.');
    const field = type.getFields()[node.name.value]!;
    return {
      key: (node.alias ?? node.name).value,
      alternatives: alternativesOf(field.astNode),
      isNullable: !isNonNullType(field.type),
      takesIssuerKind: takesIssuerKind(field),
    };
  });
}

/** Whether a root field acts on one kind of issuer: by an argument, or by a member of its input. */
function takesIssuerKind({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name, type }) => {
    const input = getNamedType(type);
    return name === 'issuerKind' || (isInputObjectType(input) && Object.hasOwn(input.getFields(), 'issuerKind'));
  });
}

function dataOf(result: ExecutionResult, roots: readonly Root[], explain: (error: unknown) => IdentityError): Data {
  const data = succeeded(result, explain);
  for (const { key, isNullable } of roots) if (isNullable && data[key] === null) throw new MissingRoot(key);
  return data;
}

function succeeded(result: ExecutionResult, explain: (error: unknown) => IdentityError): Data {
  const error = result.errors?.[0];
  if (error !== undefined) throw refusalOf(error, result.data === undefined, explain);
  return result.data as Data;
}

/**
 * Translates an error of a run. Before the run only a variable of the wrong type can fail, which is the caller's fault; any
 * other unknown error is a fault of the service.
 */
function refusalOf(error: Error, isBeforeRun: boolean, explain: (error: unknown) => IdentityError): IdentityError {
  const known = identityErrorOf(error);
  if (known !== null) return known;
  if (isBeforeRun && !isUnexpected(error)) return kernelErrors.INVALID_INPUT();
  return explain((error as { originalError?: unknown }).originalError ?? error);
}
