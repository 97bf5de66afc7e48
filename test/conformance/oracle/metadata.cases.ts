import type { OracleCase } from './side.ts';

/** A member of the metadata as it is compared: addresses by their presence, lists without their order. */
const show = (name: string, value: unknown): string => {
  if (/_endpoint$|_uri$|^issuer$/.test(name)) return 'an address';
  return Array.isArray(value) ? [...value].sort().join(' ') : JSON.stringify(value);
};

export const METADATA: readonly OracleCase[] = [
  {
    name: 'every member',
    run: async ({ party }) =>
      Object.fromEntries(Object.entries(party.metadata).map(([name, value]) => [name, show(name, value)])),
  },
];
