import type { LivenessResult, LivenessService } from '../../liveness/index.ts';

/** A check whether a person stood before the camera, which a page made and tells beside a proof. It decides nothing. */
interface ToldLiveness {
  readonly result: LivenessResult;
  /** How long it took, in milliseconds; absent or null: unknown. */
  readonly durationMs?: number | null;
}

/** What may stand beside a proof. */
export interface WithLiveness {
  /** Absent or null: the page made no check. */
  readonly liveness?: ToldLiveness | null;
}

export type LivenessCounter = Pick<LivenessService, 'count'>;

/** Counts a check beside a proof that was right. */
export async function countLiveness(
  counter: LivenessCounter,
  { id }: { readonly id: string },
  { liveness }: WithLiveness,
): Promise<void> {
  if (liveness != null) await counter.count(id, liveness.result, liveness.durationMs ?? null);
}
