export type {
  BeginLinking,
  CompleteLinking,
  LinkAccountFlowDeps,
  LinkingOutcome,
  LinkingResult,
} from './link-account.flow.ts';
export type { UpstreamDeps } from './upstream.ts';
