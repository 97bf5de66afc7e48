import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import type { CreateClient } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { scopeLinks, TestClient } from '../../support/oauth.ts';
import { type Answer, type RestClient, serveWorld, TEST_URL } from '../../support/rest.ts';
import { type Person, WebUser } from '../../support/web-user.ts';
import { World } from '../../support/world.ts';
import { networkOf } from '../../support/world-network.ts';
import { ACCOUNT } from '../account.ts';

export const CALLBACK = 'https://rp.example.com/callback';
/** The other address that the suite wants to have registered: its query must be kept. */
export const CALLBACK_WITH_QUERY = `${CALLBACK}?dummy1=lorem&dummy2=ipsum`;
export const SIGNED_OUT = 'https://rp.example.com/post_logout_redirect';

/** A service in this process with what the suite asks to have registered before a run: clients, and an account with a value for each standard claim. */
export class Setting {
  readonly world: World;
  readonly rest: RestClient;
  readonly tenant: TenantRef;
  readonly clients: Readonly<Record<'basic' | 'second' | 'post' | 'rsa', TestClient>>;
  readonly metadata: Answer;
  readonly person: Person;
  readonly #userId: string;

  private constructor(
    given: Pick<Setting, 'world' | 'rest' | 'tenant' | 'clients' | 'metadata' | 'person'>,
    userId: string,
  ) {
    this.world = given.world;
    this.rest = given.rest;
    this.tenant = given.tenant;
    this.clients = given.clients;
    this.metadata = given.metadata;
    this.person = given.person;
    this.#userId = userId;
  }

  static async open(): Promise<Setting> {
    const world = await World.open();
    const tenant = await world.tenant({ name: 'acme' });
    const rest = await serveWorld(world);
    const register = (input: CreateClient) =>
      TestClient.create(world, tenant, {
        grantTypes: ['authorization_code', 'refresh_token'],
        pkce: 'optional',
        redirects: [{ uri: CALLBACK }, { uri: CALLBACK_WITH_QUERY }],
        postLogoutRedirects: [{ uri: SIGNED_OUT }],
        scopes: scopeLinks(['openid', 'profile', 'email', 'address', 'phone', 'offline_access']),
        ...input,
      });
    const clients = {
      basic: await register({ tokenEndpointAuthMethod: 'client_secret_basic' }),
      second: await register({ tokenEndpointAuthMethod: 'client_secret_basic' }),
      post: await register({ tokenEndpointAuthMethod: 'client_secret_post' }),
      rsa: await register({ idTokenAlg: 'RS256' }),
    };
    const metadata = await rest.ask('GET', '/t/acme/.well-known/openid-configuration');
    const { id, username } = await world.newUser(tenant, ACCOUNT);
    const person = { username, password: await world.givePassword(tenant, id) };
    return new Setting({ world, rest, tenant, clients, metadata, person }, id);
  }

  async close(): Promise<void> {
    await this.rest.close();
    await this.world.close();
  }

  /** The path of an endpoint that the metadata name. */
  pathOf(endpoint: string): string {
    const { origin, pathname } = new URL(this.metadata.json[endpoint]);
    if (origin !== TEST_URL) throw new Error(`${endpoint} is at ${origin}.`);
    return pathname;
  }

  /** The keys that are published now. */
  async keys(): Promise<JWTVerifyGetKey> {
    const { json } = await this.rest.ask('GET', this.pathOf('jwks_uri'));
    return createLocalJWKSet(json);
  }

  /** The browser of the person. @param isSignedIn Whether it has a session from the beginning. */
  async newBrowser({ isSignedIn = true } = {}): Promise<WebUser> {
    const browser = new WebUser(this.person, networkOf(this.world, this.rest));
    if (isSignedIn) {
      const { cookie } = await this.world.signedIn(this.tenant, this.#userId, { inBrowser: true, acr: '1fa' });
      await browser.jarOf(new URL(TEST_URL).hostname).set('session', this.tenant, cookie!);
    }
    return browser;
  }
}
