import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledOperation, OperationCompiler } from '../../../schema/compiled/index.ts';
import { sha256 } from '../../crypto/index.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';
import type { Metrics } from '../http/metrics.ts';
import { DocumentChecks } from './document-checks.ts';

/** Most documents that are kept after their first use, and that are kept compiled. */
const MAX_DOCUMENTS = 1_000;
/** Most bytes of documents used once: a tree of 200 characters takes 20 KB. */
const MAX_BYTES_USED_ONCE = 16_777_216;
/** Most bytes of documents used more often: with code for 15 fields, one takes 50 KB. */
const MAX_BYTES_USED_OFTEN = 50_331_648;
/*
 * Measured on the heap: a syntax tree takes 4 KB and 90 bytes for each character of a document without blanks, because it holds
 * every token; compiled code takes 10 KB and up to 3.2 KB for each field.
 */
const BYTES_PER_DOCUMENT = 14_000;
const BYTES_PER_CHARACTER = 90;
const BYTES_PER_FIELD = 3_200;
/** Most bytes of remembered refusals. Each has the hash of its document and its errors, with the places, but no text and no tree. */
const MAX_REFUSED_BYTES = 4_194_304;
/** An error with its stack, without its message. */
const BYTES_PER_ERROR = 2_000;

export interface ClientDocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: GraphqlLimits;
  readonly metrics: Pick<Metrics, 'graphqlDocuments'>;
}

/** A document that may be executed, and what is known about it. */
interface Known {
  readonly hash: string;
  readonly document: DocumentNode;
  readonly characters: number;
  uses: number;
  /** Fields that code was written for. */
  fields: number;
  /** Null when graphql-js has to execute it; undefined before it was tried. */
  compiled: CompiledOperation | null | undefined;
}

/** What is left of a document that no request may execute. */
interface Refused {
  /** The names of its operations, without their fields. */
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

/** An operation to execute. */
export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  readonly context: object;
}

export const hashDocument = (text: string): string => sha256(text).toString('hex');

/**
 * The documents that clients send, over HTTP and WebSocket. Each text is parsed, measured and validated once; from its second use
 * it is executed as compiled code. Three bounded stores keep them, by the SHA-256 of the text:
 * - documents used once: 1,000, 16 MB; a flood of documents that are never sent again pushes out only these;
 * - documents used more often: 1,000, 48 MB with their code;
 * - refused ones: 4 MB. They never enter the other two, so a flood of them pushes out no document that may be executed.
 * The schema and the limits are those of the process, so nothing but the bounds drops an entry; the least recently used goes
 * first. What depends on a request (its variables, its caller) is checked for each.
 */
export class ClientDocuments {
  readonly #options: ClientDocumentsOptions;
  readonly #checks: DocumentChecks;
  readonly #compiler: OperationCompiler;
  readonly #usedOnce = createStore(MAX_BYTES_USED_ONCE);
  readonly #usedOften = createStore(MAX_BYTES_USED_OFTEN);
  readonly #refused = new LRUCache<string, Refused>({ maxSize: MAX_REFUSED_BYTES, sizeCalculation: sizeOfRefused });
  readonly #known = new WeakMap<DocumentNode, Known>();
  readonly #errors = new WeakMap<DocumentNode, readonly GraphQLError[]>();

  constructor(options: ClientDocumentsOptions) {
    this.#options = options;
    this.#checks = new DocumentChecks(options.schema, options.limits, () => this.#note('validated'));
    this.#compiler = new OperationCompiler(options.schema);
  }

  /** The document of a text; of a refused one, its operations without their fields. */
  find(hash: string): DocumentNode | undefined {
    const known = this.#usedOften.get(hash) ?? this.#usedOnce.get(hash) ?? this.#refused.get(hash);
    return known?.document;
  }

