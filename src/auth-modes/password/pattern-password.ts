import { randomInt } from 'node:crypto';
import type { PatternPlace } from '../../kernel/index.ts';

/** What a password is drawn by. */
export interface Drawing {
  /** The beginnings of expressions all of which it has to match as a whole (`kernel/linear-pattern.ts`). */
  readonly starts: readonly PatternPlace[];
  /** Characters to take, each kind with how many of it are asked for. */
  readonly kinds: readonly { readonly characters: string; readonly least: number }[];
  /** Characters that it should have, if the expressions allow as many; not more than `most`. */
  readonly length: number;
  /** Characters that it may have. */
  readonly most: number;
}

/** What a keyboard has, for expressions that ask for one of it. */
const TYPED = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');

type Places = readonly PatternPlace[];

/** How many characters the expression that needs most still needs. */
const missingAt = (places: Places): number => Math.max(...places.map(({ missing }) => missing));

/** How many characters the expression that allows least still allows. */
const possibleAt = (places: Places): number => Math.min(...places.map(({ possible }) => possible));

/**
 * Draws a random password that matches all expressions, character by character.
 * @returns Null: what was drawn first cannot be completed, or no steps are left.
 */
export function drawPassword(drawing: Drawing): string | null {
  const { starts, most } = drawing;
  let places: Places = starts;
  const length = Math.min(drawing.length, possibleAt(places));
  let drawn = '';
  while (missingAt(places) > 0 || drawn.length < length) {
    const missing = missingAt(places);
    // Once the password is long enough each further character has to bring the end nearer; before that none may end it.
    const isEnding = missing > 0 && drawn.length + missing >= length;
    const limits = isEnding
      ? { missing, possible: 0 }
      : { missing: most - drawn.length, possible: length - drawn.length - 1 };
    const next = drawNext(places, alphabetsFor(drawn, drawing), limits);
    if (next === null) return missing === 0 ? drawn : null;
    drawn += next.character;
    places = next.places;
  }
  return drawn;
}

/** Characters in the order in which they are tried: in every second place the kinds that are asked for and still missing. */
function alphabetsFor(drawn: string, { kinds }: Drawing): readonly string[] {
  const countOf = (characters: string): number => [...drawn].filter((one) => characters.includes(one)).length;
  const lacking = kinds.filter(({ characters, least }) => countOf(characters) < least);
  const preferred = randomInt(2) === 0 ? lacking : [];
  return [join(preferred), join(kinds), TYPED];
}

const join = (kinds: Drawing['kinds']): string => kinds.map(({ characters }) => characters).join('');

/** Where the next character may lead. */
interface Limits {
  /** The end is nearer than so many characters. */
  readonly missing: number;
  /** At least so many may follow. */
  readonly possible: number;
}

function drawNext(
  places: Places,
  alphabets: readonly string[],
  limits: Limits,
): { readonly character: string; readonly places: Places } | null {
  for (const alphabet of alphabets)
    for (const character of shuffled(alphabet)) {
      const next = advance(places, character);
      if (next !== null && isWithin(next, limits)) return { character, places: next };
    }
  return null;
}

const isWithin = (places: Places, { missing, possible }: Limits): boolean =>
  missingAt(places) < missing && possibleAt(places) >= possible;

function advance(places: Places, character: string): Places | null {
  const next = places.map((place) => place.after(character));
  return next.some((place) => place === null) ? null : (next as Places);
}

/** In random order (Fisher and Yates). */
function shuffled(text: string): readonly string[] {
  const characters = [...text];
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other]!, characters[at]!];
  }
  return characters;
}
