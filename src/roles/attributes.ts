import { invalidField, isStorableText, requireJson } from '../kernel/index.ts';

type Attributes = Readonly<Record<string, unknown>>;

const MAX_BYTES = 65_536;
/** Each name gives up to eight search rows. */
const MAX_NAMES = 200;
const MAX_NAME_LENGTH = 255;

function checkedAttributes(attributes: unknown, path: string): Record<string, unknown> {
  const checked = requireJson(attributes, path, MAX_BYTES);
  const names = Object.keys(checked);
  if (names.length > MAX_NAMES) throw invalidField(path, 'ATTRIBUTES_TOO_MANY', `At most ${MAX_NAMES} attributes.`);
  const isName = (name: string) => name !== '' && name.length <= MAX_NAME_LENGTH && isStorableText(name);
  if (!names.every(isName) || names.includes('__proto__')) {
    throw invalidField(path, 'ATTRIBUTE_NAME', 'An attribute name has 1 to 255 characters without control ones.');
  }
  return checked;
}

/** The map after a change: null removes a name, other values replace theirs. @throws INVALID_INPUT */
export function mergedAttributes(stored: Attributes, given: Attributes, path: string): Record<string, unknown> {
  const merged = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(given)) {
    if (value === null) merged.delete(name);
    else merged.set(name, value);
  }
  return checkedAttributes(Object.fromEntries(merged), path);
}
