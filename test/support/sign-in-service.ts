import { Authority, systemCaller } from '../../src/access/index.ts';
import type { Client, CreateClient } from '../../src/clients/index.ts';
import { sha256Base64Url } from '../../src/crypto/index.ts';
import { newId, type TenantRef } from '../../src/kernel/index.ts';
import { type LogLevel, parseConfig } from '../../src/server/environment/config.ts';
import { createLogger } from '../../src/server/environment/logger.ts';
import type { TimeSource } from '../../src/server/start/database-clock.ts';
import { type RunningNode, startNode } from '../../src/server/start/node.ts';
import type { CreateTenant } from '../../src/tenants/index.ts';
import type { CreateUser, User } from '../../src/users/index.ts';
import { Application, type ApplicationFiles } from './application.ts';
import { scopeLinks } from './oauth.ts';
import { TestSmtpServer } from './smtp-server.ts';
import { build } from './started.ts';
import { totpCode } from './totp.ts';

export const PASSWORD = 'three-wombats-at-dawn';
const VERIFIER = 'v'.repeat(43);

/** The time of the machine, which a test can put forward. */
class ShiftedTime implements TimeSource {
  #shiftMs = 0;

  wall(): number {
    return Date.now() + this.#shiftMs;
  }

  monotonic(): number {
    return performance.now() + this.#shiftMs;
  }

  forward(seconds: number): void {
    this.#shiftMs += seconds * 1000;
  }
}

/** A tenant of a started service, with an application. */
export interface SignInTenant {
  readonly tenant: TenantRef;
  readonly client: Client;
}

/** What a code was exchanged for. */
export interface RedeemedTokens {
  readonly accessToken: string;
  readonly idToken: string;
  /** Claims of the ID token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A user with an authenticator app. */
export interface TotpUser {
  readonly user: User;
  readonly totpId: string;
  /** The code that the app shows after the one that was used at last. */
  readonly nextCode: () => string;
}

/** A started service with its built pages, a mail server and an application on another site. */
export class SignInService {
  readonly application: Application;
  readonly time: ShiftedTime;
  /** Lines of the log from the level of the start on. */
  readonly logged: string[];
  readonly #node: RunningNode;
  readonly #smtp: TestSmtpServer;

  private constructor(
    node: RunningNode,
    application: Application,
    smtp: TestSmtpServer,
    time: ShiftedTime,
    logged: string[],
  ) {
    this.#node = node;
    this.application = application;
    this.#smtp = smtp;
    this.time = time;
    this.logged = logged;
  }

  /**
   * @param settings Settings of the operator.
   * @param level From which level on the log is kept. Default `warn`.
   */
  static async start(
    files: ApplicationFiles = {},
    settings: Readonly<Record<string, string>> = {},
    level: LogLevel = 'warn',
  ): Promise<SignInService> {
    build('sign-in');
    const smtp = await TestSmtpServer.start();
    const application = await Application.open(files);
    const time = new ShiftedTime();
    const logged: string[] = [];
    const config = parseConfig({
      PORT: '0',
      DRAIN_SECONDS: '0',
      DATA_DIR: 'memory://',
      SMTP_URL: `smtp://id:p%40ss@127.0.0.1:${smtp.port}`,
      ...settings,
    });
    const node = await startNode(config, createLogger(level, { write: (line) => void logged.push(line) }), time);
    return new SignInService(node, application, smtp, time, logged);
  }

  async stop(): Promise<void> {
    await this.#node.stop();
    await this.application.close();
    await this.#smtp.close();
  }

  get origin(): string {
    return this.#node.publicUrl;
  }

  get services(): RunningNode['services'] {
    return this.#node.services;
  }

  get mails(): TestSmtpServer['mails'] {
    return this.#smtp.mails;
  }

  get callback(): string {
    return `${this.application.origin}/callback`;
  }

  system(tenant: TenantRef): Authority {
    return Authority.system(systemCaller({ processId: newId() }), tenant);
  }

