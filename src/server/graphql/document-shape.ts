import { type DocumentNode, type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import type { IdentityError } from '../../kernel/index.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';

/** The measures of an operation with its fragments expanded. */
export interface DocumentShape {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

/** The fragments of a document by name. */
export function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  );
}

type FindFragment = (name: string) => FragmentDefinitionNode | null | undefined;

const EMPTY: DocumentShape = { depth: 0, aliases: 0, directives: 0 };

/** Combines the shapes of sibling selections: counts are added, of depths the largest counts. */
function beside(a: DocumentShape, b: DocumentShape): DocumentShape {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
  };
}

/**
 * Measures selection sets. Each fragment is measured once, so the work is linear in the length of the document, however large
 * its expansion is.
 */
class ShapeReader {
  readonly #find: FindFragment;
  readonly #fragments = new Map<string, DocumentShape>();

  constructor(find: FindFragment) {
    this.#find = find;
  }

  read(set: SelectionSetNode | undefined): DocumentShape {
    let shape = EMPTY;
    for (const node of set?.selections ?? []) {
      let inner: DocumentShape;
      if (node.kind === Kind.FIELD) {
        inner = this.read(node.selectionSet);
        // The depth of introspection is not counted; graphql-js bounds its lists (MaxIntrospectionDepthRule).
        const isIntrospection = node.name.value === '__schema' || node.name.value === '__type';
        const aliases = inner.aliases + (node.alias === undefined ? 0 : 1);
        inner = { ...inner, depth: isIntrospection ? 1 : inner.depth + 1, aliases };
      } else if (node.kind === Kind.INLINE_FRAGMENT) inner = this.read(node.selectionSet);
      else inner = this.#fragment(node.name.value);
      shape = beside(shape, { ...inner, directives: inner.directives + (node.directives?.length ?? 0) });
    }
    return shape;
  }

  #fragment(name: string): DocumentShape {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    // Ends the recursion at a cycle, which the validation rule about cycles refuses later.
    this.#fragments.set(name, EMPTY);
    const fragment = this.#find(name);
    const inner = this.read(fragment?.selectionSet);
    const shape = { ...inner, directives: inner.directives + (fragment?.directives?.length ?? 0) };
    this.#fragments.set(name, shape);
    return shape;
  }
}

type Measure = readonly [
  limit: keyof DocumentShape,
  refuse: (extras: { message: string }) => IdentityError,
  words: (found: number, limit: number) => string,
];

const MEASURES: readonly Measure[] = [
  [
    'depth',
    requestErrors.DOCUMENT_TOO_DEEP,
    (found, limit) => `The document is ${found} fields deep; at most ${limit} are allowed.`,
  ],
  [
    'aliases',
    requestErrors.DOCUMENT_ALIASES_EXCEEDED,
    (found, limit) => `The document has ${found} aliases; at most ${limit} are allowed.`,
  ],
  [
    'directives',
    requestErrors.DOCUMENT_DIRECTIVES_EXCEEDED,
    (found, limit) => `The document has ${found} directives; at most ${limit} are allowed.`,
  ],
];

/**
 * The operations of a document that exceed the limits `depth`, `aliases` or `directives`. Needs no schema, so that it can run
 * before validation.
 */
export function shapeFaults(limits: GraphqlLimits, document: DocumentNode): GraphQLError[] {
  const fragments = fragmentsOf(document);
  const reader = new ShapeReader((name) => fragments.get(name));
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OPERATION_DEFINITION) return [];
    const inner = reader.read(node.selectionSet);
    const shape = { ...inner, directives: inner.directives + (node.directives?.length ?? 0) };
    return MEASURES.filter(([limit]) => shape[limit] > limits[limit]).map(([limit, refuse, words]) => {
      const originalError = refuse({ message: words(shape[limit], limits[limit]) });
      return new GraphQLError(originalError.message, { nodes: node, originalError });
    });
  });
}
