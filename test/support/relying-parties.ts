import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NEW_USER, type Service, startService } from './frontend.ts';
import { totpCode } from './totp.ts';
import { WebUser } from './web-user.ts';

/** The password of every user. */
export const PASSWORD = 'three-wombats-at-dawn';
const TOTP_SECRET = 'JBSWY3DPEHPK3PXP';
const NEW_TENANT = 'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { tenant { name } } }';
const NEW_HOST = 'mutation ($input: BindTenantHostInput!) { bindTenantHost(input: $input) { tenant { name } } }';
const NEW_PASSWORD = 'mutation ($input: SetPasswordInput!) { setPassword(input: $input) { userId } }';
const NEW_TOTP = 'mutation ($input: AttachTotpInput!) { attachTotp(input: $input) { userId } }';
const GRANT_ROLES = 'mutation ($input: GrantRolesInput!) { grantRoles(input: $input) { user { subject } } }';
const REVOKE_ROLES = 'mutation ($input: RevokeRolesInput!) { revokeRoles(input: $input) { user { subject } } }';
const END_SESSIONS = 'mutation ($input: RevokeUserSessionsInput!) { revokeUserSessions(input: $input) { __typename } }';
const CHANGE_CLIENT = 'mutation ($input: UpdateClientInput!) { updateClient(input: $input) { __typename } }';
const PUSH_NOT_BEFORE = 'mutation ($input: PushNotBeforeInput!) { pushNotBefore(input: $input) { clients } }';
const NEW_CLIENT = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { clientId secret } }';

/** A person with an account and a browser. */
export interface NewUser {
  readonly userId: string;
  readonly username: string;
  readonly email: string;
  readonly user: WebUser;
}

/** A started service with a tenant whose users sign in to applications. */
export class IdentityProvider {
  readonly #service: Service;
  readonly #tenant = 'acme';
  #users = 0;

  private constructor(service: Service) {
    this.#service = service;
  }

  /** End it by `endStarted()`. */
  static async start(tenant: object = {}): Promise<IdentityProvider> {
    const provider = new IdentityProvider(await startService());
    await provider.#service.ask(NEW_TENANT, { input: { name: provider.#tenant, ...tenant } });
    return provider;
  }

  get issuer(): string {
    return `${this.#service.url}/t/${this.#tenant}`;
  }

  /** The issuer of the kind `api`. */
  get apiIssuer(): string {
    return `${this.#service.url}/api/oidc/${this.#tenant}`;
  }

  /** @returns The issuer of the host. */
  async bindHost(host: string): Promise<string> {
    await this.#service.ask(NEW_HOST, { input: { tenant: this.#tenant, host } });
    const issuer = new URL(this.issuer);
    issuer.hostname = host;
    return issuer.href;
  }

  async newUser({ hasTotp = false } = {}): Promise<NewUser> {
    const tenant = this.#tenant;
    const username = `anna-${++this.#users}`;
    const email = `${username}@example.com`;
    const account = { tenant, username, displayName: 'Anna Archer', givenName: 'Anna', familyName: 'Archer', email };
    const { createUser } = (await this.#service.ask(NEW_USER, { input: account })) as {
      createUser: { subject: string };
    };
    const userId = createUser.subject;
    await this.#service.ask(NEW_PASSWORD, { input: { tenant, userId, password: PASSWORD, isTemporary: false } });
    if (hasTotp) {
      const code = totpCode(TOTP_SECRET, new Date());
      await this.#service.ask(NEW_TOTP, { input: { tenant, userId, secret: TOTP_SECRET, code } });
    }
    return { userId, username, email, user: new WebUser({ username, password: PASSWORD, totpSecret: TOTP_SECRET }) };
  }

  /** Grants a role to a user. */
  async grantRole(userId: string, role: { readonly clientId?: string; readonly name: string }): Promise<void> {
    await this.#service.ask(GRANT_ROLES, { input: { tenant: this.#tenant, userId, roles: [role] } });
  }

  /** Revokes a role of the tenant from a user. */
  async revokeRole(userId: string, name: string): Promise<void> {
    await this.#service.ask(REVOKE_ROLES, { input: { tenant: this.#tenant, userId, roles: [{ name }] } });
  }

  /** Ends all sessions of a user, as an administrator does. */
  async endSessions(userId: string): Promise<void> {
    await this.#service.ask(END_SESSIONS, { input: { tenant: this.#tenant, userId } });
  }

  /** Refuses the tokens of an application that were issued before a moment, and tells it so. */
  async refuseTokensBefore(clientId: string, notBefore: Date): Promise<void> {
    const place = { tenant: this.#tenant, clientId };
    await this.#service.ask(CHANGE_CLIENT, { input: { ...place, notBefore } });
    await this.#service.ask(PUSH_NOT_BEFORE, { input: place });
  }

  /** Registers an application. @param redirect Where users return to after sign-in. @param signedOut And after sign-out. */
  async newClient(
    redirect: string,
    signedOut: string,
    input: object = {},
  ): Promise<{ clientId: string; secret: string | null }> {
    const { createClient } = (await this.#service.ask(NEW_CLIENT, {
      input: {
        tenant: this.#tenant,
        grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
        redirects: [{ uri: redirect }],
        postLogoutRedirects: [{ uri: signedOut }],
        scopes: ['openid', 'profile', 'email', 'offline_access'].map((name) => ({ name })),
        ...input,
      },
    })) as { createClient: { clientId: string; secret: string | null } };
    return createClient;
  }
}

/** The scopes of an application at a realm, which names none of them. */
export const REALM_SCOPES = [
  { name: 'openid' },
  { name: 'profile', isDefault: true },
  { name: 'email', isDefault: true },
];

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The web server of an application, which listens before it answers, because its address is registered first. */
export class ApplicationServer {
  readonly #server: Server;
  answer: Answer = (_request, response) => response.end();

  private constructor() {
    this.#server = createServer((request, response) => this.answer(request, response));
  }

  static async listen(): Promise<ApplicationServer> {
    const application = new ApplicationServer();
    application.#server.listen(0, '127.0.0.1');
    await once(application.#server, 'listening');
    return application;
  }

  /** Its origin, of another site than that of the service. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
