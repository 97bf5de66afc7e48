import type { ScopeAliases } from '../../access/index.ts';
import {
  type BeginTotpEnrolmentPayload,
  type CredentialStore,
  type CredentialType,
  type PasswordMode,
  PHISHING_RESISTANT,
  type WebauthnKind,
} from '../../auth-modes/index.ts';
import { type ClientRecord, metadataOf } from '../../clients/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { UserStore } from '../../users/index.ts';
import { type ShownAccount, showAccount } from '../shown-account.ts';
import { keyToMake, otherActions } from '../sign-in.steps.ts';
import type { EmailCodeStep } from './email-code.step.ts';
import type { EnrolmentStep } from './enrolment.step.ts';
import type { OpenInteraction } from './interaction.engine.ts';
import { resetProvedBy, type SignInDemands } from './interaction.state.ts';
import { mayRegisterIn, mayResetPassword, type StepName } from './interaction.steps.ts';
import { PASSWORD_RESET_DIGITS } from './password-reset.code.ts';
import { type DescribedScope, describeScope } from './scope-descriptions.ts';
import { termsOf } from './terms.step.ts';

/** The application that the user signs in to. */
export interface ShownApplication {
  readonly clientId: string;
  readonly name: string;
  readonly clientUri: string | null;
  readonly policyUri: string | null;
  readonly tosUri: string | null;
}

/** How a second factor can be shown: by a key of WebAuthn, or by a code. */
export type FactorMethod = WebauthnKind | CodeMethod;
type CodeMethod = 'totp' | 'recovery-code';

/** What an app needs to begin to show codes. */
export interface ShownEnrolment {
  readonly secret: string;
  readonly uri: string;
  /** As a `data:` address. */
  readonly qrImage: string;
}

/** The present step, with what its page shows. */
export type StepView =
  | { readonly step: 'account'; readonly accounts: readonly ShownAccount[] }
  | {
      readonly step: 'password';
      readonly identifier: string | null;
      readonly isIdentifierFixed: boolean;
      readonly canRemember: boolean;
      readonly canRegister: boolean;
      readonly canResetPassword: boolean;
      readonly offersImage: boolean;
      readonly canRegisterImage: boolean;
      readonly offersPasskey: boolean;
    }
  | {
      readonly step: 'registration';
      readonly identifier: string | null;
      readonly isEmailUsername: boolean;
      readonly minLength: number;
    }
  | { readonly step: 'password-reset'; readonly identifier: string | null; readonly isIdentifierFixed: boolean }
  | { readonly step: 'password-reset-code'; readonly digits: number }
  | { readonly step: 'factor'; readonly methods: readonly FactorMethod[] }
  | { readonly step: 'enrolment'; readonly enrolment: ShownEnrolment | null }
  | { readonly step: 'terms'; readonly text: string | null }
  | { readonly step: 'new-password'; readonly minLength: number; readonly isForgotten: boolean }
  | { readonly step: 'email-code'; readonly email: string; readonly isSent: boolean }
  | { readonly step: 'key-enrolment'; readonly kind: WebauthnKind }
  | { readonly step: 'other-actions'; readonly actions: readonly string[] }
  | { readonly step: 'consent'; readonly account: ShownAccount; readonly scopes: readonly DescribedScope[] }
  | { readonly step: 'finished'; readonly continueAt: string };

/** An interaction as its page shows it. */
export interface InteractionView {
  readonly handle: string;
  readonly application: ShownApplication | null;
  readonly step: StepView;
}

export interface ViewDeps {
  readonly users: Pick<UserStore, 'findById'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly passwords: Pick<PasswordMode, 'leastLength'>;
  readonly scopes: Pick<ScopeAliases, 'find'>;
  readonly enrolments: Pick<EnrolmentStep, 'show'>;
  readonly emailCodes: Pick<EmailCodeStep, 'isSent'>;
}

type ViewOf<S extends StepName> = Extract<StepView, { readonly step: S }>;

