const MAX_LENGTH = 1000;

/**
 * A header's text in a form the database accepts: at most 1000 characters, without NUL, control characters and lone
 * surrogates.
 */
export function storableHeader(text: string | null): string | null {
  if (text === null) return null;
  return text
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '\u{fffd}');
}
