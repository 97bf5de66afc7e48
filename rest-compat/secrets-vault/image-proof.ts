import { z } from 'zod';
import { GESTURE_NAMES } from './tenant.ts';

/** Handle of an authorization request. */
const AUTH_REQ_ID = z.string().min(1).describe('Handle of the authorization request. Default: none.');
export const REQUEST_QUERY = z.object({ auth_req_id: AUTH_REQ_ID.optional() });
export const TICKET_QUERY = z.object({
  oid_nonce: z.string().min(1).describe('`nonce` of AUTH-3 or PK-4; it works once.'),
  auth_req_id: z.string().min(1).describe('Handle of the authorization request.'),
});
export const IN_REQUEST = { in: 'query', name: 'auth_req_id', as: 'handle' } as const;

export const CIPHER_KEY = z
  .string()
  .describe("Base64url of the client's public JWK (RFC 7638), for this challenge alone.");
export const COMMITMENT = z.string().describe('Compact JWE for the key `srv` of the challenge.');
export const PROOF = z.string().describe('Compact JWE for the key `srv` of the challenge.');
export const PROTO_VERSION = z.string().describe('`sv-zkp/1`.');

const COUNT = z.int().min(0);

const BER = z.object({
  ber: z.object({
    count_bits: COUNT,
    error_bits: COUNT,
    BER_PERCENT: z
      .string()
      .max(32)
      .regex(/^\d+(\.\d+)?$/),
  }),
  image_dim: z.tuple([COUNT, COUNT]),
  algorithm_version: z.string().max(64),
});

const LOG = z.object({
  user_agent: z.string().max(512).optional(),
  platform: z.string().max(64).optional(),
  method: z.enum(['PIN', 'PATTERN', 'NONE']).optional(),
  duration_ms: COUNT.optional(),
  face_score: z.number().min(0).max(1).nullable().optional(),
  liveness: z
    .object({
      result: z.enum(['PASSED', 'FAILED', 'SKIPPED']),
      gestures: z.array(z.enum(GESTURE_NAMES)).max(20).optional(),
      duration_ms: COUNT.optional(),
      attempts: COUNT.optional(),
    })
    .nullable()
    .optional(),
});

/** How well a client decoded an image. Nothing depends on it. */
export const BER_FORM = BER.nullable().default(null).describe('Ignored.');

/** What a client tells beside a proof. Liveness is counted, and nothing else is read. */
export const LOG_DATA = LOG.nullable().default(null).describe('What the client measured; never a secret.');

/** The shapes of image proofs that the description names. */
export const IMAGE_PROOF_COMPONENTS = { BERForm: BER, LogData: LOG } as const;

type LogData = z.output<typeof LOG_DATA>;

/** Longer than anybody stands before a camera. */
const MAX_MS = 3_600_000;

/** A check whether a person stood before the camera; null: the client made none. */
export function toLiveness(log: LogData) {
  const check = log?.liveness ?? null;
  if (check === null) return null;
  return {
    result: check.result,
    durationMs: check.duration_ms === undefined ? null : Math.min(check.duration_ms, MAX_MS),
  };
}
