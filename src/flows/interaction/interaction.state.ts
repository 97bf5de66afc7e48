/** What the flow that begins an interaction demands of the sign-in. */
export interface SignInDemands {
  /** Whether the session of the browser is not enough: the user proves who they are again. */
  readonly mustAuthenticate: boolean;
  /** Whether the user chooses the account, even when one is signed in. */
  readonly mustChoose: boolean;
  /** How many factors the sign-in needs; an account may demand two by itself. */
  readonly factors: 1 | 2;
  /** Methods (RFC 8176) each of which is enough where two factors are demanded; an account may still demand two. Absent: none. */
  readonly factorsAlone?: readonly string[];
  /**
   * Methods (RFC 8176) one of which an account that has one shows where a second factor is demanded: none is set up in its place. Absent:
   * none.
   */
  readonly ownFactors?: readonly string[];
  /** An address that is confirmed in the sign-in where it is that of the account, whatever the tenant has set. Absent or null: none. */
  readonly emailToConfirm?: string | null;
  /**
   * Whether an account that has a method that resists phishing has to show it. An account that has none finishes without it, and the flow
   * that began the sign-in decides what follows. Absent: no.
   */
  readonly isPhishingResistant?: boolean;
  /**
   * Whether a second factor that the account has is demanded, and every action that it has to do. In tenants of the template `realm`
   * they are in any case.
   */
  readonly isStrict: boolean;
  /** The only account that may finish; null: any. */
  readonly userId: string | null;
  /** A name to begin with. */
  readonly loginHint: string | null;
  /** What the application wants to be allowed. Null: the user is not asked. `isForced`: also when it was allowed before. */
  readonly consent: { readonly scopes: readonly string[]; readonly isForced: boolean } | null;
  /** Languages that the application prefers, as BCP 47 tags with blanks between them (`ui_locales`). */
  readonly locales: string | null;
}

/** An account that the user of the browser proved to own. */
export interface ProvedAccount {
  readonly userId: string;
  /** `users.proof_version` at that time: when it was raised since, the proof does not count any more. */
  readonly proofVersion: number;
  /** How it was proved (RFC 8176). */
  readonly amr: readonly string[];
  /** When the first factor was proved, in ISO 8601. */
  readonly provedAt: string;
  /** The session of the browser that proves it, or that is renewed; null when a new one is started. */
  readonly sessionId: string | null;
  /** Whether anything was proved that the session does not have yet, so that it is to be started or renewed. */
  readonly isProvedNow: boolean;
}

/** A new password in place of one that the user has forgotten. */
export interface PasswordResetState {
  /** Whether the user is at it. What else is here outlives a return to the password, because it bounds the mails. */
  readonly isOpen: boolean;
  /** Whether the page asks for the code, and not for the name. */
  readonly isAsked: boolean;
  /** How many codes were asked for. */
  readonly asked: number;
  /** Which of them works. Absent: the last one, which a request without a mail does not replace. */
  readonly working?: number;
  /** When the last one was asked for, in ISO 8601; null: none was. */
  readonly askedAt: string | null;
  /** The address to which a right code was mailed; null before it was typed. */
  readonly provedEmail: string | null;
}

/** What was proved and decided so far. */
export interface InteractionState {
  /** Null until the first factor was proved. */
  readonly account: ProvedAccount | null;
  readonly isAccountChosen: boolean;
  /** The name as it was typed, for the event and for the next try. */
  readonly identifier: string | null;
  readonly isRemembered: boolean;
  /** Whether the user wants to make an account instead of signing in to one. */
  readonly isRegistering: boolean;
  /** Absent or null: no password was forgotten. */
  readonly passwordReset?: PasswordResetState | null;
  /** The secret of the app that the user attaches, sealed, and the account it is for; null before it was begun. */
  readonly enrolment: { readonly userId: string; readonly sealed: string } | null;
  /** How many codes were mailed. */
  readonly emailCodesSent: number;
  /** The session in which the interaction ended; null while steps before it are missing. */
  readonly sessionId: string | null;
  /** The scopes that the user allowed; null when the user was not asked. */
  readonly consented: readonly string[] | null;
  /** Set when the user ended the interaction without success. */
  readonly refusal: 'denied' | 'cancelled' | null;
}

/** The state of an interaction in which nothing was done yet. */
export const INITIAL_STATE: InteractionState = {
  account: null,
  isAccountChosen: false,
  identifier: null,
  isRemembered: false,
  isRegistering: false,
  enrolment: null,
  emailCodesSent: 0,
  sessionId: null,
  consented: null,
  refusal: null,
};

/**
 * The state in which the user proves an account anew, another one perhaps, so nothing counts that the last one did. Kept are what was
 * typed and chosen, the secret of an app, which names its account, and how many codes were asked for and mailed, which is bounded for
 * the whole interaction.
 */
export function askAgain(state: InteractionState): InteractionState {
  const { isAccountChosen, identifier, isRemembered, enrolment, emailCodesSent } = state;
  const kept = { isAccountChosen, identifier, isRemembered, enrolment, emailCodesSent };
  return { ...INITIAL_STATE, ...kept, passwordReset: closedReset(state) };
}

/** The address to which the right code of a reset of the password was mailed; null when the user is not proved by such a code. */
export const resetProvedBy = ({ passwordReset }: InteractionState): string | null => passwordReset?.provedEmail ?? null;

/** What stays of a reset of the password that the user has left. */
export function closedReset({ passwordReset }: InteractionState): PasswordResetState | null {
  return passwordReset == null ? null : { ...passwordReset, isOpen: false, provedEmail: null };
}

/** What was demanded when it began, and where the browser goes in the end. */
export interface InteractionRequest {
  readonly demands: SignInDemands;
  /** Absolute URL of the flow that resumes, to which `/` and the handle are added. */
  readonly resumeAt: string;
}
