/**
 * Counts how checks went whether a person stood before the camera, and reports them. May import `kernel/`, `crypto/`,
 * `persistence/`, `events/`, `access/`, `composition/`, `tenants/`, `roles/`, `users/` and `clients/`.
 */
export type {
  LivenessBucket,
  LivenessReport,
  LivenessResolution,
  LivenessResult,
  LivenessService,
  LivenessTotals,
} from './liveness.service.ts';
