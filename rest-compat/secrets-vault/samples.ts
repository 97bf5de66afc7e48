import type { Samples } from '../engine/index.ts';

/** What rows take and answer, for the API description. */
export const SECRETS_VAULT_SAMPLES: Samples = {
  parameters: { tenant_id: 'acme' },
  operations: {
    Health: { reply: { status: 'ok', version: '0.1.0', env: 'production' } },
  },
};
