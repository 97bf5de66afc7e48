import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  specifiedRules,
  validate,
} from 'graphql';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import {
  hasInexactNumber,
  hasMoreItems,
  type IdentityError,
  invalidField,
  kernelErrors,
  nestsDeeper,
} from '../../kernel/index.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';
import { costFault, hasConstantCost } from './document-cost.ts';
import { FRAGMENTS, repeatsOf } from './document-repeats.ts';
import { shapeFaults } from './document-shape.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Wraps a refusal of the service in a GraphQL error. */
function refused(originalError: IdentityError | null): readonly GraphQLError[] {
  return originalError === null ? [] : [new GraphQLError(originalError.message, { originalError })];
}

function repeatsFault(limits: GraphqlLimits, document: DocumentNode): IdentityError | null {
  const { name, count } = repeatsOf(document, limits.tokens);
  if (count <= limits.repeats) return null;
  const times = Number.isFinite(count) ? `${count} times` : 'too often to be counted';
  const what = name === FRAGMENTS ? 'spreads fragments' : `writes "${name}"`;
  return requestErrors.DOCUMENT_REPEATS_EXCEEDED({
    message: `The document ${what} ${times} at one place; at most ${limits.repeats} times are allowed.`,
  });
}

/** Levels of a variable: inputs that contain themselves are read level by level, and would overflow the stack at some thousands. */
const MAX_VARIABLE_LEVELS = 200;
/** Items of all lists in a variable. Fields look at each of them, several times and under each alias, before a service bounds them. */
const MAX_LIST_ITEMS = 10_000;

/**
 * Refuses variables with too many levels, lists with too many items, and numbers beyond 2^53 - 1. GraphQL accepts a number for an
 * `ID`, and JSON parsing has rounded it, so it would be the id of another object.
 */
function variablesFault(variables: Variables): IdentityError | null {
  const deep = Object.keys(variables).find((name) => nestsDeeper(variables[name], MAX_VARIABLE_LEVELS));
  if (deep !== undefined)
    return invalidField(`variables.${deep}`, 'VALUE_TOO_DEEP', `A variable has at most ${MAX_VARIABLE_LEVELS} levels.`);
  const long = Object.keys(variables).find((name) => hasMoreItems(variables[name], MAX_LIST_ITEMS));
  if (long !== undefined)
    return invalidField(
      `variables.${long}`,
      'LIST_TOO_LONG',
      `The lists in a variable have at most ${MAX_LIST_ITEMS} items.`,
    );
  const names = Object.keys(variables).filter((name) => hasInexactNumber(variables[name]));
  if (names.length === 0) return null;
  const message = 'Whole numbers are exact up to 2^53 - 1; send a larger one as a text.';
  return kernelErrors.INVALID_INPUT({
    message,
    fields: names.map((name) => ({ path: `variables.${name}`, code: 'NUMBER_NOT_EXACT', message })),
  });
}

/** What is wrong with a request. */
export interface CheckedRequest {
  /** All faults of the document, or the first limit that it exceeds; empty when the operation may be executed. */
  readonly faults: readonly GraphQLError[];
  /** Whether every other request with the document has these faults too. */
  readonly isFinal: boolean;
}

const SOUND: CheckedRequest = { faults: [], isFinal: false };

const refuse = (faults: readonly GraphQLError[], isFinal: boolean): CheckedRequest | null =>
  faults.length === 0 ? null : { faults, isFinal };

/**
 * The checks of every operation before it is executed, over HTTP and WebSocket: first the limits, then validation. The limits
 * come first because the time of validation grows with the square of the repetitions in a document, and callers without a token
 * may send documents too.
 */
export class DocumentChecks {
  readonly #schema: GraphQLSchema;
  readonly #limits: GraphqlLimits;
  readonly #onValidated: () => void;
  /** Documents without a fault, as long as they are referenced elsewhere. `ClientDocuments` remembers those with one. */
  readonly #sound = new WeakSet<DocumentNode>();

  /** @param onValidated Called for each document that is compared with the schema. */
  constructor(schema: GraphQLSchema, limits: GraphqlLimits, onValidated: () => void = () => undefined) {
    this.#schema = schema;
    this.#limits = limits;
    this.#onValidated = onValidated;
  }

  /**
   * @param operation Absent when the request does not name one that exists; then the cost is not computed, because nothing is
   *   executed.
   */
  check(
    document: DocumentNode,
    operation: OperationDefinitionNode | null | undefined,
    variables: Variables,
  ): CheckedRequest {
    const ofRequest = () =>
      refuse(refused(variablesFault(variables)), false) ?? this.#checkCost(document, operation, variables);
    if (this.#sound.has(document)) return ofRequest() ?? SOUND;
    const checked =
      refuse(shapeFaults(this.#limits, document), true) ??
      ofRequest() ??
      refuse(refused(repeatsFault(this.#limits, document)), true) ??
      refuse(this.#validate(document), true);
    if (checked !== null) return checked;
    this.#sound.add(document);
    return SOUND;
  }

  #checkCost(
    document: DocumentNode,
    operation: OperationDefinitionNode | null | undefined,
    variables: Variables,
  ): CheckedRequest | null {
    if (operation == null) return null;
    const fault = costFault(this.#limits, this.#schema, document, operation, variables);
    // Another operation of the document may cost less, and so may this one with other variables.
    return refuse(refused(fault), fault !== null && hasConstantCost(operation) && hasOneOperation(document));
  }

  #validate(document: DocumentNode): readonly GraphQLError[] {
    this.#onValidated();
    return validate(this.#schema, document, specifiedRules, { hideSuggestions: true }).map(
      ({ message, nodes = null, source = null, positions = null }) =>
        new GraphQLError(message, { nodes, source, positions, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }),
    );
  }
}

const hasOneOperation = ({ definitions }: DocumentNode): boolean =>
  definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1;
