/**
 * Names of findings on a device, as operators list them: `JBreak[1](40001)`, `CodeInjection[6][7]`, `Manipulation`. Blanks
 * and letter case are ignored.
 */
const WELL_FORMED = /^([\p{L}\d_]+)((?:\[\d+\])*)(\(\d+\))?$/u;

function normalise(name: string): string {
  return name.replace(/\s+/gu, '').toLowerCase();
}

/** The category before the brackets; null for a name that does not follow the form. */
function categoryOf(normalised: string): string | null {
  return WELL_FORMED.exec(normalised)?.[1] ?? null;
}

/** Splits a list at the commas outside brackets. Each name is returned without blanks and in lower case. */
export function riskNames(list: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    const char = list[at];
    if (char === '[' || char === '(') depth += 1;
    else if (char === ']' || char === ')') depth = Math.max(0, depth - 1);
    else if (char === undefined || (char === ',' && depth === 0)) {
      names.push(normalise(list.slice(start, at)));
      start = at + 1;
    }
  }
  return names.filter((name) => name !== '');
}

/**
 * Makes a test for one finding: a listed name matches when it equals the finding or is its bare category. A bare category
 * as the finding matches only entries that are bare; names that do not follow the form match only when equal.
 */
export function matcherOf(asked: string): (list: string) => boolean {
  const name = normalise(asked);
  const category = categoryOf(name);
  return (list) => riskNames(list).some((listed) => listed === name || listed === category);
}
