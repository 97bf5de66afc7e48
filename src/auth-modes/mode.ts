/** How the secret of a credential is kept: hashed for good, sealed to be read again, or not at all (public keys). */
export type SecretForm = 'hashed' | 'sealed' | 'none';

/** What a kind of credential is good for. */
export interface CredentialKind {
  /** May it begin a sign-in? */
  readonly isFirst: boolean;
  /** Does an account that has one have a second factor? */
  readonly isSecond: boolean;
  readonly secret: SecretForm;
}

/**
 * Every kind of credential, once. Recovery codes stand in for a second factor and are none themselves: an account left with
 * them alone would lock itself out after the last one.
 */
export const CREDENTIAL_KINDS = {
  password: { isFirst: true, isSecond: false, secret: 'hashed' },
  'image-proof': { isFirst: true, isSecond: false, secret: 'sealed' },
  totp: { isFirst: false, isSecond: true, secret: 'sealed' },
  passkey: { isFirst: true, isSecond: true, secret: 'none' },
  'security-key': { isFirst: false, isSecond: true, secret: 'none' },
  'recovery-code': { isFirst: false, isSecond: false, secret: 'hashed' },
} as const satisfies Record<string, CredentialKind>;

export type CredentialType = keyof typeof CREDENTIAL_KINDS;

const CREDENTIAL_TYPES = Object.keys(CREDENTIAL_KINDS) as readonly CredentialType[];

/** The types that count in the one rule for "has a second factor". */
export const SECOND_FACTOR_TYPES: readonly CredentialType[] = CREDENTIAL_TYPES.filter(
  (type) => CREDENTIAL_KINDS[type].isSecond,
);

/** What all auth modes share; `Proof` is what the user shows: a password, a code, an assertion. */
export interface AuthMode<Proof> {
  readonly type: CredentialType;
  /** Authentication Method Reference values a right proof is worth (RFC 8176). */
  readonly amr: readonly string[];
  /** Whether the account has this mode. */
  isSetUp(tenantId: string, userId: string): Promise<boolean>;
  /**
   * Whether the proof is right. It costs the same when the account has no such credential, or `userId` is null because
   * there is no account: the time of the answer must not tell them apart.
   */
  verify(tenantId: string, userId: string | null, proof: Proof): Promise<boolean>;
}
