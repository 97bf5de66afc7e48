import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { callersOrKeys } from '../callers.ts';
import { detail } from '../errors.ts';
import { LivenessReport } from '../operations.generated.ts';

/** A day of UTC, or a moment (RFC 3339). */
const MOMENT = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .describe('A date (UTC) or a moment of RFC 3339.');

const toMoment = (text: string): string => new Date(text.length === 10 ? `${text}T00:00:00Z` : text).toISOString();

const RESOLUTIONS = { day: 'DAY', hour: 'HOUR', minute: 'MINUTE' } as const;

const COUNTS = {
  total: z.number().int(),
  passed: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  avg_duration_ms: z.number().int().nullable(),
};

interface Totals {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly averageDurationMs: number | null;
}

const showCounts = ({ averageDurationMs, total, passed, failed, skipped }: Totals) => ({
  total,
  passed,
  failed,
  skipped,
  avg_duration_ms: averageDurationMs,
});

const LIVENESS = route({
  method: 'GET',
  path: '/analytics/liveness',
  spec: 'section 8 (AN-1)',
  summary: 'How checks went whether a person stood before the camera',
  callers: callersOrKeys('analytics:read', 'ANALYTICS:READ'),
  tenant: { in: 'query', name: 'tenant_id', orCaller: true },
  operation: LivenessReport,
  input: {
    query: z.object({
      start: MOMENT,
      end: MOMENT.describe('Excluded.'),
      tenant_id: z.string(),
      resolution: z
        .string()
        .regex(/^(day|hour|minute)$/)
        .optional()
        .describe('`day`, `hour` or `minute`. Default `day`.'),
    }),
  },
  toVariables: ({ query: { start, end, resolution = 'day' } }) => ({
    start: toMoment(start),
    end: toMoment(end),
    resolution: RESOLUTIONS[resolution as keyof typeof RESOLUTIONS],
  }),
  reply: {
    status: 200,
    schema: z.strictObject({
      tenant_id: z.string(),
      start: z.string(),
      end: z.string(),
      resolution: z.string(),
      totals: z.strictObject(COUNTS),
      buckets: z.array(z.strictObject({ start: z.string(), ...COUNTS })),
    }),
    from: ({ livenessReport: { totals, buckets } }, { query, tenantName }) => ({
      tenant_id: tenantName,
      start: toMoment(query.start),
      end: toMoment(query.end),
      resolution: query.resolution ?? 'day',
      totals: showCounts(totals),
      buckets: buckets.map((bucket) => ({ start: bucket.start, ...showCounts(bucket) })),
    }),
  },
  errors: { LIVENESS_PERIOD_INVALID: detail(400) },
});

export const ANALYTICS_ROUTES: readonly Route[] = [LIVENESS];
