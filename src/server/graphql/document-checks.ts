import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  specifiedRules,
  validate,
} from 'graphql';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import { hasInexactNumber, type IdentityError, kernelErrors } from '../../kernel/index.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';
import { costFault } from './document-cost.ts';
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

/**
 * Refuses numbers beyond 2^53 - 1. GraphQL accepts a number for an `ID`, and JSON parsing has rounded it, so it would be the id
 * of another object.
 */
function variablesFault(variables: Variables): IdentityError | null {
  const names = Object.keys(variables).filter((name) => hasInexactNumber(variables[name]));
  if (names.length === 0) return null;
  const message = 'Whole numbers are exact up to 2^53 - 1; send a larger one as a text.';
  return kernelErrors.INVALID_INPUT({
    message,
    fields: names.map((name) => ({ path: `variables.${name}`, code: 'NUMBER_NOT_EXACT', message })),
  });
}

/**
 * The checks of every operation before it is executed, over HTTP and WebSocket: first the limits, then validation. The limits
 * come first because the time of validation grows with the square of the repetitions in a document, and callers without a token
 * may send documents too.
 */
export class DocumentChecks {
  readonly #schema: GraphQLSchema;
  readonly #limits: GraphqlLimits;
  /** Documents without a fault, as long as they are referenced elsewhere; documents with a fault are checked each time. */
  readonly #sound = new WeakSet<DocumentNode>();

  constructor(schema: GraphQLSchema, limits: GraphqlLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /**
   * All faults of a document, or the first limit that it exceeds; empty when it may be executed.
   * @param operation Absent when the request does not name one that exists; then the cost is not computed, because nothing is
   *   executed.
   */
  faultsOf(
    document: DocumentNode,
    operation: OperationDefinitionNode | null | undefined,
    variables: Variables,
  ): readonly GraphQLError[] {
    const isSound = this.#sound.has(document);
    const steps = [
      ...(isSound ? [] : [() => shapeFaults(this.#limits, document)]),
      () => refused(variablesFault(variables)),
      () => (operation == null ? [] : refused(costFault(this.#limits, this.#schema, document, operation, variables))),
      ...(isSound ? [] : [() => refused(repeatsFault(this.#limits, document)), () => this.#validate(document)]),
    ];
    for (const step of steps) {
      const faults = step();
      if (faults.length > 0) return faults;
    }
    this.#sound.add(document);
    return [];
  }

  #validate(document: DocumentNode): readonly GraphQLError[] {
    return validate(this.#schema, document, specifiedRules, { hideSuggestions: true }).map(
      ({ message, nodes = null, source = null, positions = null }) =>
        new GraphQLError(message, { nodes, source, positions, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }),
    );
  }
}
