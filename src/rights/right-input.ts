import { type FieldFault, isStorableText, kernelErrors } from '../kernel/index.ts';
import type { RightObjectRef, RightSubjectRef } from './parties.ts';

/** Rights to give, or to take away. */
export interface RightsInput {
  readonly subject: RightSubjectRef;
  readonly object: RightObjectRef;
  /** Names of the rights, 1 to 50. */
  readonly names: readonly string[];
  /** Who sets them, or why. */
  readonly tags?: readonly string[] | null | undefined;
}

/** Rights of one pair to give and to take away at once. */
export interface ChangeRights {
  readonly subject: RightSubjectRef;
  readonly object: RightObjectRef;
  readonly add?: readonly string[] | null | undefined;
  readonly remove?: readonly string[] | null | undefined;
}

/** Pairs in one call; with 50 names each they stay below the 5,000 events of a transaction (docs/data-model.md). */
const MAX_PAIRS = 50;
const MAX_NAMES = 50;
/** The key of a row holds the name beside two ids of 128 characters, far below the 2,704 bytes of an index row. */
const MAX_NAME = 128;
const MAX_TAGS = 20;
const MAX_TAG = 64;
/**
 * Answers list rights in objects keyed by name. An object cannot hold this key, so such a right would exist but never be
 * shown.
 */
const NO_KEY = '__proto__';

/** @throws INVALID_INPUT Too many or too few, or texts that cannot be names or tags. */
export function checkRightsInput(inputs: readonly RightsInput[]): void {
  const faults = inputs
    .slice(0, MAX_PAIRS)
    .flatMap(({ names, tags }, at) => [
      ...textFaults(names, `input.rights.${at}.names`, { min: 1, max: MAX_NAMES, length: MAX_NAME }),
      ...textFaults(tags ?? [], `input.rights.${at}.tags`, { min: 0, max: MAX_TAGS, length: MAX_TAG }),
    ]);
  if (inputs.length > MAX_PAIRS)
    faults.push({
      path: 'input.rights',
      code: 'LIST_LENGTH',
      message: `At most ${MAX_PAIRS} pairs are changed at once.`,
    });
  refuse(faults);
}

/** @throws INVALID_INPUT Too many names, texts that cannot be names, or a name that is both added and removed. */
export function checkChange({ add, remove }: ChangeRights): void {
  const limits = { min: 0, max: MAX_NAMES, length: MAX_NAME };
  const faults = [...textFaults(add ?? [], 'input.add', limits), ...textFaults(remove ?? [], 'input.remove', limits)];
  if (add?.some((name) => remove?.includes(name)))
    faults.push({
      path: 'input.remove',
      code: 'NAME_REPEATED',
      message: 'A right is either added or removed.',
    });
  refuse(faults);
}

interface Limits {
  readonly min: number;
  readonly max: number;
  readonly length: number;
}

function textFaults(texts: readonly string[], path: string, { min, max, length }: Limits): FieldFault[] {
  if (texts.length < min || texts.length > max)
    return [{ path, code: 'LIST_LENGTH', message: `The list must have ${min} to ${max} items.` }];
  const isSound = (text: string) =>
    text.trim() !== '' && text.length <= length && isStorableText(text) && text !== NO_KEY;
  if (texts.every(isSound)) return [];
  return [{ path, code: 'TEXT_INVALID', message: `Each text has 1 to ${length} printable characters.` }];
}

function refuse(fields: readonly FieldFault[]): void {
  if (fields.length > 0) throw kernelErrors.INVALID_INPUT({ message: fields[0]!.message, fields });
}
