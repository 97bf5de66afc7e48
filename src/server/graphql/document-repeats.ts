import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf } from './document-shape.ts';

/**
 * Most visits of nodes while a document is measured, for each token it may have. Without a bound, fragments would multiply the
 * work.
 */
const VISITS_PER_TOKEN = 10;

/** The value of `Repeats.name` when different fragments are merged. */
export const FRAGMENTS = '...';

/** The place of the answer for which the document repeats a field, or spreads fragments, most often. */
export interface Repeats {
  /** The field, or `FRAGMENTS`. */
  readonly name: string;
  /** `Infinity` when fragments multiply the document so far that counting stopped. */
  readonly count: number;
}

/** The fragments that contain a selection set, from the innermost one outwards. */
interface Enclosing {
  readonly name: string;
  readonly outer: Enclosing | null;
}

interface Merged {
  readonly set: SelectionSetNode;
  readonly enclosing: Enclosing | null;
}

interface Place {
  count: number;
  readonly inner: Merged[];
}

function liesIn(enclosing: Enclosing | null, name: string): boolean {
  for (let one = enclosing; one !== null; one = one.outer) if (one.name === name) return true;
  return false;
}

/**
 * Counts what is merged into one place of the answer: the fields with the same response name in merged selection sets, and the
 * fragments spread there. Validation compares every pair of fields and every pair of fragments (OverlappingFieldsCanBeMerged),
 * so 4,000 equal fields are 8 million comparisons, and 400 fragments are 80,000 slower ones.
 */
class RepeatReader {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  #visitsLeft: number;
  worst: Repeats = { name: '', count: 0 };

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, maxVisits: number) {
    this.#fragments = fragments;
    this.#visitsLeft = maxVisits;
  }

  read(sets: readonly Merged[]): void {
    const places = new Map<string, Place>();
    const entered = new Set<string>();
    for (const set of sets) this.#collect(set, places, entered);
    this.#weigh(FRAGMENTS, entered.size);
    for (const [name, { count, inner }] of places) {
      this.#weigh(name, count);
      if (inner.length > 0 && this.#visitsLeft > 0) this.read(inner);
    }
  }

  /** @param within The fragments around the set when this place is begun; fragments entered after that are in `entered`. */
  #collect({ set, enclosing }: Merged, places: Map<string, Place>, entered: Set<string>, within = enclosing): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) this.#count(node, enclosing, places);
      else if (node.kind === Kind.INLINE_FRAGMENT)
        this.#collect({ set: node.selectionSet, enclosing }, places, entered, within);
      else {
        const name = node.name.value;
        const fragment = this.#fragments.get(name);
        this.#visit(name);
        // A fragment is merged only once into a place. One that spreads itself is refused by the validation rule about cycles.
        if (fragment === undefined || this.#visitsLeft < 0 || entered.has(name) || liesIn(within, name)) continue;
        entered.add(name);
        this.#collect({ set: fragment.selectionSet, enclosing: { name, outer: enclosing } }, places, entered, within);
      }
    }
  }

  #count(node: FieldNode, enclosing: Enclosing | null, places: Map<string, Place>): void {
    const name = (node.alias ?? node.name).value;
    this.#visit(name);
    const place = places.get(name) ?? { count: 0, inner: [] };
    place.count += 1;
    if (node.selectionSet !== undefined) place.inner.push({ set: node.selectionSet, enclosing });
    places.set(name, place);
  }

  #visit(name: string): void {
    this.#visitsLeft -= 1;
    if (this.#visitsLeft < 0) this.worst = { name, count: Number.POSITIVE_INFINITY };
  }

  #weigh(name: string, count: number): void {
    if (count > this.worst.count) this.worst = { name, count };
  }
}

/**
 * Finds the most repeated place of a document, in its operations and separately in each of its fragments.
 * @param maxTokens The limit of tokens of a document; the work is linear in it.
 */
export function repeatsOf(document: DocumentNode, maxTokens: number): Repeats {
  const reader = new RepeatReader(fragmentsOf(document), maxTokens * VISITS_PER_TOKEN);
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) reader.read([{ set: node.selectionSet, enclosing: null }]);
    else if (node.kind === Kind.FRAGMENT_DEFINITION)
      reader.read([{ set: node.selectionSet, enclosing: { name: node.name.value, outer: null } }]);
  }
  return reader.worst;
}
