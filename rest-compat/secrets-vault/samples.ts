import type { Samples } from '../engine/index.ts';

const MADE_AT = { iso: '2030-01-01T00:00:00.000Z', epoch_ms: 1_893_456_000_000 };

const API_KEY = {
  key_id: 'c2607765-c6ea-8820-80b3-9c569dd3df30',
  key_hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  user_id: '01a22101-6fa3-704c-8ef3-ea6c03c14828',
  tenant_id: 'acme',
  created_at: MADE_AT,
  name: 'Backup',
  scopes: ['USER:READ'],
  last_use_at: null,
  is_active: true,
};
const NEW_KEY = { ...API_KEY, api_key: 'svk_wmB3Zcbqk2cTkq0Qm8Yw3v6H0b5x9T1uJ4eL7sN2aPc' };

/** What rows take and answer, for the API description. */
export const SECRETS_VAULT_SAMPLES: Samples = {
  parameters: { tenant_id: 'acme', key_id: API_KEY.key_id },
  operations: {
    ApiKeys: { reply: { api_keys: [API_KEY] } },
    OwnApiKeys: { reply: { api_keys: [API_KEY] } },
    ApiKeyScopes: { reply: { scopes: ['USER', 'USER:READ', 'API_KEY', 'API_KEY:READ'], tenants: ['acme'] } },
    CreateApiKey: { body: { name: 'Backup', scopes: ['USER:READ'], tenant_id: 'acme' }, reply: NEW_KEY },
    RegenerateApiKey: { reply: NEW_KEY },
    Health: { reply: { status: 'ok', version: '0.1.0', env: 'production' } },
  },
};
