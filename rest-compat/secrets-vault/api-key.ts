import { z } from 'zod';

/** A moment. */
const MOMENT = z.strictObject({
  iso: z.string().describe('The moment in UTC (RFC 3339).'),
  epoch_ms: z.number().int().describe('Milliseconds since 1970.'),
});

const MEMBERS = {
  key_id: z.string().describe('Names the tenant too.'),
  key_hash: z.string().describe('SHA-256 of the whole key, in lower-case hex.'),
  user_id: z.string().describe('The user for whom the key acts.'),
  tenant_id: z.string().describe('The tenant in which it acts.'),
  created_at: MOMENT,
  name: z.string(),
  scopes: z.array(z.string()),
  last_use_at: MOMENT.nullable().describe('Accurate to a minute; null until it was used.'),
  is_active: z.boolean().describe('Whether its user may act.'),
};

/** A key without its secret. */
export const API_KEY = z.strictObject(MEMBERS);

/** A key with its secret. */
export const API_KEY_WITH_SECRET = z.strictObject({ ...MEMBERS, api_key: z.string().describe('Shown this once.') });

export const API_KEYS = z.strictObject({ api_keys: z.array(API_KEY) });

/** A key as the graph shows it. */
interface ShownKey {
  readonly apiKeyId: string;
  readonly hash: string;
  readonly ownerUserId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly isActive: boolean;
}

const toMoment = (moment: string): z.input<typeof MOMENT> => ({ iso: moment, epoch_ms: Date.parse(moment) });

/** @param tenantId Name of the tenant in which the key acts. */
export const toApiKey = (key: ShownKey, tenantId: string): z.input<typeof API_KEY> => ({
  key_id: key.apiKeyId,
  key_hash: key.hash,
  user_id: key.ownerUserId,
  tenant_id: tenantId,
  created_at: toMoment(key.createdAt),
  name: key.name,
  scopes: [...key.scopes],
  last_use_at: key.lastUsedAt === null ? null : toMoment(key.lastUsedAt),
  is_active: key.isActive,
});

/** The keys of a list, without those that the caller may not see. */
export const toApiKeys = (nodes: readonly (ShownKey | null)[], tenantId: string): z.input<typeof API_KEYS> => ({
  api_keys: nodes.flatMap((key) => (key === null ? [] : [toApiKey(key, tenantId)])),
});
