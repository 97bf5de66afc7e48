/** Signs people in in a browser, step by step. A flow that needs a signed-in user begins an interaction and resumes it in the end. */
export type { Advance, InteractionEngine, OpenInteraction } from './interaction.engine.ts';
export { interactionErrors } from './interaction.errors.ts';
export type { InteractionOutcome, InteractionService, NewInteraction, ProvedElsewhere } from './interaction.service.ts';
export type { InteractionState, SignInDemands } from './interaction.state.ts';
export type { StepName } from './interaction.steps.ts';
export {
  type InteractionView,
  type ShownApplication,
  type StepView,
  showApplication,
  shownMethods,
} from './interaction.view.ts';
export type { InteractionStepService } from './interaction-step.service.ts';
