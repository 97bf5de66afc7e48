import type { ForeignCredential } from '../auth-modes/index.ts';
import type { CreateClient, CreateClientScope } from '../clients/index.ts';
import type { CreateProvider } from '../federation/index.ts';
import type { WithServiceAccount } from '../flows/index.ts';
import type { CreateGroup, CreateRole } from '../roles/index.ts';
import type { ConfigureTenant } from '../tenants/index.ts';
import type { CreateUser } from '../users/index.ts';

/** A role by its name among those of the tenant, or of the client with a `client_id`. */
export interface NamedRole {
  readonly name: string;
  readonly clientId?: string | null | undefined;
}

/** The description and attributes of a role, whose permissions an import never sets. */
type RoleInput = Pick<CreateRole, 'name' | 'description' | 'attributes'>;

/** What an account is given. */
export interface AccountInput {
  readonly roles: readonly NamedRole[];
  /** Paths in the tree of groups. */
  readonly groups: readonly string[];
}

/** A user with what it signs in with. */
export interface UserInput extends AccountInput {
  readonly user: CreateUser;
  /** The first counts most. They are read for new users alone. */
  readonly credentials: readonly ForeignCredential[];
  /** Accounts at providers. */
  readonly links: readonly {
    /** Name of the provider. */
    readonly provider: string;
    /** Id of the account there. */
    readonly externalId: string;
    readonly externalName?: string | null | undefined;
  }[];
}

/** What each kind of row has. */
export interface RowInputs {
  readonly settings: ConfigureTenant;
  /** Texts of the tenant in the language that the row is called after; others stay. */
  readonly texts: { readonly texts: Readonly<Record<string, string>> };
  /** What the attributes of users may have. */
  readonly userProfile: { readonly profile: Readonly<Record<string, unknown>> };
  readonly role: RoleInput;
  readonly clientRole: RoleInput;
  /** The roles inside a role of the tenant. */
  readonly roleChildren: { readonly children: readonly NamedRole[] };
  /** The roles inside a role of a client. */
  readonly clientRoleChildren: { readonly children: readonly NamedRole[] };
  readonly clientScope: CreateClientScope;
  readonly client: CreateClient & WithServiceAccount;
  /** The roles that tokens of a client may have. */
  readonly clientScopeRoles: { readonly roles: readonly NamedRole[] };
  /** The roles that tokens with a client scope may have. */
  readonly scopeScopeRoles: { readonly roles: readonly NamedRole[] };
  readonly group: Pick<CreateGroup, 'name' | 'attributes'> & {
    /** Null: at the top of the tree. */
    readonly parentPath: string | null;
    readonly roles: readonly NamedRole[];
  };
  /** A group that new users join, by its path, which is the name of the row. */
  readonly defaultGroup: object;
  readonly provider: CreateProvider;
  /** The account of a client, by the `client_id`, which is the name of the row. */
  readonly serviceAccount: AccountInput;
  readonly user: UserInput;
}

/** A kind of rows. */
export type RowKind = keyof RowInputs;

/** Whose row it is among those of its kind. */
export interface RowName {
  /** The `client_id` of the client that a role belongs to; empty for other kinds. */
  readonly owner: string;
  /** Name; of groups the path. Empty for settings. */
  readonly name: string;
}

/** A row of a kind. */
export interface RowOf<K extends RowKind> extends RowName {
  readonly kind: K;
  readonly input: RowInputs[K];
}

/** One thing to import. Each one follows those that it names. */
export type ImportRow = { [K in RowKind]: RowOf<K> }[RowKind];

/**
 * What happened to a row. `added` and `changed` write; `same`: an import has written this content before; `skipped`: the thing was there,
 * and stays as it is; `refused`: a rule does not allow it.
 */
export type RowOutcome = 'added' | 'changed' | 'same' | 'skipped' | 'refused';

/** How many rows ended how; outcomes without rows are absent. */
export type RowTally = { readonly [O in RowOutcome]?: number };

/** Something that was not taken over as it is. */
export interface RowFault extends RowName {
  readonly kind: string;
  /** The code of the error, or of what cannot be read. */
  readonly reason: string;
  /** Which value is meant; empty: the whole. */
  readonly at: string;
}

/** A row with what happened to it. */
export interface WrittenRow extends RowName {
  readonly kind: RowKind;
  readonly outcome: RowOutcome;
  /** Id of the thing; null where there is none. */
  readonly id: string | null;
  readonly faults: readonly RowFault[];
}

/** What happens to things that are there already: they stay as they are, or get what the import has. */
export type IfExists = 'skip' | 'overwrite';
