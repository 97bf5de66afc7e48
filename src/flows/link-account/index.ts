export {
  type BeginLinking,
  type CompleteLinking,
  LinkAccountFlow,
  type LinkAccountFlowDeps,
  type LinkingOutcome,
  type LinkingResult,
} from './link-account.flow.ts';
export { Upstream, type UpstreamDeps } from './upstream.ts';
