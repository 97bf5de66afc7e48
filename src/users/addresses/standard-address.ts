import { invalidField } from '../../kernel/index.ts';
import type { UserAddress } from './address.entity.ts';
import { type AddressInput, type AddressValues, addressValues } from './address-input.ts';

/** 50 addresses of at most 13 texts of 255 characters and 3 of 1,000 are less than 320,000 characters an account. */
export const MAX_ADDRESSES = 50;

/** Texts of an address that standard profiles have (RFC 7643 section 4.1.2). */
const TEXTS = [
  'formatted',
  'details',
  'city',
  'region',
  'postalCode',
  'country',
  'type',
] as const satisfies readonly (keyof AddressInput)[];
const MEMBERS = [...TEXTS, 'isDefault'] as const;
type Member = (typeof MEMBERS)[number];

/** An address as standard profiles have it. Left out = null or an empty text = no value. */
export type StandardAddress = Pick<AddressInput, Member>;

/** A stored address with its new values. */
interface ChangedAddress {
  readonly row: UserAddress;
  readonly values: Partial<AddressValues> & Pick<AddressValues, 'isDefault'>;
}

/** How stored addresses come to say what is given. */
export interface AddressChanges {
  readonly added: readonly AddressValues[];
  readonly changed: readonly ChangedAddress[];
  readonly removed: readonly UserAddress[];
}

/** Values of an address in which standard profiles show it. */
type Shown = Pick<AddressValues, Member>;

const hasText = (address: Shown): boolean => TEXTS.some((name) => Boolean(address[name]));

/** Whether a stored address says what a given one says in some members. */
const isSame = (row: UserAddress, address: Shown, names: readonly Member[]): boolean =>
  names.every((name) => (row[name] ?? null) === address[name]);

/** Which stored address becomes a given one, the best first. */
const PAIRINGS: readonly ((row: UserAddress, address: Shown) => boolean)[] = [
  (row, address) => isSame(row, address, MEMBERS),
  (row, address) => isSame(row, address, TEXTS),
  (row, address) => isSame(row, address, ['type']),
  () => true,
];

/** The values of given addresses that have a text. @throws INVALID_INPUT A text, or two of them are the default. */
function givenValues(given: readonly StandardAddress[]): AddressValues[] {
  const addresses = given.map((each, at) => addressValues(null, each, `input.addresses.${at}`)).filter(hasText);
  if (addresses.filter(({ isDefault }) => isDefault).length > 1)
    throw invalidField('input.addresses', 'DUPLICATE', 'At most one address is the default.');
  return addresses;
}

/** The stored address that becomes each given one, as far as there are enough. */
function pairsOf(stored: readonly UserAddress[], given: readonly AddressValues[]): Map<AddressValues, UserAddress> {
  const pairs = new Map<AddressValues, UserAddress>();
  const free = new Set(stored);
  for (const suits of PAIRINGS) {
    for (const address of given.filter((each) => !pairs.has(each))) {
      const row = [...free].find((each) => suits(each, address));
      if (row === undefined) continue;
      pairs.set(address, row);
      free.delete(row);
    }
  }
  return pairs;
}

/** The members of an address that standard profiles have, and no others. */
const shownOf = (address: AddressValues): Shown =>
  Object.fromEntries(MEMBERS.map((name) => [name, address[name]])) as Shown;

/**
 * Finds the changes after which the addresses of a user are the given ones. A stored address that is given stays as it is. Of the
 * others, each given one takes the place of one of the same type, or else of the next, so that what only other members say
 * stays. A stored address without any of these texts is not shown by standard profiles: it stays, and is the default no longer if
 * another one is.
 * @throws INVALID_INPUT A text is too long or cannot be stored, there are more than 50 addresses, or two of them are the default.
 */
export function addressChanges(stored: readonly UserAddress[], given: readonly StandardAddress[]): AddressChanges {
  const [shown, others] = [stored.filter(hasText), stored.filter((row) => !hasText(row))];
  if (others.length + given.length > MAX_ADDRESSES)
    throw invalidField('input.addresses', 'LIST_TOO_LONG', `A user has at most ${MAX_ADDRESSES} addresses.`);
  const addresses = givenValues(given);
  const pairs = pairsOf(shown, addresses);
  const kept = new Set(pairs.values());
  const isDefaultGiven = addresses.some(({ isDefault }) => isDefault);
  const changed = [...pairs].filter(([address, row]) => !isSame(row, address, MEMBERS));
  const former = others.filter(({ isDefault }) => isDefault && isDefaultGiven);
  return {
    added: addresses.filter((address) => !pairs.has(address)),
    changed: [
      ...changed.map(([address, row]) => ({ row, values: shownOf(address) })),
      ...former.map((row) => ({ row, values: { isDefault: false } })),
    ],
    removed: shown.filter((row) => !kept.has(row)),
  };
}