  /** A tenant with a fresh name, and an application that nobody is asked about unless `client` says so. */
  async tenant(
    settings: CreateTenant['settings'] = {},
    client: CreateClient = {},
    template: CreateTenant['template'] = 'native',
  ): Promise<SignInTenant> {
    const nowhere = { id: '', name: '', route: '' } as unknown as TenantRef;
    const name = `t${newId().replaceAll('-', '').slice(-16)}`;
    const input = { name, displayName: 'Acme Industries', settings, template };
    const { id } = await this.services.tenants.create(this.system(nowhere), input);
    const tenant = (await this.services.directory.byId(id))!;
    return { tenant, client: await this.client(tenant, client) };
  }

  async client(tenant: TenantRef, input: CreateClient = {}): Promise<Client> {
    const { client } = await this.services.clients.create(this.system(tenant), {
      clientId: 'travel',
      name: 'Travel Desk',
      type: 'public',
      consent: 'trusted',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [{ uri: this.callback }],
      postLogoutRedirects: [{ uri: `${this.application.origin}/signed-out` }],
      scopes: scopeLinks(['openid', 'profile', 'email', 'offline_access']),
      ...input,
    });
    return client;
  }

  /** A user with `PASSWORD`. */
  async user(
    tenant: TenantRef,
    input: CreateUser = {},
    password: { readonly isTemporary?: boolean } = {},
  ): Promise<User> {
    const system = this.system(tenant);
    const names = { username: 'alice', givenName: 'Alice', familyName: 'Example', email: 'alice@example.com' };
    const user = await this.services.users.create(system, { ...names, emailVerified: true, ...input });
    await this.services.passwordFlow.set(system, {
      userId: user.id,
      password: PASSWORD,
      sessions: 'keep',
      ...password,
    });
    return user;
  }

  /** A user who needs a second factor, and has an app. */
  async totpUser(tenant: TenantRef): Promise<TotpUser> {
    const { totp, authModes } = this.services;
    const system = this.system(tenant);
    const user = await this.user(tenant);
    const { secret } = await totp.begin(system, user.id);
    const { id: totpId } = await totp.attach(system, { userId: user.id, secret, code: this.codeOf(secret) });
    await authModes.update(system, user.id, { requiredFactor: 2 });
    return { user, totpId, nextCode: () => this.codeOf(secret, 30) };
  }

  /** A user who needs a second factor, and has none any more. */
  async factorlessUser(tenant: TenantRef): Promise<User> {
    const { user, totpId } = await this.totpUser(tenant);
    await this.services.totp.detach(this.system(tenant), { id: totpId });
    return user;
  }

  /** The code that an app shows after some seconds. */
  codeOf(secret: string, seconds = 0): string {
    return totpCode(secret, new Date(this.time.wall() + seconds * 1000));
  }

  /** The address to which the application sends a browser. */
  authorizeUrl({ tenant, client }: SignInTenant, asked: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      client_id: client.clientId,
      redirect_uri: this.callback,
      response_type: 'code',
      scope: 'openid',
      state: 'st',
      code_challenge: sha256Base64Url(VERIFIER),
      code_challenge_method: 'S256',
      ...asked,
    });
    return `${this.origin}/t/${tenant.name}/oauth/authorize?${query}`;
  }

  /** Exchanges the code of an address to which a browser came back, as the application does. */
  async redeem({ tenant, client }: SignInTenant, address: string): Promise<RedeemedTokens> {
    const code = new URL(address).searchParams.get('code') ?? '';
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.clientId,
      redirect_uri: this.callback,
      code,
      code_verifier: VERIFIER,
    });
    const response = await fetch(`${this.origin}/t/${tenant.name}/oauth/token`, { method: 'POST', body });
    const tokens = (await response.json()) as { access_token: string; id_token: string };
    if (!response.ok) throw new Error(JSON.stringify(tokens));
    const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1]!, 'base64url').toString());
    return { accessToken: tokens.access_token, idToken: tokens.id_token, claims };
  }
}