  /**
   * Parses a text that `find` does not know.
   * @throws GraphQLError The text is not a document, or is too long.
   */
  parse(text: string, hash: string): DocumentNode {
    try {
      const document = parse(text, { maxTokens: this.#options.limits.tokens });
      this.noteParsed();
      return document;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const fault = withCode(error, 'GRAPHQL_PARSE_FAILED');
      this.refuseText(hash, fault);
      throw fault;
    }
  }

  /** Counts a text that was parsed. */
  noteParsed(): void {
    this.#note('parsed');
  }

  #note(step: 'parsed' | 'validated' | 'refused' | 'compiled' | 'not_compiled'): void {
    this.#options.metrics.graphqlDocuments.inc({ step });
  }

  /** Remembers that a text cannot be parsed. */
  refuseText(hash: string, error: GraphQLError): void {
    this.#refuse(hash, { kind: Kind.DOCUMENT, definitions: [] }, [error]);
  }

  /** The faults of a request with a document, over HTTP and WebSocket; empty when it may be executed. */
  faultsOf(
    hash: string,
    document: DocumentNode,
    operation: OperationDefinitionNode | null | undefined,
    variables: Readonly<Record<string, unknown>>,
  ): readonly GraphQLError[] {
    const remembered = this.#errors.get(document);
    if (remembered !== undefined) return remembered;
    const { faults, isFinal } = this.#checks.check(document, operation, variables);
    if (faults.length === 0) this.#use(hash, document);
    else if (isFinal) this.#refuse(hash, document, faults);
    return faults;
  }

  #use(hash: string, document: DocumentNode): void {
    const known = this.#known.get(document) ?? {
      hash,
      document,
      characters: document.loc?.source.body.length ?? 0,
      uses: 0,
      fields: 0,
      compiled: undefined,
    };
    known.uses += 1;
    this.#known.set(document, known);
    if (known.uses === 1) this.#usedOnce.set(hash, known);
    else if (known.uses === 2) {
      this.#usedOnce.delete(hash);
      this.#usedOften.set(hash, known);
    }
  }

  #refuse(hash: string, document: DocumentNode, faults: readonly GraphQLError[]): void {
    this.#note('refused');
    const refused = { document: outlineOf(document), errors: faults.map(lighten) };
    this.#errors.set(refused.document, refused.errors);
    this.#refused.set(hash, refused);
  }

  /** Executes an operation of a document that `faultsOf` accepted: as compiled code when the document was used before. */
  execute(request: OperationRequest): Promise<ExecutionResult> | ExecutionResult {
    const known = this.#known.get(request.document);
    const compiled = known === undefined || known.uses < 2 ? null : this.#runCompiled(known, request);
    if (compiled !== null) return compiled;
    const { document, operationName, variables, context } = request;
    const args = {
      schema: this.#options.schema,
      document,
      contextValue: context,
      variableValues: variables ?? {},
      operationName: operationName ?? null,
    } satisfies ExecutionArgs;
    return execute(args) as Promise<ExecutionResult> | ExecutionResult;
  }

  #runCompiled(
    known: Known,
    { document, operationName, variables, context }: OperationRequest,
  ): Promise<ExecutionResult> | ExecutionResult | null {
    if (known.compiled === undefined) {
      known.compiled = this.#compiler.compile(document);
      this.#note(known.compiled === null ? 'not_compiled' : 'compiled');
    }
    // A name that the document does not have is an error of the request.
    if (known.compiled === null || (operationName != null && !hasOperation(document, operationName))) return null;
    const answer = known.compiled.run(context, variables ?? {});
    if (known.compiled.fields !== known.fields) this.#resize(known, known.compiled.fields);
    return answer;
  }

  #resize(known: Known, fields: number): void {
    known.fields = fields;
    if (this.#usedOften.has(known.hash)) this.#usedOften.set(known.hash, known);
  }
}

const createStore = (maxSize: number) =>
  new LRUCache<string, Known>({
    max: MAX_DOCUMENTS,
    maxSize,
    sizeCalculation: ({ characters, fields }) =>
      BYTES_PER_DOCUMENT + characters * BYTES_PER_CHARACTER + fields * BYTES_PER_FIELD,
  });

const sizeOfRefused = ({ document, errors }: Refused): number =>
  200 * (1 + document.definitions.length) +
  errors.reduce((sum, { message }) => sum + BYTES_PER_ERROR + 2 * message.length, 0);

/** The operations of a document without what they select. */
function outlineOf({ definitions }: DocumentNode): DocumentNode {
  return {
    kind: Kind.DOCUMENT,
    definitions: definitions.flatMap((node) =>
      node.kind === Kind.OPERATION_DEFINITION
        ? [
            {
              kind: node.kind,
              operation: node.operation,
              ...(node.name === undefined ? {} : { name: { kind: Kind.NAME, value: node.name.value } as const }),
              selectionSet: { kind: Kind.SELECTION_SET, selections: [] } as const,
            },
          ]
        : [],
    ),
  };
}

/** The same error without the text and the tree of its document, which would stay in memory with it. */
function lighten({ message, locations, extensions, originalError }: GraphQLError): GraphQLError {
  const { http: _http, ...shown } = extensions;
  const cause = originalError === undefined || originalError instanceof GraphQLError ? {} : { originalError };
  const error = new GraphQLError(message, { ...cause, extensions: shown });
  return locations === undefined
    ? error
    : Object.defineProperty(error, 'locations', { enumerable: true, value: [...locations] });
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes = null, source = null, positions = null, originalError = null } = error;
  return new GraphQLError(message, { nodes, source, positions, originalError, extensions: { code } });
}

const hasOperation = ({ definitions }: DocumentNode, name: string): boolean =>
  definitions.some((node) => node.kind === Kind.OPERATION_DEFINITION && node.name?.value === name);
