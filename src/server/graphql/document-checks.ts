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

/** One of our refusals as GraphQL carries it. */
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

/** A number in the place of an `ID` becomes a text, and one that was rounded the id of something else. */
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
 * What every operation passes before it is executed, over HTTP and WebSocket alike: the limits first, then validation. The
 * time that validation takes grows with the square of what is repeated, and anybody may send documents.
 */
export class DocumentChecks {
  readonly #schema: GraphQLSchema;
  readonly #limits: GraphqlLimits;
  /** Documents without a fault, as long as somebody keeps them; those with one are checked each time. */
  readonly #sound = new WeakSet<DocumentNode>();

  constructor(schema: GraphQLSchema, limits: GraphqlLimits) {
    this.#schema = schema;
    this.#limits = limits;
  }

  /**
   * Everything that is wrong with a document, or the first limit it exceeds; empty when it may be executed.
   * @param operation Absent when the request does not tell which one; its cost then does not matter.
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
