import type { ClientRecord } from '../../clients/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { mayRegister, mayRegisterAt } from '../new-account.ts';
import { type AccountFacts, type AccountStep, missingStep } from '../sign-in.steps.ts';
import type { InteractionState, SignInDemands } from './interaction.state.ts';

/** The steps of an interaction, of which one is the present one. */
export type StepName =
  | 'account'
  | 'registration'
  | 'password-reset'
  | 'password-reset-code'
  | 'password'
  | AccountStep
  | 'consent'
  | 'finished';

/** What decides about the present step. */
export interface StepFacts {
  readonly state: InteractionState;
  readonly demands: SignInDemands;
  /** Whether a user is signed in in the browser, who could be chosen. */
  readonly isSignedIn: boolean;
  /** What the proved account still has to do; null before there is one. */
  readonly account: AccountFacts | null;
  /** Whether somebody without an account may make one. */
  readonly canRegister: boolean;
  /** Whether somebody who has forgotten the password gets a new one by mail. */
  readonly canResetPassword: boolean;
  /** Whether the account allowed the application everything before. */
  readonly isConsentCovered: boolean;
}

/** What decides whether somebody without an account may make one in an interaction. */
interface RegistrationFacts {
  readonly tenant: Pick<KnownTenant, 'settings'>;
  readonly demands: Pick<SignInDemands, 'userId'>;
  /** The application; null: none. */
  readonly client: ClientRecord | null;
}

/**
 * Whether somebody without an account may make one in an interaction: where the tenant and the application let people register, and not
 * where one account alone can finish.
 */
export const mayRegisterIn = ({ tenant: { settings }, demands: { userId }, client }: RegistrationFacts): boolean =>
  userId === null && mayRegister(settings) && mayRegisterAt(client);

/** Whether somebody who has forgotten the password gets a new one by mail. */
export const mayResetPassword = ({ settings }: Pick<KnownTenant, 'settings'>): boolean => settings.resetPassword;

const isResetting = ({ state, account, canResetPassword }: StepFacts): boolean =>
  account === null && state.passwordReset?.isOpen === true && canResetPassword;

/** The steps around those of the account, in their order, each with what asks for it. */
const BEFORE: readonly (readonly [StepName, isPresent: (facts: StepFacts) => boolean])[] = [
  ['finished', ({ state }) => state.refusal !== null],
  [
    'account',
    // A user who has signed in here meanwhile has chosen the account by that.
    ({ state, demands, isSignedIn, account }) =>
      demands.mustChoose && !state.isAccountChosen && isSignedIn && account === null,
  ],
  ['registration', ({ state, account, canRegister }) => account === null && state.isRegistering && canRegister],
  ['password-reset-code', (facts) => isResetting(facts) && facts.state.passwordReset?.isAsked === true],
  ['password-reset', isResetting],
  ['password', ({ account }) => account === null || account.lacksOwnFactor],
];

/**
 * The present step of an interaction. The session starts when the steps of the account are done, so consent is asked of a user
 * who is signed in.
 */
export function presentStep(facts: StepFacts): StepName {
  const before = BEFORE.find(([, isPresent]) => isPresent(facts));
  if (before !== undefined) return before[0];
  return missingStep(facts.account!) ?? (asksConsent(facts) ? 'consent' : 'finished');
}

function asksConsent({ state, demands, isConsentCovered }: StepFacts): boolean {
  if (demands.consent === null || state.consented !== null) return false;
  return demands.consent.isForced || !isConsentCovered;
}

/** Whether the account is proved as far as it must be, so that its session can begin. */
export const isSignedInAt = (step: StepName): boolean => step === 'consent' || step === 'finished';
