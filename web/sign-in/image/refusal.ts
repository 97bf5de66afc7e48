import { ProofError, type ProofFault } from '../../zero-knowledge/errors.ts';
import type { Refusal } from '../graph.ts';

/** The graph refused a request of a proof. */
export class RefusedRequest extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** Fields that a fault is about. */
const FIELDS: Partial<Readonly<Record<ProofFault, string>>> = {
  IMAGE_EMPTY: 'image',
  IMAGE_TOO_LARGE: 'image',
  IMAGE_UNREADABLE: 'image',
  PATTERN_INVALID: 'pattern',
  PIN_INVALID: 'pin',
};

/** Why a proof was not made or not taken, as the page shows it. Other errors are faults of the page, and are thrown on. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof RefusedRequest) return error.refusal;
  if (!(error instanceof ProofError)) throw error;
  const { code } = error;
  const field = FIELDS[code];
  if (field === undefined) return { code, fields: [], retryAfterSeconds: null };
  return { code: 'INVALID_INPUT', fields: [{ path: field, code }], retryAfterSeconds: null };
}
