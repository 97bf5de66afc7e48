/**
 * How the secret of a credential is stored: hashed, sealed so that it can be read again, sealed by its mode under a key of the
 * tenant, not at all (public keys), or as a list of hashes of random codes.
 */
export type SecretForm = 'hashed' | 'sealed' | 'tenant-sealed' | 'none' | 'code-hashes';

/** What a kind of credential can be used for. */
export interface CredentialKind {
  /** Whether it can begin a sign-in. */
  readonly isFirst: boolean;
  /** Whether it counts as a second factor of the account. */
  readonly isSecond: boolean;
  /** Whether it may be shown instead of a second factor without counting as one. */
  readonly isSubstitute?: true;
  readonly secret: SecretForm;
  /** How it shows in `amr` (RFC 8176), of those that prove a key. */
  readonly amr?: readonly string[];
}

/**
 * All kinds of credentials. Recovery codes replace a second factor but do not count as one: a user with recovery codes only
 * would be locked out after the last one.
 */
export const CREDENTIAL_KINDS = {
  password: { isFirst: true, isSecond: false, secret: 'hashed' },
  'image-proof': { isFirst: true, isSecond: false, secret: 'tenant-sealed', amr: ['pop'] },
  totp: { isFirst: false, isSecond: true, secret: 'sealed' },
  passkey: { isFirst: true, isSecond: true, secret: 'none', amr: ['hwk', 'swk'] },
  'security-key': { isFirst: false, isSecond: true, secret: 'none', amr: ['hwk', 'swk'] },
  'recovery-code': { isFirst: false, isSecond: false, isSubstitute: true, secret: 'code-hashes' },
} as const satisfies Record<string, CredentialKind>;

export type CredentialType = keyof typeof CREDENTIAL_KINDS;

const KINDS = Object.entries(CREDENTIAL_KINDS) as readonly (readonly [CredentialType, CredentialKind])[];

/** The types that count as a second factor. */
export const SECOND_FACTOR_TYPES: readonly CredentialType[] = KINDS.filter(([, { isSecond }]) => isSecond).map(
  ([type]) => type,
);

/** The types that a sign-in accepts where it demands a second factor. */
export const ACCEPTED_AS_SECOND: readonly CredentialType[] = KINDS.filter(
  ([, { isSecond, isSubstitute }]) => isSecond || isSubstitute,
).map(([type]) => type);

/** The types that show one of these methods (RFC 8176). */
export const typesShowing = (methods: readonly string[]): readonly CredentialType[] =>
  KINDS.filter(([, { amr = [] }]) => amr.some((method) => methods.includes(method))).map(([type]) => type);

/** Interface of all auth modes; `Proof` is what the user sends: a password, a code, an assertion. */
export interface AuthMode<Proof> {
  readonly type: CredentialType;
  /** Authentication Method Reference values of a right proof (RFC 8176). */
  readonly amr: readonly string[];
  /** Whether the account has set up this mode. */
  isSetUp(tenantId: string, userId: string): Promise<boolean>;
  /**
   * Whether the proof is right. Takes the same time when the account has no such credential, or when `userId` is null
   * because there is no account, so that the response time does not reveal either.
   */
  verify(tenantId: string, userId: string | null, proof: Proof): Promise<boolean>;
}

/**
 * A mode whose proofs are codes that work once. Finding a right code and using it up are two steps, because a code that is
 * shown during a block is not used up.
 */
export abstract class OneTimeCodeMode<Match> implements AuthMode<string> {
  abstract readonly type: CredentialType;
  readonly amr: readonly string[] = ['otp'];

  abstract isSetUp(tenantId: string, userId: string): Promise<boolean>;

  /** What the code matches, unless it was already used. Changes nothing. */
  abstract match(tenantId: string, userId: string | null, code: string): Promise<Match | null>;

  /** Uses a matched code up. @returns False when a concurrent attempt used it. */
  abstract spend(tenantId: string, matched: Match): Promise<boolean>;

  /** Whether the code is right; if so, it is used up. Not throttled: see `checkSecondFactor`. */
  async verify(tenantId: string, userId: string | null, code: string): Promise<boolean> {
    const matched = await this.match(tenantId, userId, code);
    return matched !== null && (await this.spend(tenantId, matched));
  }
}
