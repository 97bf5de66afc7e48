import {
  acrOf,
  CONFIGURE_TOTP,
  type CredentialStore,
  type CredentialType,
  factorsOf,
  PHISHING_RESISTANT,
  resistsPhishing,
  typesShowing,
  UPDATE_PASSWORD,
  WEBAUTHN_KINDS,
  type WebauthnKind,
} from '../auth-modes/index.ts';
import type { KnownTenant, TenantSettings } from '../tenants/index.ts';
import { TERMS_AND_CONDITIONS, type User, VERIFY_EMAIL } from '../users/index.ts';

/** What an account may still have to do after its first factor was proved. */
export type AccountStep =
  | 'factor'
  | 'enrolment'
  | 'terms'
  | 'new-password'
  | 'email-code'
  | 'key-enrolment'
  | 'other-actions';

/** What decides about the steps of an account. */
export interface AccountFacts {
  readonly user: Pick<User, 'requiredFactor' | 'requiredActions' | 'emailVerified'>;
  /** Whether the account has its password for longer than the tenant allows. */
  readonly isPasswordExpired: boolean;
  readonly settings: Pick<TenantSettings, 'verifyEmail' | 'isPasskeyEnabled'>;
  /** Whether a second factor that the account has is demanded, and every action that the account has to do. */
  readonly isStrict: boolean;
  /**
   * Whether the user proved the account by a code from a mail, to choose a new password in place of a forgotten one. A second factor
   * that the account has is demanded then (ASVS 6.4.3).
   */
  readonly isResetting: boolean;
  /** How many factors the request for the sign-in demands; an account may demand two by itself. */
  readonly factors: 1 | 2;
  /** Methods (RFC 8176) each of which is enough where the request demands two factors; an account may still demand two. Absent: none. */
  readonly factorsAlone?: readonly string[] | undefined;
  /** Whether the request demands a method that resists phishing, if the account has one. Absent: no. */
  readonly isPhishingResistant?: boolean | undefined;
  /**
   * Methods (RFC 8176) one of which an account that has one shows where a second factor is demanded: none is set up in its place, because
   * somebody who has stolen the password could do that. Absent: none.
   */
  readonly ownFactors?: readonly string[] | undefined;
  /** What was proved so far (RFC 8176). */
  readonly amr: readonly string[];
  /** What the account can show as second factor, recovery codes included. */
  readonly methods: readonly CredentialType[];
  /** Whether the account has to be proved by one of `ownFactors`, and was proved otherwise. */
  readonly lacksOwnFactor: boolean;
}

type KnownFacts = Omit<AccountFacts, 'isPasswordExpired' | 'methods' | 'lacksOwnFactor'>;

const hasOneFactor = ({ amr }: KnownFacts): boolean => factorsOf(acrOf(amr)) < 2;

const demandsOwned = ({ isStrict, isResetting }: KnownFacts): boolean => isStrict || isResetting;

const isAskedForSecond = ({ factors, factorsAlone = [], amr }: KnownFacts): boolean =>
  factors === 2 && !amr.some((method) => factorsAlone.includes(method));

const demandsSecond = (facts: KnownFacts & Pick<AccountFacts, 'methods'>): boolean =>
  isAskedForSecond(facts) || facts.user.requiredFactor === 2 || (demandsOwned(facts) && facts.methods.length > 0);

const lacksFactor = (facts: AccountFacts): boolean => hasOneFactor(facts) && demandsSecond(facts);

/** Where the tenant has turned passkeys off, nobody could finish the step. */
const demandsResistance = ({ isPhishingResistant = false, settings, amr }: KnownFacts): boolean =>
  isPhishingResistant && settings.isPasskeyEnabled && !resistsPhishing(amr);

const lacksResistance = (facts: AccountFacts): boolean =>
  demandsResistance(facts) && facts.methods.some((method) => PHISHING_RESISTANT.includes(method));

const isPending = ({ user, isStrict }: KnownFacts, action: string): boolean =>
  isStrict && (user.requiredActions ?? []).includes(action);

/** The actions that have a step in every tenant. */
const ACTIONS_WITH_STEP: readonly string[] = [CONFIGURE_TOTP, TERMS_AND_CONDITIONS, UPDATE_PASSWORD, VERIFY_EMAIL];

/** What an account may have to make where users may have it, in the order of the steps. */
const KEYS: readonly WebauthnKind[] = ['security-key', 'passkey'];

type ActionsOf = Pick<User, 'requiredActions'>;
type KeySettings = Pick<TenantSettings, 'isPasskeyEnabled'>;

/** What an account has to make in a step of the sign-in; null: nothing. */
export function keyToMake({ requiredActions }: ActionsOf, { isPasskeyEnabled }: KeySettings): WebauthnKind | null {
  if (!isPasskeyEnabled) return null;
  return KEYS.find((kind) => (requiredActions ?? []).includes(WEBAUTHN_KINDS[kind].action)) ?? null;
}

