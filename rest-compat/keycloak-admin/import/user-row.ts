/** A role by its name: one of the realm, or of the client with a `client_id`. */
export interface NamedRole {
  readonly name: string;
  readonly clientId?: string;
}

/** A credential that another service made; details and secret are JSON texts. Members that are absent are left out. */
export interface CredentialRow {
  readonly type?: string;
  readonly credentialData?: string;
  readonly secretData?: string;
  /** A password in plain text. */
  readonly value?: string;
  readonly isTemporary?: boolean;
  readonly userLabel?: string;
  /** Milliseconds since 1970. */
  readonly createdDate?: number;
}

/** A user of an export, as the graph takes it. */
export interface UserRow {
  /** Default: a new id. */
  readonly subject?: string;
  readonly username: string;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified: boolean;
  readonly isEnabled: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly requiredActions: readonly string[];
  /** When the account was made, in ISO 8601. Default: now. */
  readonly createdAt?: string;
  readonly roles: readonly NamedRole[];
  /** Paths. */
  readonly groups: readonly string[];
  /** The first counts most. */
  readonly credentials: readonly CredentialRow[];
  readonly links: readonly {
    readonly provider: string;
    readonly externalId: string;
    readonly externalName: string | null;
  }[];
}
