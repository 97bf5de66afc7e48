import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from './document-shape.ts';

/** Visits of fields by which a document may be measured, for each token it may have: fragments multiply what is written. */
const VISITS_PER_TOKEN = 10;

/** Where the answer would have one field, the document may write it several times; these are the worst such place. */
export interface Repeats {
  readonly name: string;
  /** `Infinity` when fragments multiply the document beyond measure. */
  readonly count: number;
}

interface Place {
  count: number;
  readonly inner: SelectionSetNode[];
}

/**
 * Counts the fields that are merged into one place of the answer: those with the same response name in selection sets that
 * are merged. Validation compares each with each (OverlappingFieldsCanBeMerged), so 4,000 equal ones are 8 million pairs.
 */
class RepeatReader {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  #visitsLeft: number;
  worst: Repeats = { name: '', count: 0 };

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, maxVisits: number) {
    this.#fragments = fragments;
    this.#visitsLeft = maxVisits;
  }

  /** @param open Fragments that the sets lie in: one that spreads itself is refused by the rule about cycles. */
  read(sets: readonly SelectionSetNode[], open: ReadonlySet<string>): void {
    const places = new Map<string, Place>();
    const entered = new Set(open);
    for (const set of sets) this.#collect(set, places, entered);
    for (const [name, { count, inner }] of places) {
      if (count > this.worst.count) this.worst = { name, count };
      if (inner.length > 0 && this.#visitsLeft > 0) this.read(inner, entered);
    }
  }

  #collect(set: SelectionSetNode, places: Map<string, Place>, entered: Set<string>): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) this.#count(node, places);
      else if (node.kind === Kind.INLINE_FRAGMENT) this.#collect(node.selectionSet, places, entered);
      else if (!entered.has(node.name.value)) {
        entered.add(node.name.value);
        const fragment = this.#fragments.get(node.name.value);
        if (fragment !== undefined) this.#collect(fragment.selectionSet, places, entered);
      }
    }
  }

  #count(node: FieldNode, places: Map<string, Place>): void {
    this.#visitsLeft -= 1;
    const name = (node.alias ?? node.name).value;
    if (this.#visitsLeft < 0) this.worst = { name, count: Number.POSITIVE_INFINITY };
    const place = places.get(name) ?? { count: 0, inner: [] };
    place.count += 1;
    if (node.selectionSet !== undefined) place.inner.push(node.selectionSet);
    places.set(name, place);
  }
}

/**
 * The place of a document that is written most often, in its operations and in each of its fragments by itself.
 * @param maxTokens What the document may have at most; the work is linear in it.
 */
export function repeatsOf(document: DocumentNode, maxTokens: number): Repeats {
  const reader = new RepeatReader(fragmentsOf(document), maxTokens * VISITS_PER_TOKEN);
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) reader.read([node.selectionSet], new Set());
    else if (node.kind === Kind.FRAGMENT_DEFINITION) reader.read([node.selectionSet], new Set([node.name.value]));
  }
  return reader.worst;
}
