import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { BLITZ_SCOPES } from '../../rest-compat/blitz/scopes.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { User } from '../../src/users/index.ts';
import { type Answer, type RestClient, serveWorld } from './rest.ts';
import { type EventRow, World } from './world.ts';

const SCOPES = [
  'openid',
  'usr_grps',
  'blitz_api_user',
  'blitz_api_user_chg',
  'blitz_api_usec',
  'blitz_api_usec_chg',
  'blitz_api_ufa',
  'blitz_api_ufa_chg',
  'blitz_api_uaud',
  'blitz_api_sys_uaud',
  'fed_token_any',
  'fed_token_vk_vk_1',
  'blitz_api_sys_users',
  'blitz_api_sys_users_chg',
  'blitz_api_sys_users_reg',
  'blitz_api_sys_usec',
  'blitz_api_sys_usec_chg',
  'blitz_api_sys_ufa',
  'blitz_api_sys_ufa_chg',
  'blitz_groups',
  'blitz_api_uapps',
  'blitz_api_uapps_chg',
  'blitz_api_sys_uapps',
  'blitz_api_sys_uapps_chg',
  'blitz_change_password',
  'blitz_qr_auth',
  'blitz_user_rights',
  'blitz_rights_full_access',
  'blitz_rm_rights',
];

/** The headers of user mode in the manual. */
export const END_USER = {
  'x-forwarded-for': '200.200.100.100',
  'user-agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5)',
} as const;

type WorldArguments = Parameters<typeof World.open>;

/**
 * A world for the tests of the file or suite that calls this: opened before the first of them, closed after the last. The suite
 * fails if its tests cause an unexpected fault.
 * @param worldArguments Arguments of `World.open`, if not the default ones.
 */
export function blitzOfSuite(worldArguments: () => WorldArguments | Promise<WorldArguments> = () => []): BlitzWorld {
  const blitz = new BlitzWorld();
  beforeAll(async () => blitz.open(...(await worldArguments())));
  afterAll(async () => {
    expect(blitz.rest.faults).toEqual([]);
    await blitz.close();
  });
  return blitz;
}

/** The callers for the account of a test. */
export interface Callers {
  /** An account with a password, a new one for each test. */
  anna: User;
  /** A token of the user, with the scopes for sign-in settings. */
  annasToken: string;
  /** A token of the application, with the same scopes of system mode. */
  system: string;
}

/** Makes callers for the tests of the file or suite that calls this. */
export function callersOfSuite(blitz: BlitzWorld): Callers {
  const callers = {} as Callers;
  beforeAll(async () => {
    callers.system = await blitz.appToken('blitz_api_sys_usec', 'blitz_api_sys_usec_chg');
  });
  beforeEach(async () => {
    callers.anna = await blitz.account();
    callers.annasToken = await blitz.userToken(callers.anna, 'blitz_api_usec', 'blitz_api_usec_chg');
  });
  return callers;
}

/** The dialect over HTTP, with an application and accounts of one tenant, which is the default one. */
export class BlitzWorld {
  world!: World;
  rest!: RestClient;
  tenant!: TenantRef;
  clientId!: string;
  secret!: string;
  restSecret!: string;
  readonly #password = 'three-wombats-at-dawn';

  async open(...worldArguments: WorldArguments): Promise<void> {
    this.world = await World.open(...worldArguments);
    this.tenant = await this.world.tenant({ name: 'master' });
    this.rest = await serveWorld(this.world);
    Object.assign(this, await newApplication(this.world, this.tenant));
  }

  async close(): Promise<void> {
    await this.rest.close();
    await this.world.close();
  }

  /** One request to the service. */
  readonly ask: RestClient['ask'] = (...request) => this.rest.ask(...request);

  get basic(): string {
    return `Basic ${Buffer.from(`${this.clientId}:${this.secret}`).toString('base64')}`;
  }

