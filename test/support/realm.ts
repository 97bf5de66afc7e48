import { afterAll, beforeAll, expect } from 'vitest';
import type { CreateClient } from '../../src/clients/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { CreateTenant } from '../../src/tenants/index.ts';
import type { CreateUser, User } from '../../src/users/index.ts';
import { type Answer, type RestClient, serveWorld } from './rest.ts';
import { World } from './world.ts';

const FORM = 'application/x-www-form-urlencoded';

/** The password of every user. */
export const REALM_PASSWORD = 'three-wombats-at-dawn';

/** The issuer over HTTP, over a world for the tests of the file or suite that calls this. */
export function realmOfSuite(): RealmWorld {
  const realm = new RealmWorld();
  beforeAll(() => realm.open());
  afterAll(async () => {
    expect(realm.rest.faults).toEqual([]);
    await realm.close();
  });
  return realm;
}

/** The tenant `acme` as a realm beside `master`, and its clients and users. */
export class RealmWorld {
  world!: World;
  rest!: RestClient;
  acme!: TenantRef;

  async open(): Promise<void> {
    this.world = await World.open();
    await this.world.tenant({ name: 'master' });
    this.acme = await this.tenant({ name: 'acme' });
    this.rest = await serveWorld(this.world);
  }

  async close(): Promise<void> {
    await this.rest.close();
    await this.world.close();
  }

  tenant(input: Partial<CreateTenant> = {}): Promise<TenantRef> {
    return this.world.tenant({ template: 'realm', ...input });
  }

  /** A client with every grant of the issuer, unless said otherwise, and the form members that authenticate it. */
  async client(input: CreateClient = {}, tenant = this.acme) {
    const { client, secret } = await this.world.newClient(tenant, {
      grantTypes: ['client_credentials', 'password', 'refresh_token'],
      fullRoleScope: true,
      scopes: ['openid', 'profile', 'email', 'offline_access'].map((name) => ({
        name,
        isDefault: name === 'profile' || name === 'email',
      })),
      ...input,
    });
    const form: Record<string, string> = {
      client_id: client.clientId,
      ...(secret === null ? {} : { client_secret: secret }),
    };
    return { client, secret, form };
  }

  async user(input: CreateUser = {}, tenant = this.acme): Promise<User> {
    const user = await this.world.newUser(tenant, input);
    await this.world.givePassword(tenant, user.id, REALM_PASSWORD);
    return user;
  }

  /** Posts a form to an endpoint of the issuer. */
  post(
    endpoint: string,
    form: Record<string, string> | string,
    { base = '/realms/acme', headers = {} }: { base?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
    const all = { 'content-type': FORM, ...headers };
    return this.rest.ask('POST', `${base}/protocol/openid-connect/${endpoint}`, { headers: all, body });
  }

  /** Asks for tokens with the password of a user. */
  signIn(client: Record<string, string>, user: User, more: Record<string, string> = {}, base = '/realms/acme') {
    const credentials = { grant_type: 'password', username: user.username, password: REALM_PASSWORD };
    return this.post('token', { ...client, ...credentials, ...more }, { base });
  }

  /** The status, error and description of an answer. */
  static refusal({ status, json }: Answer): readonly [number, unknown, unknown] {
    return [status, json?.error, json?.error_description];
  }
}
