/** Shorter names are too similar to other words to guess: HOST and HOME, PORT and POST. */
const LEAST_LENGTH = 8;
const MOST_EDITS = 2;

/** How many letters have to be inserted, deleted or replaced to make one text from the other (Levenshtein distance). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [column, mark] of [...other].entries())
      next.push(Math.min(row[column + 1]! + 1, next[column]! + 1, row[column]! + (letter === mark ? 0 : 1)));
    row = next;
  }
  return row[other.length]!;
}

function isNear(name: string, meant: string): boolean {
  const upper = name.toUpperCase();
  if (upper === meant) return true;
  if (meant.length < LEAST_LENGTH || Math.abs(upper.length - meant.length) > MOST_EDITS) return false;
  return editsBetween(upper, meant) <= MOST_EDITS;
}

/**
 * Finds variables that look like misspelt settings. A variable is not reported when the setting is also present under its right
 * name: the environment also holds variables of other programs.
 * @param known Every name of a setting.
 * @returns The misspelt name and the name that was meant.
 */
export function findMisspelt(
  env: NodeJS.ProcessEnv,
  known: readonly string[],
): { readonly name: string; readonly meant: string }[] {
  const unset = known.filter((name) => (env[name] ?? '').trim() === '');
  return Object.entries(env)
    .filter(([name, value]) => !known.includes(name) && (value ?? '').trim() !== '')
    .flatMap(([name]) => unset.filter((meant) => isNear(name, meant)).map((meant) => ({ name, meant })));
}