/** What the page of each step shows. */
const VIEWS: { readonly [S in StepName]: (deps: ViewDeps, open: OpenInteraction) => ViewOf<S> | Promise<ViewOf<S>> } = {
  account: async ({ users }, { tenant, session }) => {
    const user = session === null ? null : await users.findById(tenant.id, session.userId);
    return { step: 'account', accounts: user === null ? [] : [showAccount(user)] };
  },
  password: async (deps, open) => ({
    step: 'password',
    ...(await nameToBeginWith(deps, open)),
    canRemember: open.tenant.settings.rememberMe,
    canRegister: mayRegisterIn(open),
    canRegisterImage: mayRegisterIn(open),
    canResetPassword: mayResetPassword(open.tenant),
    ...methodsBesidePassword(open),
  }),
  'password-reset': async (deps, open) => ({ step: 'password-reset', ...(await nameToBeginWith(deps, open)) }),
  'password-reset-code': () => ({ step: 'password-reset-code', digits: PASSWORD_RESET_DIGITS }),
  registration: (_, { tenant: { settings }, demands, state }) => ({
    step: 'registration',
    identifier: state.identifier ?? demands.loginHint,
    isEmailUsername: settings.emailIsUsername,
    minLength: settings.passwordMinLength,
  }),
  factor: async ({ credentials }, { tenant, demands, user }) => ({
    step: 'factor',
    methods: methodsToShow(shownMethods(tenant, await credentials.acceptedAsSecond(tenant.id, user!.id)), demands),
  }),
  enrolment: async ({ enrolments }, open) => {
    const begun = await enrolments.show(open);
    return { step: 'enrolment', enrolment: begun === null ? null : showEnrolment(begun) };
  },
  terms: (_, open) => ({ step: 'terms', text: termsOf(open) }),
  'new-password': async ({ passwords }, { tenant, user, state }) => ({
    step: 'new-password',
    minLength: await passwords.leastLength(user!, tenant.settings),
    isForgotten: resetProvedBy(state) !== null,
  }),
  'email-code': async ({ emailCodes }, open) => ({
    step: 'email-code',
    email: maskEmail(open.user!.email ?? ''),
    isSent: await emailCodes.isSent(open),
  }),
  'key-enrolment': (_, { tenant, user }) => ({ step: 'key-enrolment', kind: keyToMake(user!, tenant.settings)! }),
  'other-actions': (_, { tenant, user }) => ({ step: 'other-actions', actions: otherActions(user!, tenant.settings) }),
  consent: ({ scopes }, { user, demands }) => ({
    step: 'consent',
    account: showAccount(user!),
    scopes: demands.consent!.scopes.map((name) => describeScope(name, scopes)),
  }),
  finished: (_, { row, handle }) => ({ step: 'finished', continueAt: continueAt(row, handle) }),
};

/** Where the browser goes in the end. */
export const continueAt = ({ request }: Pick<OpenInteraction['row'], 'request'>, handle: string): string =>
  `${request.resumeAt}/${handle}`;

/** What a page offers in place of a password. */
const methodsBesidePassword = ({
  tenant: { settings },
  demands: { isPhishingResistant = false },
}: Pick<OpenInteraction, 'tenant' | 'demands'>) => ({
  offersImage: settings.offersImageSignIn,
  offersPasskey: settings.isPasskeyEnabled && (settings.offersPasskeySignIn || isPhishingResistant),
});

/** The name in the field of a page, and whether it is that of the only account that may finish. */
async function nameToBeginWith({ users }: Pick<ViewDeps, 'users'>, { tenant, demands, state }: OpenInteraction) {
  const { userId, loginHint } = demands;
  if (userId === null) return { identifier: state.identifier ?? loginHint, isIdentifierFixed: false };
  // A name that an application gave is shown as it came: the username would tell that there is such an account.
  const identifier = loginHint ?? (await users.findById(tenant.id, userId))?.username ?? null;
  return { identifier, isIdentifierFixed: true };
}

/** Shows an interaction: the application, and the present step. */
export async function showInteraction(deps: ViewDeps, open: OpenInteraction): Promise<InteractionView> {
  const step: StepView = await VIEWS[open.step](deps, open);
  return { handle: open.handle, application: open.client === null ? null : showApplication(open.client), step };
}

/** Shows an application to its users. */
export function showApplication({ client }: ClientRecord): ShownApplication {
  return {
    clientId: client.clientId,
    name: client.name ?? client.clientId,
    clientUri: metadataOf(client, 'clientUri'),
    policyUri: metadataOf(client, 'policyUri'),
    tosUri: metadataOf(client, 'tosUri'),
  };
}

const showEnrolment = ({ secret, uri, qrImage }: BeginTotpEnrolmentPayload): ShownEnrolment => ({
  secret,
  uri,
  qrImage: `data:image/png;base64,${qrImage.toString('base64')}`,
});

/**
 * The methods in the order in which a page offers them: no page of somebody else gets anything by a key, and recovery codes are for those
 * who do not have the app at hand.
 */
const FACTOR_METHODS: readonly FactorMethod[] = ['passkey', 'security-key', 'totp', 'recovery-code'];

/** The methods that a tenant takes of those that an account has. */
export const shownMethods = (
  { settings }: Pick<KnownTenant, 'settings'>,
  accepted: readonly CredentialType[],
): FactorMethod[] =>
  FACTOR_METHODS.filter((method) => accepted.includes(method) && (hasCodes(method) || settings.isPasskeyEnabled));

/** Whether a method is shown by a code. */
export const hasCodes = (method: FactorMethod): method is CodeMethod => method === 'totp' || method === 'recovery-code';

/** Those that finish the step: where a method is demanded that resists phishing, no other one does. */
function methodsToShow(
  methods: readonly FactorMethod[],
  { isPhishingResistant = false }: SignInDemands,
): readonly FactorMethod[] {
  const resistant = isPhishingResistant ? methods.filter((method) => PHISHING_RESISTANT.includes(method)) : [];
  return resistant.length > 0 ? resistant : methods;
}

/** Shows enough of an address for its owner to recognise it. */
function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at <= 0 ? '***' : `${[...email][0]}***${email.slice(at)}`;
}