  /** Tokens with every scope of their mode, from an application that may have them all. */
  async allPowerful(): Promise<AllPowerful> {
    const { client, secret } = await this.world.newClient(this.tenant, {
      grantTypes: ['client_credentials', 'password'],
      redirects: [{ uri: 'https://app.company.com/callback', match: 'exact' }],
      scopes: ['openid', ...BLITZ_SCOPES.map(({ name }) => name)].map((name) => ({ name, isDefault: false })),
    });
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`;
    const of = (holder: string) => BLITZ_SCOPES.filter((scope) => scope.holder === holder).map(({ name }) => name);
    return {
      authorization,
      app: (scopes = of('application')) => this.#appToken(scopes, authorization),
      user: (user, scopes = ['openid', ...of('user')]) => this.#userToken(user, scopes, authorization),
    };
  }

  get restBasic(): string {
    return `Basic ${Buffer.from(`${this.clientId}:${this.restSecret}`).toString('base64')}`;
  }

  /** An account with a password. */
  async account(input: Parameters<World['newUser']>[1] = {}): Promise<User> {
    const user = await this.world.newUser(this.tenant, input);
    await this.world.givePassword(this.tenant, user.id, this.#password);
    return user;
  }

  /** A token of the application itself, from the dialect's token endpoint. */
  appToken(...scopes: string[]): Promise<string> {
    return this.#appToken(scopes, this.basic);
  }

  /** A token of a user, from the native issuer, because the dialect's flows for users need a browser. */
  userToken(user: User, ...scopes: string[]): Promise<string> {
    return this.#userToken(user, scopes, this.basic);
  }

  #appToken(scopes: readonly string[], authorization: string): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' ') });
    return this.#token('/blitz/oauth/te', form, authorization);
  }

  #userToken({ username }: User, scopes: readonly string[], authorization: string): Promise<string> {
    const own = { username, password: this.#password, scope: scopes.join(' ') };
    const form = new URLSearchParams({ grant_type: 'password', ...own });
    return this.#token(`/t/${this.tenant.name}/oauth/token`, form, authorization);
  }

  async #token(path: string, form: URLSearchParams, authorization: string): Promise<string> {
    const answer = await this.#post(path, form, authorization);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return answer.json.access_token;
  }

  /** The events that some work records, oldest first. */
  async eventsOf(work: () => Promise<unknown>): Promise<EventRow[]> {
    const before = (await this.world.events(this.tenant)).length;
    await work();
    return (await this.world.events(this.tenant)).slice(before);
  }

  /** The introspection of a token. */
  async introspect(token: string): Promise<{ readonly active: boolean }> {
    return (await this.#post('/blitz/oauth/introspect', new URLSearchParams({ token }), this.basic)).json;
  }

  #post(path: string, form: URLSearchParams, authorization: string): Promise<Answer> {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return this.ask('POST', path, { headers, body: form.toString() });
  }
}

/** An application that may request every scope. */
export interface AllPowerful {
  /** The application's credentials, for `Authorization`. */
  readonly authorization: string;
  /** A token of the application itself. @param scopes Default: every scope of system mode. */
  app(scopes?: readonly string[]): Promise<string>;
  /** A token of a user. @param scopes Default: every scope of user mode. */
  user(user: User, scopes?: readonly string[]): Promise<string>;
}

async function newApplication(world: World, tenant: TenantRef) {
  const { client, secret, restSecret } = await world.newClient(tenant, {
    clientId: 'portal',
    grantTypes: ['client_credentials', 'password', 'refresh_token'],
    permissions: [
      'user:read',
      'user-property:write',
      'auth-mode:write',
      'account-state:write',
      'credential:write',
      'credential:delete',
      'consent:revoke',
      'security-question:write',
      'security-question:check',
      'session:revoke',
      'password:set',
      'device:read',
      'device:delete',
      'linked-app:read',
      'linked-app:delete',
      'federation-link:write',
      'federation-link:bind',
      'group:create',
      'group:write',
      'group:delete',
      'group-member:write',
      'federation-token:read',
      'event:read',
    ],
    redirects: [{ uri: 'https://app.company.com/callback', match: 'exact' }],
    scopes: SCOPES.map((name) => ({ name, isDefault: false })),
    withRestSecret: true,
  });
  return { clientId: client.clientId, secret: secret!, restSecret: restSecret! };
}
