import { invalidField, isSameJson, jsonBytes, requireJson, requireText } from '../kernel/index.ts';
import { tenantErrors } from './tenant.errors.ts';

/** A change of the settings that the service keeps and does not use. */
export interface ExtraSettingsChange {
  /** Values by name, of any JSON type; others stay. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Names to remove, before `set` is applied. */
  readonly remove?: readonly string[];
  /** Whether names to remove that are not stored are ignored. Default false: they are refused. */
  readonly canBeMissing?: boolean;
}

const MAX_SETTINGS = 200;
/** 200 names that are set and as many that are removed are 40 KB in the event of the change. */
const NAME = { max: 100 };
const MAX_VALUE_BYTES = 32 * 1024;
const MAX_BYTES = 64 * 1024;

/**
 * The stored object after a change, and the names whose value is another one.
 * @throws INVALID_INPUT A name is too long; a value has more than 32 KiB; more than 200 names, or 64 KiB, would be stored.
 * @throws TENANT_SETTING_NOT_FOUND A name to remove is not stored, and missing ones are not ignored.
 */
export function changedExtra(
  stored: Readonly<Record<string, unknown>>,
  { set = {}, remove = [], canBeMissing = false }: ExtraSettingsChange,
): { readonly next: Record<string, unknown>; readonly changed: readonly string[] } {
  if (remove.length > MAX_SETTINGS) throw tooMany('input.remove');
  const next: Record<string, unknown> = { ...stored };
  for (const [index, name] of remove.entries()) {
    if (!canBeMissing && !Object.hasOwn(stored, name))
      throw tenantErrors.TENANT_SETTING_NOT_FOUND().at(`input.remove.${index}`);
    delete next[name];
  }
  for (const name of Object.keys(set)) requireText(name, 'input.set', NAME);
  const merged = requireJson({ ...next, ...set }, 'input.set', MAX_BYTES);
  if (Object.keys(merged).length > MAX_SETTINGS) throw tooMany('input.set');
  if (Object.values(set).some((value) => jsonBytes(value) > MAX_VALUE_BYTES)) throw tooLarge();
  const named = new Set([...remove, ...Object.keys(set)]);
  const changed = [...named].filter((name) => !isSameJson(valueIn(stored, name), valueIn(merged, name)));
  return { next: merged, changed };
}

/** Undefined where there is no setting of the name. */
const valueIn = (settings: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(settings, name) ? settings[name] : undefined;

const tooLarge = () => invalidField('input.set', 'VALUE_TOO_LARGE', `A value has at most ${MAX_VALUE_BYTES} bytes.`);

const tooMany = (path: string) => invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_SETTINGS} settings.`);
