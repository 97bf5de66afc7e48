import { decodeJwt } from 'jose';
import { afterAll, beforeAll } from 'vitest';
import { Authority, anonymousCaller } from '../../src/access/index.ts';
import type { CreateClient } from '../../src/clients/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { OAuthParameter, SignOutAnswer } from '../../src/oauth/index.ts';
import { CookieJar } from './cookie-jar.ts';
import { asParameters, type BearerTokens, scopeLinks, TestClient, TestUser } from './oauth.ts';
import { TEST_ORIGIN, World } from './world.ts';

export const RETURN = 'https://app.example.com/signed-out';
export const RETURN_WITH_QUERY = 'https://app.example.com/out?from=id';

/** A user who is signed in in a browser, with tokens of that session. */
export interface SignedIn {
  readonly user: TestUser;
  readonly issued: BearerTokens;
  readonly idToken: string;
  readonly sessionId: string;
  readonly jar: CookieJar;
}

/** A tenant with an application that signs its users out, for the calling suite. */
export function signingOutOfSuite(): SigningOut {
  const suite = new SigningOut();
  beforeAll(() => suite.open());
  afterAll(() => suite.world.close());
  return suite;
}

class SigningOut {
  world!: World;
  tenant!: TenantRef;
  client!: TestClient;

  async open(): Promise<void> {
    this.world = await World.open();
    this.tenant = await this.world.tenant({ name: 'acme' });
    this.client = await this.newClient();
  }

  newClient(input: CreateClient = {}, tenant = this.tenant): Promise<TestClient> {
    return TestClient.create(this.world, tenant, {
      grantTypes: ['password', 'refresh_token'],
      scopes: scopeLinks(['openid']),
      postLogoutRedirects: [RETURN, RETURN_WITH_QUERY].map((uri) => ({ uri })),
      ...input,
    });
  }

  /** The authority of a request of a browser, which is that of nobody. */
  authority(tenant = this.tenant): Authority {
    return new Authority(anonymousCaller(TEST_ORIGIN), tenant, 'self');
  }

  /** Signs a user in in a browser. @param before The user and the browser of an earlier sign-in. */
  async signIn(before: Partial<Pick<SignedIn, 'user' | 'jar'>> = {}, client = this.client): Promise<SignedIn> {
    const user = before.user ?? (await TestUser.create(this.world, client));
    const jar = before.jar ?? new CookieJar();
    const issued = await user.signIn('openid');
    const idToken = issued.idToken!;
    const sessionId = decodeJwt<{ sid: string }>(idToken).sid;
    // The password grant starts a session without a browser; renewing it gives it a cookie.
    const { sessions } = this.world.services;
    const { cookie } = await sessions.renew(this.world.system(client.tenant), sessionId, { amr: ['pwd'] });
    await jar.set('session', client.tenant, cookie!);
    return { user, issued, idToken, sessionId, jar };
  }

  /** Sends a request of an application through a browser. */
  begin(
    jar: CookieJar,
    parameters: Readonly<Record<string, string>> | readonly OAuthParameter[],
    { issuerKind = 'native', tenant = this.tenant } = {},
  ): Promise<SignOutAnswer> {
    const list = Array.isArray(parameters) ? parameters : asParameters(parameters as Record<string, string>);
    return jar.use((browser) =>
      this.world.services.oauth.signOut.begin(this.authority(tenant), browser, { issuerKind, parameters: list }),
    );
  }

  /** The user answers the page. */
  confirm(jar: CookieJar, handle: string, isConfirmed = true, tenant = this.tenant): Promise<SignOutAnswer> {
    return jar.use((browser) =>
      this.world.services.oauth.signOut.confirm(this.authority(tenant), browser, { handle, isConfirmed }),
    );
  }

  /** Begins a sign-out that the user must confirm. @returns Its handle. */
  async ask(jar: CookieJar, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await this.begin(jar, parameters);
    if (answer.kind !== 'confirmation') throw new Error(`The user is not asked: ${answer.kind}.`);
    return answer.handle;
  }

  isAlive = async (sessionId: string): Promise<boolean> =>
    (await this.world.services.sessions.findIn(this.tenant.id, sessionId)) !== null;
}
