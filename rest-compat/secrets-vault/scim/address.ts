import { presentItems } from '../../engine/index.ts';
import type { ScimAddresses, StandardAddressInput } from '../operations.generated.ts';
import { toValues } from './main-value.ts';
import { isAssigned } from './resolved-filter.ts';
import { assigned, type Resource, textIn } from './resource.ts';

/** Members of an address of the graph, by those of SCIM (RFC 7643 section 4.1.2). */
const TEXTS = {
  formatted: 'formatted',
  streetAddress: 'details',
  locality: 'city',
  region: 'region',
  postalCode: 'postalCode',
  country: 'country',
  type: 'type',
} as const;

/** Addresses as SCIM shows them, without those of which it shows no text. */
export const showAddresses = (addresses: NonNullable<ScimAddresses['addresses']>): readonly Resource[] =>
  presentItems(addresses).flatMap((address) => {
    const texts = assigned(Object.fromEntries(Object.entries(TEXTS).map(([name, member]) => [name, address[member]])));
    if (!isAssigned(texts)) return [];
    // Where it is absent it is false (RFC 7643 section 2.4).
    return [address.isDefault ? { ...texts, primary: true } : texts];
  });

/** Addresses of SCIM as the graph takes them. */
export const toAddresses = (addresses: unknown): readonly StandardAddressInput[] =>
  toValues(addresses).map((address) => ({
    ...Object.fromEntries(Object.entries(TEXTS).map(([name, member]) => [member, textIn(address, name)])),
    isDefault: address['primary'] === true,
  }));
