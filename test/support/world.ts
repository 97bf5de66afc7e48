import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { buildGraph } from '../../schema/build.ts';
import { createContext, type GraphContext, type Services } from '../../schema/context.ts';
import { formatError } from '../../schema/errors/format.ts';
import {
  Authority,
  type Caller,
  formatScope,
  PermissionSet,
  parseScope,
  systemCaller,
} from '../../src/access/index.ts';
import type { ApiKeyWithSecret } from '../../src/api-keys/index.ts';
import type { CredentialInfo } from '../../src/auth-modes/index.ts';
import { ClientEntity } from '../../src/clients/client.entity.ts';
import type { Client, CreateClient, CreatedClient } from '../../src/clients/index.ts';
import type { GrantConsent } from '../../src/consents/index.ts';
import { MasterKey, type PasswordCost } from '../../src/crypto/index.ts';
import type { Mail, Sms, Transports } from '../../src/delivery/index.ts';
import type { CreateProvider, FederationProvider, LinkInput, LinkRow } from '../../src/federation/index.ts';
import { type BrowserPort, newId, type Origin, type TenantRef } from '../../src/kernel/index.ts';
import type { Database } from '../../src/persistence/index.ts';
import type { CreateGroup, CreateRole, Group, Role, RoleGranting } from '../../src/roles/index.ts';
import { createRegistry, type Registry } from '../../src/server/registry/index.ts';
import type { StartedSession, StartSession } from '../../src/sessions/index.ts';
import type { CreateTenant, KnownTenant } from '../../src/tenants/index.ts';
import type { CreateUser, User } from '../../src/users/index.ts';
import { TestClock } from './clock.ts';
import { openTestDatabase } from './database.ts';
import { type Mailboxes, newMailboxes } from './mailbox.ts';
import { createStores, type Stores } from './stores.ts';

/** The schema, built once per process. */
export const testGraph = (): Promise<GraphQLSchema> => buildGraph();

/** Documents of the schema that were validated, the latest ones; many tests run one document with many variables. */
const validated = new Map<string, DocumentNode>();
const MOST_VALIDATED = 100;

/** @throws Error The document is not valid. */
function parseValid(schema: GraphQLSchema, document: string): DocumentNode {
  const known = validated.get(document);
  if (known !== undefined) return known;
  const parsed = parse(document);
  const faults = validate(schema, parsed);
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'));
  if (validated.size >= MOST_VALIDATED) validated.clear();
  validated.set(document, parsed);
  return parsed;
}

/** Of one thousandth of the memory, and so quick that thousands of passwords take no time. */
const QUICK_HASHES: PasswordCost = { memoryKiB: 19, timeCost: 1 };

export const TEST_ORIGIN: Origin = {
  ip: '203.0.113.7',
  peerIp: '198.51.100.1',
  userAgent: 'Tests/1.0',
  api: 'graphql',
  processId: '6b1f0f0e-3c55-4a3c-9a35-0b8c2b8e1d11',
};

/** The result of a GraphQL call, with errors as clients see them. */
export interface GraphResult {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Record<string, unknown>;
    readonly path?: readonly (string | number)[];
  }[];
  /** `extensions.code` of the first error. */
  readonly code: string | undefined;
}

/** A database, the services and a stopped clock, with functions that make tenants, users and other objects. */
export class World {
  readonly db: Database;
  readonly clock: TestClock;
  readonly services: Services;
  readonly masterKey: MasterKey;
  readonly stores: Stores;
  readonly #sweeps: Registry['sweeps'];
  readonly #mailboxes: Mailboxes;

  private constructor(
    db: Database,
    clock: TestClock,
    { services, sweeps }: Registry,
    masterKey: MasterKey,
    mailboxes: Mailboxes,
  ) {
    this.db = db;
    this.clock = clock;
    this.services = services;
    this.#sweeps = sweeps;
    this.masterKey = masterKey;
    this.stores = createStores(db, masterKey, clock);
    this.#mailboxes = mailboxes;
  }

  /**
   * @param transports Transports of messages. Default: mailboxes, which `outbox()` shows.
   * @param masterKey Default: a new one.
   * @param passwordCost Cost of the hashes of passwords. Default: next to nothing; `{}` is the cost in the service.
   * @param factorAuthorities Issuers of services that may ask for a second factor. Default: those of the dialects.
   */
  static async open(
    db?: Database,
    transports?: Transports,
    masterKey: MasterKey = MasterKey.generate().key,
    passwordCost: PasswordCost = QUICK_HASHES,
    factorAuthorities: readonly string[] | null = null,
  ): Promise<World> {
    const database = db ?? (await openTestDatabase());
    const clock = new TestClock();
    const mailboxes = newMailboxes();
    const registry = createRegistry({
      db: database,
      clock,
      masterKey,
      publicUrl: 'https://id.example.com',
      defaultTenant: 'master',
      transports: transports ?? mailboxes,
      passwordCost,
      factorAuthorities,
      // The providers at which tests link accounts run on this machine.
      allowLoopbackHttp: true,
    });
    return new World(database, clock, registry, masterKey, mailboxes);
  }

