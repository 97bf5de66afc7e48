import { acrOf, type CredentialType, factorsOf, UPDATE_PASSWORD } from '../auth-modes/index.ts';
import type { TenantSettings } from '../tenants/index.ts';
import type { User } from '../users/index.ts';

/** What an account may still have to do after its first factor was proved. */
export type AccountStep = 'factor' | 'enrolment' | 'new-password' | 'email-code';

/** What decides about the steps of an account. */
export interface AccountFacts {
  readonly user: Pick<User, 'requiredFactor' | 'requiredActions' | 'emailVerified'>;
  readonly settings: Pick<TenantSettings, 'verifyEmail'>;
  /** How many factors the request for the sign-in demands; an account may demand two by itself. */
  readonly factors: 1 | 2;
  /** What was proved so far (RFC 8176). */
  readonly amr: readonly string[];
  /** What the account can show as second factor, recovery codes included. */
  readonly methods: readonly CredentialType[];
}

const lacksFactor = ({ user, factors, amr }: Omit<AccountFacts, 'methods'>): boolean =>
  (factors === 2 || user.requiredFactor === 2) && factorsOf(acrOf(amr)) < 2;

/**
 * The steps in their order, each with what asks for it. Whatever changes the account comes after the second factor, so that a
 * stolen password changes nothing.
 */
const STEPS: readonly (readonly [AccountStep, isMissing: (facts: AccountFacts) => boolean])[] = [
  ['enrolment', (facts) => lacksFactor(facts) && facts.methods.length === 0],
  ['factor', lacksFactor],
  ['new-password', ({ user }) => (user.requiredActions ?? []).includes(UPDATE_PASSWORD)],
  ['email-code', ({ user, settings }) => settings.verifyEmail && !user.emailVerified],
];

/** Whether `missingStep` needs to know the second factors of the account. */
export const needsMethods = lacksFactor;

/** The first step that an account still has to do; null when it may be signed in. */
export const missingStep = (facts: AccountFacts): AccountStep | null =>
  STEPS.find(([, isMissing]) => isMissing(facts))?.[0] ?? null;

/**
 * Whether an account that is signed in has something to do by now, because more was demanded of it since.
 * @param facts `amr`: that of its session.
 */
export const lacksStep = (facts: Omit<AccountFacts, 'methods' | 'factors'>): boolean =>
  missingStep({ ...facts, factors: 1, methods: [] }) !== null;
