export type {
  BeginLinking,
  CompleteLinking,
  LinkAccountFlowDeps,
  LinkingResult,
} from './link-account.flow.ts';
export type { LinkQuestion, LinkQuestionAnswer, LinkQuestionFlowDeps } from './link-question.flow.ts';
export type { LinkingOutcome } from './link-state.ts';
export type { UpstreamDeps } from './upstream.ts';
export { type UpstreamAccess, upstreamFetch } from './upstream-fetch.ts';