  close(): Promise<void> {
    return this.db.close();
  }

  /** Runs each sweep of the service once. @returns How many rows were deleted. */
  async sweep(limit: number): Promise<number> {
    let deleted = 0;
    for (const sweep of this.#sweeps) deleted += await sweep(limit);
    return deleted;
  }

  /** The authority of the service itself in a tenant. */
  system(tenant: TenantRef): Authority {
    return Authority.system(systemCaller({ processId: newId() }), tenant);
  }

  /** All mails and text messages sent so far, once none is being sent. */
  async outbox(): Promise<{ readonly mails: readonly Mail[]; readonly texts: readonly Sms[] }> {
    await Promise.all([this.services.mailer.idle(), this.services.smsSender.idle()]);
    return { mails: this.#mailboxes.mail.messages, texts: this.#mailboxes.sms.messages };
  }

  /** A tenant with a fresh name. */
  async tenant(input: Partial<CreateTenant> = {}): Promise<KnownTenant> {
    const name = input.name ?? `t${newId().replaceAll('-', '').slice(-16)}`;
    const nowhere = { id: '', name: '', route: '' } as unknown as TenantRef;
    const created = await this.services.tenants.create(this.system(nowhere), { ...input, name });
    return (await this.services.directory.byId(created.id))!;
  }

  /** A confidential client of a tenant, with its secret. */
  newClient(tenant: TenantRef, input: CreateClient = {}): Promise<CreatedClient> {
    return this.services.clients.create(this.system(tenant), input);
  }

  /** An app instance without an owner, as dynamic registration makes it. */
  async newAppInstance(tenant: TenantRef, softwareId = 'shop'): Promise<Client> {
    const { client } = await this.newClient(tenant, { clientId: `dyn~${softwareId}~${newId()}` });
    const made = { kind: 'instance', softwareId };
    await this.db.transaction(() =>
      this.db.em.nativeUpdate(ClientEntity, { tenantId: tenant.id, id: client.id }, made),
    );
    return { ...client, ...made };
  }

  /** An app instance that a user owns, as after registration and the user's sign-in. */
  async newLinkedApp(tenant: TenantRef, ownerUserId: string, input: CreateClient = {}): Promise<CreatedClient> {
    const created = await this.newClient(tenant, { clientId: `dyn~shop~${newId()}`, ...input });
    await this.db.orm.em
      .fork()
      .getConnection()
      .execute("update clients set kind = 'instance', software_id = 'shop', owner_user_id = ? where id = ?", [
        ownerUserId,
        created.client.id,
      ]);
    return created;
  }

  /** A user account; the username is a fresh one unless given. */
  newUser(tenant: TenantRef, input: CreateUser = {}): Promise<User> {
    const username = `u${newId().replaceAll('-', '').slice(-16)}`;
    return this.services.users.create(this.system(tenant), { username, ...input });
  }

  /** A session of a user, as after a sign-in with a password. */
  signedIn(tenant: TenantRef, userId: string, input: Partial<StartSession> = {}): Promise<StartedSession> {
    return this.services.sessions.start(this.system(tenant), { userId, amr: ['pwd'], ...input });
  }

  /** An API key of a user with these scopes, which reach as far as the user's roles. */
  newApiKey(tenant: TenantRef, userId: string, ...scopes: string[]): Promise<ApiKeyWithSecret> {
    const permissions = scopes.flatMap((name) => this.services.apiKeyScopes.expand(name)).map(formatScope);
    const owner = this.user(tenant, userId, ...permissions);
    return this.services.apiKeys.create(new Authority(owner, tenant, 'self'), { name: '', scopes });
  }

  /** The caller behind the secret of an API key; null if it is refused. */
  async keyCaller(secret: string): Promise<Caller | null> {
    return this.services.apiKeyAuthenticator.authenticate(secret, TEST_ORIGIN);
  }

  /** A role of a tenant, with a fresh name. */
  newRole(tenant: TenantRef, input: Partial<CreateRole> = {}): Promise<Role> {
    return this.services.roles.create(this.system(tenant), { name: `role-${newId()}`, ...input });
  }

  /** A group of a tenant, with a fresh name. */
  newGroup(tenant: TenantRef, input: Partial<CreateGroup> = {}): Promise<Group> {
    return this.services.groups.create(this.system(tenant), { name: `group-${newId()}`, ...input });
  }

  /** Grants a role to a user, group or client. */
  async grantRole(tenant: TenantRef, input: RoleGranting): Promise<void> {
    await this.services.roleGrants.grant(this.system(tenant), input);
  }

  /** Gives an account a password that the policy accepts. */
  async givePassword(tenant: TenantRef, userId: string, password = 'three-wombats-at-dawn'): Promise<string> {
    await this.services.passwordFlow.set(this.system(tenant), { userId, password, sessions: 'keep' });
    return password;
  }

  /** Gives an account a second factor. */
  giveTotp(tenant: TenantRef, userId: string): Promise<CredentialInfo> {
    const secret = 'JBSWY3DPEHPK3PXP';
    return this.db.transaction(() => this.stores.credentials.add(tenant.id, { userId, type: 'totp', secret }));
  }

  /** A federation provider of a tenant: `vk:vk_<fresh>` at an issuer that does not exist, unless said otherwise. */
  newProvider(tenant: TenantRef, input: Partial<CreateProvider> = {}): Promise<FederationProvider> {
    return this.services.federationProviders.create(this.system(tenant), {
      type: 'vk',
      name: `vk_${newId().replaceAll('-', '').slice(-16)}`,
      issuer: 'https://issuer.example',
      clientId: 'idgraph',
      clientSecret: 'provider-secret',
      ...input,
    });
  }

  /** Links an external account to a user. */
  link(
    tenant: TenantRef,
    userId: string,
    provider: LinkInput['provider'],
    externalId: string,
    externalName?: string,
  ): Promise<LinkRow> {
    return this.services.federationLinks.link(this.system(tenant), { userId, provider, externalId, externalName });
  }

  /** A consent of a user for a client. */
  async consent(
    tenant: TenantRef,
    userId: string,
    client: GrantConsent['client'],
    scopes: readonly string[],
  ): Promise<void> {
    await this.services.consents.grant(this.system(tenant), { userId, client, scopes });
  }

  /** An application of a tenant with these native scopes. */
  app(tenant: TenantRef, ...scopes: string[]): Caller {
    return this.#caller(tenant, 'application', scopes, { clientId: 'test-app', clientUuid: newId() });
  }

  /** A signed-in user of a tenant whose token has these native scopes. */
  user(tenant: TenantRef, userId: string, ...scopes: string[]): Caller {
    return this.#caller(tenant, 'user', scopes, {
      userId,
      clientId: 'test-app',
      clientUuid: newId(),
      sessionId: newId(),
      authTime: this.clock.now(),
      amr: ['pwd'],
    });
  }

