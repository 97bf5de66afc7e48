/** What may stand at a position of a JSON text (RFC 8259 section 2). */
type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end';

const BLANK = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/**
 * Finds where a text stops being JSON: the place of the first token that cannot stand there. Engines name the place in some
 * messages only.
 * @returns The position in UTF-16 code units; the length of a text that ends too early, or that is JSON.
 */
export function offsetOfFault(text: string): number {
  const closers: ('}' | ']')[] = [];
  let expected = 'value' as Expected;
  let at = endOf(BLANK, text, 0)!;
  const afterValue = (end: number): void => {
    at = endOf(BLANK, text, end)!;
    expected = ', or end';
  };
  while (at < text.length) {
    const mark = text[at]!;
    const closer = closers.at(-1);
    const mayClose = expected === ', or end' || expected === 'value or ]' || expected === 'name or }';
    if (mayClose && mark === closer) {
      closers.pop();
      afterValue(at + 1);
    } else if (expected === ', or end') {
      if (mark !== ',' || closer === undefined) return at;
      expected = closer === '}' ? 'name' : 'value';
      at = endOf(BLANK, text, at + 1)!;
    } else if (expected === ':') {
      if (mark !== ':') return at;
      expected = 'value';
      at = endOf(BLANK, text, at + 1)!;
    } else if (expected === 'name' || expected === 'name or }') {
      const end = endOf(STRING, text, at);
      if (end === null) return at;
      expected = ':';
      at = endOf(BLANK, text, end)!;
    } else if (mark === '{' || mark === '[') {
      closers.push(mark === '{' ? '}' : ']');
      expected = mark === '{' ? 'name or }' : 'value or ]';
      at = endOf(BLANK, text, at + 1)!;
    } else {
      const end = endOf(mark === '"' ? STRING : SCALAR, text, at);
      if (end === null) return at;
      afterValue(end);
    }
  }
  return text.length;
}