/** The actions that an account has to do and that no step does. */
export function otherActions({ requiredActions }: ActionsOf, { isPasskeyEnabled }: KeySettings): readonly string[] {
  const ofKeys = isPasskeyEnabled ? KEYS.map((kind) => WEBAUTHN_KINDS[kind].action) : [];
  const withStep = [...ACTIONS_WITH_STEP, ...ofKeys];
  return (requiredActions ?? []).filter((action) => !withStep.includes(action));
}

/** Whether a step asks for a key, which is a second factor from then on. */
const makesKey = ({ user, settings, isStrict }: KnownFacts): boolean => isStrict && keyToMake(user, settings) !== null;

/** Whether the tenant demands that an address is confirmed before its user is signed in, and it is not. */
export const lacksConfirmedEmail = (
  { verifyEmail }: Pick<TenantSettings, 'verifyEmail'>,
  { emailVerified }: Pick<User, 'emailVerified'>,
): boolean => verifyEmail && !emailVerified;

/**
 * The steps in their order, each with what asks for it. Whatever changes the account comes after the second factor, so that a
 * stolen password changes nothing. An account that has none and has to make a key makes that in place of an app.
 */
const STEPS: readonly (readonly [AccountStep, isMissing: (facts: AccountFacts) => boolean])[] = [
  ['factor', (facts) => (lacksFactor(facts) && facts.methods.length > 0) || lacksResistance(facts)],
  ['enrolment', (facts) => lacksFactor(facts) && facts.methods.length === 0 && !makesKey(facts)],
  ['enrolment', (facts) => isPending(facts, CONFIGURE_TOTP)],
  ['terms', (facts) => isPending(facts, TERMS_AND_CONDITIONS)],
  [
    'new-password',
    ({ user, isResetting, isPasswordExpired }) =>
      isResetting || isPasswordExpired || (user.requiredActions ?? []).includes(UPDATE_PASSWORD),
  ],
  ['email-code', (facts) => lacksConfirmedEmail(facts.settings, facts.user) || isPending(facts, VERIFY_EMAIL)],
  ['key-enrolment', makesKey],
  ['other-actions', ({ user, settings, isStrict }) => isStrict && otherActions(user, settings).length > 0],
];

/** The first step that an account still has to do; null when it may be signed in. */
export const missingStep = (facts: AccountFacts): AccountStep | null =>
  STEPS.find(([, isMissing]) => isMissing(facts))?.[0] ?? null;

/** What is known about an account before its second factors are. */
export interface SignInFacts extends Omit<KnownFacts, 'settings' | 'isResetting'> {
  readonly userId: string;
  /** Default false. */
  readonly isResetting?: boolean;
  /** Whether the user proves the account now. A session goes on when the password becomes too old. */
  readonly isProvedNow: boolean;
  /** Whether the address of the account has to be confirmed where the tenant does not demand it. Default false. */
  readonly isEmailDemanded?: boolean;
}

/** Where what decides about the steps of an account is read. */
export type AccountFactSource = Pick<CredentialStore, 'acceptedAsSecond' | 'hasAny' | 'isPasswordOlder'>;

/**
 * What decides about the steps of an account. Sign-ins of a tenant of the template `realm` are strict, whatever they are for: one
 * session serves all its issuers. Those of other tenants are where it is demanded. The second factors, and the age of the password, are
 * read only where they decide.
 * @param isStrict Whether the request for the sign-in demands it.
 */
export async function accountFacts(
  credentials: AccountFactSource,
  { id, template, settings }: Pick<KnownTenant, 'id' | 'template' | 'settings'>,
  { userId, isStrict, isResetting = false, isEmailDemanded = false, isProvedNow, ...known }: SignInFacts,
): Promise<AccountFacts> {
  const demanded = { ...settings, verifyEmail: settings.verifyEmail || isEmailDemanded };
  const facts = { ...known, settings: demanded, isResetting, isStrict: isStrict || template === 'realm' };
  const mayDecide =
    demandsResistance(facts) ||
    (hasOneFactor(facts) && (demandsOwned(facts) || demandsSecond({ ...facts, methods: [] })));
  const { maxAgeDays } = settings.passwordRules;
  const methods = mayDecide ? await credentials.acceptedAsSecond(id, userId) : [];
  const types = mayDecide ? unshownTypes({ ...facts, methods }) : [];
  return {
    ...facts,
    isPasswordExpired: isProvedNow && maxAgeDays > 0 && (await credentials.isPasswordOlder(id, userId, maxAgeDays)),
    methods,
    lacksOwnFactor: types.length > 0 && (await credentials.hasAny(id, userId, types)),
  };
}

/** The types of credentials one of which the account has to show if it has any: it can show no second factor, and showed none of them. */
function unshownTypes({
  ownFactors = [],
  amr,
  methods,
}: KnownFacts & Pick<AccountFacts, 'methods'>): readonly CredentialType[] {
  const isShown = amr.some((method) => ownFactors.includes(method));
  return isShown || methods.length > 0 ? [] : typesShowing(ownFactors);
}
