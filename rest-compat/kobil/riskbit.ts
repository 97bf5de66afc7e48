import { z } from 'zod';
import type { CreateRiskbitsData, RiskbitData } from './operations.generated.ts';

/** A riskbit as it is answered (docs/dialects/kobil.md, section 3.5). */
export const RISKBIT = z.strictObject({
  id: z.string(),
  ratingLevel: z.string(),
  score: z.string(),
  risk: z.string(),
  riskAndroid: z.string().nullable(),
  riskIOS: z.string().nullable(),
  operation: z.string(),
  realmId: z.string().describe('Name of the tenant.'),
});

const TEXT = z.string().nullable().optional();

/** A riskbit as it is sent. */
export const SENT_RISKBIT = z.object({
  ratingLevel: TEXT.describe('Mandatory.'),
  score: TEXT.describe('Mandatory.'),
  risk: TEXT.describe('Mandatory.'),
  riskAndroid: TEXT,
  riskIOS: TEXT,
  operation: TEXT.describe('Mandatory.'),
  realmId: TEXT.describe('Name of the tenant. Default: that of the path.'),
});

type SentRiskbit = z.output<typeof SENT_RISKBIT>;

/** Makes the input of the graph from a riskbit that was sent. */
export const toRiskbitInput = ({ riskIOS, realmId, ...rest }: SentRiskbit) => ({
  ...rest,
  riskIos: riskIOS,
  tenant: realmId,
});

/** @param tenantName Name of its tenant. */
export function showRiskbit({ id, riskIos, ...rest }: RiskbitData['riskbit'], tenantName: string) {
  return { ...rest, id: id.slice(id.lastIndexOf('~') + 1), riskIOS: riskIos, realmId: tenantName };
}

/** Members in the order of the dump. */
const DUMPED = ['ratingLevel', 'score', 'risk', 'riskAndroid', 'riskIOS', 'operation', 'realmId'] as const;
type Dumped = Readonly<Record<(typeof DUMPED)[number], string | null>>;

/** Reads an item of a list, which may be anything: numbers and booleans become texts, everything else counts as missing. */
export function readItem(item: unknown, tenantName: string): Dumped {
  const isObject = typeof item === 'object' && item !== null && !Array.isArray(item);
  const members = isObject ? (item as Readonly<Record<string, unknown>>) : {};
  const textOf = (name: string): string | null => {
    const value = Object.hasOwn(members, name) ? members[name] : null;
    return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
  };
  const texts = Object.fromEntries(DUMPED.map((name) => [name, textOf(name)])) as Dumped;
  return isObject && texts.realmId === null ? { ...texts, realmId: tenantName } : texts;
}

const REASONS: Readonly<Record<string, string>> = {
  RISKBIT_TENANT_MISMATCH: 'Mismatch in realm specified in path param and request body',
  RISKBIT_EXISTS: 'Already exist.',
};

/** The reason by the dump of each item that was refused (docs/dialects/kobil.md, section 3.5). */
export function showRefused(
  { results }: CreateRiskbitsData['createRiskbits'],
  items: readonly unknown[],
  tenantName: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    results.flatMap(({ riskbitId, errorCode }, at) => {
      if (errorCode === null) return [];
      const texts = readItem(items[at], tenantName);
      const members = DUMPED.map((name) => `${name}=${texts[name]}`).join(', ');
      const dump = `KobilRiskBitsRepresentation{id=${riskbitId}, ${members}}`;
      return [[dump, REASONS[errorCode] ?? 'Mandatory data is missing']];
    }),
  );
}
