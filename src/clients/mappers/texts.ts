import { invalidField, requireJson } from '../../kernel/index.ts';

/** Texts by name: a configuration, or attributes. */
export type Texts = Readonly<Record<string, string>>;

/** Bounds of texts by name. */
export interface TextsRule {
  readonly maxCount: number;
  /** Of their JSON text in UTF-8. */
  readonly maxBytes: number;
}

/** Longest name and longest value, in UTF-16 units. */
const MAX_NAME = 255;
const MAX_VALUE = 4000;

/**
 * Returns texts by name, if they may be stored.
 * @param path GraphQL input path of the object.
 * @throws INVALID_INPUT It is no object, is too large, or has a value that is no text or is too long.
 */
export function requireTexts(value: unknown, path: string, { maxCount, maxBytes }: TextsRule): Texts {
  const texts = requireJson(value, path, maxBytes);
  const entries = Object.entries(texts);
  if (entries.length > maxCount) throw invalidField(path, 'LIST_TOO_LONG', `At most ${maxCount} values.`);
  for (const [name, text] of entries) {
    if (name === '' || name.length > MAX_NAME)
      throw invalidField(path, 'TEXT_LENGTH', `A name must have 1 to ${MAX_NAME} characters.`);
    if (typeof text !== 'string') throw invalidField(path, 'TEXT_REQUIRED', 'Every value must be a text.');
    if (text.length > MAX_VALUE)
      throw invalidField(path, 'TEXT_LENGTH', `A value must have at most ${MAX_VALUE} characters.`);
  }
  return texts as Texts;
}
