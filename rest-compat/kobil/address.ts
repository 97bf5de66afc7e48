import { z } from 'zod';
import { present, presentItems } from '../engine/index.ts';
import type { UserAddressesData } from './operations.generated.ts';

const TEXT = z.string().nullable().optional();
const FILLED = z.string().regex(/\S/);

const OPTIONAL = {
  addressDetails: TEXT.describe('Street, number and the like.'),
  addressTitle: TEXT.describe('Name of the address.'),
  addressType: TEXT.describe('Kind of the address.'),
  city: TEXT,
  cityCode: TEXT,
  defaultAddress: z.boolean().nullable().optional().describe('Whether it is the default.'),
  directions: TEXT.describe('How to find the place.'),
  district: TEXT,
  districtCode: TEXT,
  firstName: TEXT,
  lastName: TEXT,
  town: TEXT,
  townCode: TEXT,
};

/** A new address as it is sent. */
export const NEW_ADDRESS = z.object({ ...OPTIONAL, postalCode: FILLED });

/** The address that a body names. */
export const NAMED_ADDRESS = z.object({ addressID: FILLED.describe('Id of the address.') });

/** Changes to an address as they are sent. */
export const CHANGED_ADDRESS = z.object({ ...NAMED_ADDRESS.shape, ...OPTIONAL, postalCode: FILLED.optional() });

/** An address as it is answered: an absent value is an empty text, and the flag is a text. */
export const ADDRESS = z.strictObject({
  addressDetails: z.string(),
  addressID: z.string(),
  addressTitle: z.string(),
  addressType: z.string(),
  city: z.string(),
  cityCode: z.string(),
  defaultAddress: z.enum(['true', 'false']),
  direction: z.string().describe('The same as `directions`.'),
  directions: z.string(),
  district: z.string(),
  districtCode: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  postalCode: z.string(),
  town: z.string(),
  townCode: z.string(),
});

/** Members of the graph, by the members of this service. */
const NAMES = {
  addressDetails: 'details',
  addressTitle: 'title',
  addressType: 'type',
  city: 'city',
  cityCode: 'cityCode',
  defaultAddress: 'isDefault',
  directions: 'directions',
  district: 'district',
  districtCode: 'districtCode',
  firstName: 'givenName',
  lastName: 'familyName',
  postalCode: 'postalCode',
  town: 'town',
  townCode: 'townCode',
} as const;
type Sent = Omit<z.output<typeof CHANGED_ADDRESS>, 'addressID'>;
type Given = { -readonly [N in keyof Sent as (typeof NAMES)[N]]: Sent[N] };

/** Makes the input of the graph from an address that was sent; absent members stay absent. */
export const toAddressInput = (sent: Sent): Given =>
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, column]) => {
      const value = sent[name as keyof Sent];
      return value === undefined ? [] : [[column, value]];
    }),
  );

/** The id of an address; a text with `~` would be read as a global id, which this service does not know. */
export const toAddressId = (addressID: string): string => addressID.replaceAll('~', ' ');

type Addresses = UserAddressesData['user']['addresses'];

/** The addresses of a user as they are answered. */
export const showAddresses = (addresses: Addresses): z.input<typeof ADDRESS>[] =>
  presentItems(present(addresses)).map((address) => ({
    addressDetails: address.details ?? '',
    addressID: address.id.slice(address.id.lastIndexOf('~') + 1),
    addressTitle: address.title ?? '',
    addressType: address.type ?? '',
    city: address.city ?? '',
    cityCode: address.cityCode ?? '',
    defaultAddress: address.isDefault ? 'true' : 'false',
    direction: address.directions ?? '',
    directions: address.directions ?? '',
    district: address.district ?? '',
    districtCode: address.districtCode ?? '',
    firstName: address.givenName ?? '',
    lastName: address.familyName ?? '',
    postalCode: address.postalCode ?? '',
    town: address.town ?? '',
    townCode: address.townCode ?? '',
  }));
