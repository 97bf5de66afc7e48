/** How the secret of a credential is stored: hashed, sealed so that it can be read again, or not at all (public keys). */
export type SecretForm = 'hashed' | 'sealed' | 'none';

/** What a kind of credential can be used for. */
export interface CredentialKind {
  /** Whether it can begin a sign-in. */
  readonly isFirst: boolean;
  /** Whether it counts as a second factor of the account. */
  readonly isSecond: boolean;
  readonly secret: SecretForm;
}

/**
 * All kinds of credentials. Recovery codes replace a second factor but do not count as one: a user with recovery codes only
 * would be locked out after the last one.
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

/** The types that count as a second factor. */
export const SECOND_FACTOR_TYPES: readonly CredentialType[] = CREDENTIAL_TYPES.filter(
  (type) => CREDENTIAL_KINDS[type].isSecond,
);

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
