import {
  type ClaimFacts,
  type ClaimTarget,
  type Client,
  type ClientRecord,
  type ProtocolMapper,
  readsRoles,
  type ScopeMapperDirectory,
  type ScopeRoleDirectory,
} from '../../clients/index.ts';
import { epochSeconds } from '../../kernel/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { Person } from '../grants/user-rows.ts';
import type { HeldRoles, TokenHolder, TokenRole } from './held-roles.ts';

/** What tokens of role-based issuers are made from beside their own claims. */
export interface TokenFacts extends ClaimFacts {
  /** The account of the token; null where it is that of a client without one. */
  readonly account: Person | null;
  /** The mappers that act, in their order. */
  readonly mappers: readonly ProtocolMapper[];
}

/** A token, as far as mappers and roles depend on it. */
export interface FactsSubject {
  readonly tenantId: string;
  readonly client: ClientRecord;
  readonly scopes: readonly string[];
  /** Where the claims go. The roles are read if the claims there depend on them; those of access tokens always do. */
  readonly target: ClaimTarget;
}

/** The user of a token. */
export interface UserFacts {
  readonly userId: string;
  /** What claims about the user are read from; null if they have none. */
  readonly person: Person | null;
  readonly authTime: Date | null;
}

export interface TokenFactsDeps {
  readonly heldRoles: HeldRoles;
  readonly scopeMappers: Pick<ScopeMapperDirectory, 'forToken'>;
  readonly allowedRoles: Pick<ScopeRoleDirectory, 'forToken'>;
}

/** What the claims of a client itself depend on. */
export interface ApplicationFacts {
  /** Its service account; null: it has none. */
  readonly account: User | null;
  /** Where the client asked for the token; null: unknown. */
  readonly address: string | null;
}

/** The service account of a client, which has the id of the client. */
export async function findServiceAccount(
  users: Pick<UserStore, 'findById'>,
  { tenantId, id }: Pick<Client, 'tenantId' | 'id'>,
): Promise<User | null> {
  const found = await users.findById(tenantId, id);
  return found?.serviceClientId === id ? found : null;
}

const NO_ROLES: readonly TokenRole[] = [];

/** Reads what the claims of tokens of role-based issuers are made from: roles, as far as the client may have them, and mappers. */
export class TokenFactsReader {
  readonly #deps: TokenFactsDeps;

  constructor(deps: TokenFactsDeps) {
    this.#deps = deps;
  }

  /** The mappers that act in the tokens of a client. */
  mappersOf({ client, scopes }: Pick<FactsSubject, 'client' | 'scopes'>): Promise<readonly ProtocolMapper[]> {
    return this.#deps.scopeMappers.forToken(client, scopes);
  }

  ofUser(subject: FactsSubject, { userId, person, authTime }: UserFacts): Promise<TokenFacts> {
    const notes = authTime === null ? [] : [['AUTH_TIME', String(epochSeconds(authTime))] as const];
    return this.#read(subject, [{ kind: 'user', id: userId }], person, new Map(notes));
  }

  /** Of a token of the client itself, which has its roles and those of its service account. */
  ofApplication(subject: FactsSubject, { account, address }: ApplicationFacts): Promise<TokenFacts> {
    const { id, clientId } = subject.client.client;
    const kinds = account === null ? (['client'] as const) : (['client', 'user'] as const);
    const holders = kinds.map((kind) => ({ kind, id }));
    const notes = [
      ['client_id', clientId],
      ['clientId', clientId],
      ...(address === null ? [] : ['clientAddress', 'clientHost'].map((name) => [name, address] as const)),
    ] as const;
    return this.#read(subject, holders, account, new Map(notes));
  }

  async #read(
    subject: FactsSubject,
    holders: readonly TokenHolder[],
    account: Person | null,
    sessionNotes: ReadonlyMap<string, string>,
  ): Promise<TokenFacts> {
    const mappers = await this.mappersOf(subject);
    const isNeeded = subject.target === 'accessToken' || readsRoles(mappers, subject.target);
    const roles = isNeeded ? await this.#roles(subject, holders) : NO_ROLES;
    const ofClients = roles.filter(({ clientId }) => clientId !== null);
    const byClient = Map.groupBy(ofClients, ({ clientId }) => clientId!);
    return {
      mappers,
      clientId: subject.client.client.clientId,
      account,
      realmRoles: toNames(roles.filter(({ clientId }) => clientId === null)),
      clientRoles: new Map([...byClient].map(([name, ofClient]) => [name, toNames(ofClient)])),
      sessionNotes,
    };
  }

  /** The roles of the holders that tokens of the client may have. */
  async #roles({ tenantId, client, scopes }: FactsSubject, holders: readonly TokenHolder[]) {
    const allowed = await this.#deps.allowedRoles.forToken(client, scopes);
    const roles = allowed?.size === 0 ? NO_ROLES : await this.#deps.heldRoles.of(tenantId, holders);
    return allowed === null ? roles : roles.filter(({ id }) => allowed.has(id));
  }
}

const toNames = (roles: readonly TokenRole[]): readonly string[] => roles.map(({ name }) => name).sort();
