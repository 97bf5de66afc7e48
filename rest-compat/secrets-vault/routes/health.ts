import { z } from 'zod';
import { plainRow, type Route } from '../../engine/index.ts';

/** Version of the API that this dialect speaks. */
const VERSION = '0.1.0';

/** The state of the service, at `/health`. */
export const HEALTH_ROUTES: readonly Route[] = [
  plainRow({
    method: 'GET',
    path: '',
    name: 'Health',
    spec: 'section 4 (HEALTH-1)',
    summary: 'Shows that the service answers, and its version.',
    callers: { public: true },
    tenant: 'none',
    reply: {
      status: 200,
      schema: z.strictObject({
        status: z.literal('ok'),
        version: z.string(),
        env: z.string().describe('The setting `NODE_ENV`.'),
      }),
      from: (_, { constants }) => ({
        status: 'ok' as const,
        version: VERSION,
        env: constants['environment'] ?? 'production',
      }),
    },
  }),
];
