import { afterAll, beforeAll } from 'vitest';
import { Authority, anonymousCaller, PermissionSet } from '../../src/access/index.ts';
import type { Client, ClientRecord, CreateClient } from '../../src/clients/index.ts';
import { clientMetadata } from '../../src/clients/metadata/index.ts';
import { sha256Base64Url } from '../../src/crypto/index.ts';
import { newId, type TenantRef } from '../../src/kernel/index.ts';
import { CODE_KIND, type CodePayload } from '../../src/oauth/grants/authorization-code.ts';
import type { AuthorizationAnswer } from '../../src/oauth/index.ts';
import type { Database } from '../../src/persistence/index.ts';
import type { SessionRow, StartSession } from '../../src/sessions/index.ts';
import { CookieJar } from './cookie-jar.ts';
import { openTestDatabase } from './database.ts';
import { asParameters, scopeLinks, TestClient, TestUser } from './oauth.ts';
import { TEST_ORIGIN, World } from './world.ts';

/** What differs from a public web application with one address. */
export interface MadeUpClient {
  readonly client?: Partial<Client>;
  readonly isUsable?: boolean;
  readonly scopes?: readonly string[];
  readonly defaultScopes?: readonly string[];
}

/** A client as the directory gives it, for tests without a database. */
export function madeUpClient({ client, isUsable = true, scopes, defaultScopes = [] }: MadeUpClient = {}): ClientRecord {
  const row = {
    tenantId: newId(),
    id: newId(),
    clientId: 'app',
    type: 'public',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirects: [{ uri: 'https://app.example/cb', match: 'exact' }],
    postLogoutRedirects: [],
    metadata: {},
    ...client,
  } as unknown as Client;
  return {
    client: row,
    secrets: [],
    permissions: PermissionSet.none,
    allowedScopes: new Set(scopes ?? ['openid', 'profile', 'email', 'offline_access']),
    defaultScopes,
    links: [],
    isUsable,
    metadata: clientMetadata(row),
    webOrigins: new Set(),
  };
}

export const CALLBACK = 'https://app.example/cb';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
/** What every request of the tests has. */
export const REQUEST = {
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  state: 'st',
  code_challenge: sha256Base64Url(VERIFIER),
  code_challenge_method: 'S256',
};

/** A tenant with an application that people sign in to, for the calling suite. */
export function authorizingOfSuite(open: () => Promise<Database> = openTestDatabase): Authorizing {
  const suite = new Authorizing();
  beforeAll(async () => suite.open(await open()));
  afterAll(() => suite.world.close());
  return suite;
}

/** Parameters that replace those of `REQUEST`; null leaves one out. */
export type Asked = Readonly<Record<string, string | null>>;

class Authorizing {
  world!: World;
  tenant!: TenantRef;
  /** The operator trusts it, so that nobody is asked for consent. */
  client!: TestClient;

  async open(db: Database): Promise<void> {
    this.world = await World.open(db);
    this.tenant = await this.world.tenant({ name: 'acme' });
    this.client = await this.newClient({ clientId: 'app', consent: 'trusted' });
  }

  newClient(input: CreateClient = {}, tenant = this.tenant): Promise<TestClient> {
    return TestClient.create(this.world, tenant, {
      type: 'public',
      grantTypes: ['authorization_code', 'refresh_token', 'password'],
      redirects: [{ uri: CALLBACK }],
      scopes: scopeLinks(['openid', 'profile', 'email', 'offline_access']),
      ...input,
    });
  }

  /** The authority of a request of a browser, which is that of nobody. */
  authority(tenant = this.tenant): Authority {
    return new Authority(anonymousCaller(TEST_ORIGIN), tenant, 'self');
  }

  /** A browser in which a user is signed in. */
  async signedIn(over: Partial<StartSession> = {}): Promise<{ jar: CookieJar; user: TestUser; session: SessionRow }> {
    const user = await TestUser.create(this.world, this.client);
    const jar = new CookieJar();
    const input = { inBrowser: true, acr: '1fa', ...over };
    const { session, cookie } = await this.world.signedIn(this.tenant, user.id, input);
    await jar.set('session', this.tenant, cookie!);
    return { jar, user, session };
  }

  /** Sends a request of an application through a browser. */
  begin(jar: CookieJar, asked: Asked = {}, { client = this.client, issuerKind = 'native', tenant = this.tenant } = {}) {
    const all = Object.entries({ client_id: client.clientId, ...REQUEST, ...asked });
    const sent = all.filter((entry): entry is [string, string] => entry[1] !== null);
    const request = { issuerKind, parameters: asParameters(Object.fromEntries(sent)) };
    return jar.use((browser) =>
      this.world.services.oauth.authorization.begin(this.authority(tenant), browser, request),
    );
  }

  /** Lets the browser come back from the pages. */
  resume(jar: CookieJar, handle: string, { issuerKind = 'native', tenant = this.tenant } = {}) {
    const { authorization } = this.world.services.oauth;
    return jar.use((browser) => authorization.resume(this.authority(tenant), browser, { issuerKind, handle }));
  }

  /** The handle of the interaction that a request begins. */
  async ask(jar: CookieJar, asked: Asked = {}, options?: Parameters<Authorizing['begin']>[2]): Promise<string> {
    const answer = await this.begin(jar, asked, options);
    if (answer.kind !== 'interaction') throw new Error(`Nothing is asked: ${JSON.stringify(answer)}`);
    return answer.handle;
  }

  /** Types the password on the page of an interaction. */
  typePassword(jar: CookieJar, handle: string, user: TestUser) {
    const typed = { identifier: user.username, password: user.password, isRemembered: false };
    return jar.use((browser) =>
      this.world.services.interactionSteps.submitPassword(this.authority(), browser, handle, typed),
    );
  }

  /** What a code stands for. */
  async payloadOf(answer: AuthorizationAnswer): Promise<CodePayload & { readonly userId: string }> {
    const row = await this.world.stores.oneTimeCodes.find(this.tenant.id, CODE_KIND, paramsOf(answer)['code'] ?? '');
    return { ...(row!.payload as unknown as CodePayload), userId: row!.userId! };
  }

  /** Reasons of refused requests, oldest first. */
  async refusals(): Promise<unknown[]> {
    const events = await this.world.events(this.tenant);
    return events
      .filter(({ type }) => type === 'authorization.refused')
      .map(({ reason, client_id, subject_id, params }) => ({ reason, client_id, subject_id, params }));
  }
}

/** The members of an answer that goes to the application. */
export function paramsOf(answer: AuthorizationAnswer): Readonly<Record<string, string>> {
  if (answer.kind === 'post') return Object.fromEntries(answer.fields.map(({ name, value }) => [name, value]));
  if (answer.kind === 'interaction') throw new Error('The user is asked.');
  const { searchParams, hash } = new URL(answer.redirectTo);
  return Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))]);
}