  /** As `user`, with two factors shown at the sign-in. */
  userOfTwoFactors(tenant: TenantRef, userId: string, ...scopes: string[]): Caller {
    return { ...this.user(tenant, userId, ...scopes), amr: ['pwd', 'otp', 'mfa'] };
  }

  #caller(tenant: TenantRef, kind: Caller['kind'], scopes: string[], over: Partial<Caller>): Caller {
    return {
      kind,
      tenant,
      userId: null,
      clientId: null,
      clientUuid: null,
      clientAuth: 'Bearer',
      permissions: new PermissionSet(scopes.map((scope) => parseScope(scope)!)),
      scopes,
      sessionId: null,
      authTime: null,
      amr: [],
      expiresAt: null,
      origin: TEST_ORIGIN,
      ...over,
    };
  }

  /** Runs a document as a caller, as the GraphQL endpoint does. */
  async graphql(
    caller: Caller,
    document: string,
    variables: Record<string, unknown> = {},
    browser: BrowserPort | null = null,
  ): Promise<GraphResult> {
    const schema = await testGraph();
    const parsed = parseValid(schema, document);
    const { signal } = new AbortController();
    const contextValue: GraphContext = createContext(this.services, caller, signal, browser);
    const result = (await execute({
      schema,
      document: parsed,
      variableValues: variables,
      contextValue,
    })) as ExecutionResult;
    const errors = (result.errors ?? []).map(
      (error) => formatError(error.toJSON(), error) as GraphResult['errors'][number],
    );
    return { data: result.data, errors, code: errors[0]?.extensions['code'] as string | undefined };
  }

  /** Types of the events of a tenant, oldest first. */
  async eventTypes(tenant: TenantRef): Promise<string[]> {
    return (await this.events(tenant)).map(({ type }) => type);
  }

  /** Rows of the log of a tenant, oldest first. */
  async events(tenant: TenantRef): Promise<EventRow[]> {
    const rows = await this.db.orm.em
      .fork()
      .getConnection()
      .execute('select * from security_events where tenant_id = ? order by id', [tenant.id]);
    return rows as unknown as EventRow[];
  }
}

export interface EventRow {
  readonly type: string;
  readonly actor_id: string | null;
  readonly subject_id: string | null;
  readonly client_id: string | null;
  readonly session_id: string | null;
  readonly ip: string | null;
  readonly peer_ip: string | null;
  readonly user_agent: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly params: Record<string, unknown>;
}
