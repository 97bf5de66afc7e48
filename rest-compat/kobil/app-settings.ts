import { z } from 'zod';

const PLATFORMS = ['flutter_android', 'flutter_ios', 'huawei', 'macos', 'windows'] as const;
const ASPECTS = ['build_number', 'link', 'update_by', 'version'] as const;
/** Names of the settings of apps; they stand among the settings of the tenant. */
const APP_SETTINGS = PLATFORMS.flatMap((platform) => ASPECTS.map((aspect) => `${platform}_${aspect}` as const));

const membersOf = <S extends z.ZodType>(value: S): Record<string, S> =>
  Object.fromEntries(APP_SETTINGS.map((name) => [name, value]));

/** What is sent: the members that change. */
export const SENT_APP_SETTINGS = z.object(
  membersOf(
    z
      .union([z.string(), z.number(), z.boolean()])
      .nullable()
      .optional()
      .describe('Kept as text. Null or an empty text removes it.'),
  ),
);

/** What is shown: the settings that there are. */
export const APP_SETTINGS_SHOWN = z.strictObject(
  membersOf(
    z.union([z.string(), z.number().int()]).optional().describe('A text; a build number of digits is a number.'),
  ),
);

/** The change of the settings. */
export function toAppSettings(body: z.output<typeof SENT_APP_SETTINGS>): {
  readonly set: Record<string, string>;
  readonly remove: readonly string[];
} {
  const sent = Object.entries(body).filter(([, value]) => value !== undefined);
  const isRemoved = ([, value]: [string, unknown]) => value === null || value === '';
  return {
    set: Object.fromEntries(sent.filter((one) => !isRemoved(one)).map(([name, value]) => [name, String(value)])),
    remove: sent.filter(isRemoved).map(([name]) => name),
  };
}

/**
 * The settings of apps among those of the tenant, by name.
 * @param keys The only names to show; absent: all.
 */
export function showAppSettings(
  stored: Readonly<Record<string, unknown>>,
  keys?: readonly string[],
): z.input<typeof APP_SETTINGS_SHOWN> {
  const names = APP_SETTINGS.filter((name) => Object.hasOwn(stored, name) && (keys?.includes(name) ?? true));
  return Object.fromEntries(names.map((name) => [name, showValue(name, stored[name])]));
}

/** A build number of digits is shown as a number, if it can be one exactly (docs/dialects/kobil.md, section 3.3). */
function showValue(name: string, value: unknown): string | number {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isNumber = name.endsWith('_build_number') && /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
  return isNumber ? Number(text) : text;
}
