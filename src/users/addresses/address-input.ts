import { type FieldFault, isDatabaseText, isStorableText, kernelErrors } from '../../kernel/index.ts';
import type { UserAddress } from './address.entity.ts';

/** Texts of one line. */
const LINES = [
  'title',
  'type',
  'givenName',
  'familyName',
  'district',
  'districtCode',
  'town',
  'townCode',
  'city',
  'cityCode',
  'region',
  'postalCode',
  'country',
] as const satisfies readonly (keyof UserAddress)[];
/** Texts that may have several lines (RFC 7643 section 4.1.2). */
const BLOCKS = ['details', 'directions', 'formatted'] as const satisfies readonly (keyof UserAddress)[];

type AddressText = (typeof LINES)[number] | (typeof BLOCKS)[number];

/** An address as callers give it. Left out = unchanged, null or an empty text = removed. */
export type AddressInput = { readonly [K in AddressText]?: string | null | undefined } & {
  readonly isDefault?: boolean | undefined;
};

/** What is stored of an address besides its keys and times. */
export type AddressValues = Pick<UserAddress, AddressText | 'isDefault'>;

const MAX_LINE = 255;
const MAX_BLOCK = 1000;

const TEXTS: readonly AddressText[] = [...LINES, ...BLOCKS];

function faultsOf(
  input: AddressInput,
  names: readonly AddressText[],
  max: number,
  isSound: (text: string) => boolean,
  path: string,
): FieldFault[] {
  return names
    .filter((name) => (input[name]?.length ?? 0) > max || !isSound(input[name] ?? ''))
    .map((name) => ({
      path: `${path}.${name}`,
      code: 'TEXT_INVALID',
      message: `The text has at most ${max} characters and is well-formed.`,
    }));
}

/**
 * The values of an address after a change.
 * @param stored The values before; null for a new address.
 * @param path Where the input has the address.
 * @throws INVALID_INPUT A text is too long or cannot be stored.
 */
export function addressValues(
  stored: AddressValues | null,
  input: AddressInput,
  path = 'input.address',
): AddressValues {
  const faults = [
    ...faultsOf(input, LINES, MAX_LINE, isStorableText, path),
    ...faultsOf(input, BLOCKS, MAX_BLOCK, isDatabaseText, path),
  ];
  if (faults.length > 0) throw kernelErrors.INVALID_INPUT({ message: faults[0]!.message, fields: faults });
  const textOf = (name: AddressText) => (input[name] === undefined ? stored?.[name] : input[name]) || null;
  const texts = Object.fromEntries(TEXTS.map((name) => [name, textOf(name)])) as Record<AddressText, string | null>;
  return { ...texts, isDefault: input.isDefault ?? stored?.isDefault ?? false };
}

/** Names of the values that differ. @param after Values that it lacks stay. */
export function changedValues(before: AddressValues, after: Partial<AddressValues>): (keyof AddressValues)[] {
  const names = Object.keys(after) as (keyof AddressValues)[];
  return names.filter((name) => (before[name] ?? null) !== after[name]);
}
