import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { CreateUser, User } from '../../../src/users/index.ts';
import { asParameters } from '../../support/oauth.ts';
import { REALM_PASSWORD, realmOfSuite } from '../../support/realm.ts';
import { refusalOf } from '../../support/refusal.ts';
import type { Answer } from '../../support/rest.ts';
import { TestBrowser } from '../../support/sign-in.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { totpCode } from '../../support/totp.ts';
import { TEST_ORIGIN } from '../../support/world.ts';
import { passkeyEffects } from './passkey-effects.ts';

const TABLE = new URL('../../../docs/dialects/kobil-settings.md', import.meta.url);

/** A row of the table of docs/dialects/kobil-settings.md. */
interface Documented {
  readonly name: string;
  readonly places: readonly string[];
  readonly acts: boolean;
}

async function readTable(): Promise<Documented[]> {
  const lines = (await readFile(TABLE, 'utf8')).split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [, name = '', places = '', effect = ''] = line.split('|').map((cell) => cell.trim());
    return { name: name.slice(1, -1), places: places.split(', '), acts: effect.startsWith('acts') };
  });
}

/** A realm for one setting alone. */
interface Place {
  readonly tenant: TenantRef;
  readonly base: string;
  /** Changes settings by their names in the dialect. */
  set(settings: Readonly<Record<string, unknown>>): Promise<void>;
  user(input?: CreateUser): Promise<User>;
}

interface Effect {
  /** Other settings, before and after. */
  readonly beside?: Readonly<Record<string, unknown>>;
  /** What the setting is set to; for a member that is no setting, how it is changed. */
  readonly value: unknown;
  readonly change?: (place: Place) => Promise<void>;
  readonly observe: (place: Place) => Promise<unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

describe('KOBIL: settings that act', () => {
  const realm = realmOfSuite();
  let form: URLSearchParams;
  let server: TestSmtpServer;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    const master = (await realm.world.services.directory.byName('master'))!;
    const scopes = ['tenant:write:all', 'setting:write:all', 'user:write:all', 'role:read:all', 'mail:send:all'];
    const { client, secret } = await realm.world.newClient(master, {
      grantTypes: ['client_credentials'],
      scopes: scopes.map((name) => ({ name, isDefault: false })),
    });
    form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: secret!,
      scope: scopes.join(' '),
    });
  });

  afterAll(() => server.close());

  async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { json } = await realm.rest.ask('POST', '/t/master/oauth/token', { headers, body: form.toString() });
    return realm.rest.ask(method, path, { token: json.access_token, body });
  }

  async function send(method: string, path: string, body?: unknown): Promise<Answer['json']> {
    const { status, json } = await ask(method, path, body);
    expect([path, status]).toEqual([path, 200]);
    return json;
  }

  async function newPlace(): Promise<Place> {
    const tenant = await realm.tenant();
    const base = `/realms/${tenant.name}`;
    return {
      tenant,
      base,
      set: async (settings) => {
        await send('POST', `${base}/v3_realm/settings`, settings);
      },
      user: (input) => realm.user(input, tenant),
    };
  }

  const clock = () => realm.world.clock;
  const signIn = async ({ tenant, base, user }: Place, more: Record<string, string> = {}, input: CreateUser = {}) => {
    const { form: client } = await realm.client({}, tenant);
    const answer = await realm.signIn(client, await user(input), more, base);
    return { client, status: answer.status, tokens: answer.json };
  };
  const refresh = async (place: Place, client: Record<string, string>, token: string): Promise<number> => {
    const sent = { ...client, grant_type: 'refresh_token', refresh_token: token };
    return (await realm.post('token', sent, { base: place.base })).status;
  };
  /** The status of a refresh so long after a sign-in. */
  const refreshAfter =
    (seconds: number, more: Record<string, string> = {}) =>
    async (place: Place): Promise<number> => {
      const { client, tokens } = await signIn(place, more);
      clock().advance(seconds);
      return refresh(place, client, tokens.refresh_token);
    };
  const OFFLINE = { scope: 'openid offline_access' };
  const shorter = (value: number, more: Record<string, string> = {}, beside = {}): Effect => ({
    value,
    beside,
    observe: refreshAfter(value + 1, more),
    before: 200,
    after: 400,
  });

  /** The status of a right password after wrong ones, so many seconds apart, and a wait. */
  const tryAfter =
    ({ wrong, apart = 2, wait = 0 }: { wrong: number; apart?: number; wait?: number }) =>
    async (place: Place): Promise<number> => {
      const { form: client } = await realm.client({}, place.tenant);
      const user = await place.user();
      for (let tries = 0; tries < wrong; tries++) {
        await realm.signIn(client, user, { password: 'not-this-one' }, place.base);
        clock().advance(apart);
      }
      clock().advance(wait);
      return (await realm.signIn(client, user, {}, place.base)).status;
    };
  const GUARDED = { bruteForceProtected: true, failureFactor: 3 };

  /** The address that an app reads. */
  const otpUri = async ({ tenant, user }: Place): Promise<URL> => {
    const { totp } = realm.world.services;
    return new URL((await totp.begin(realm.world.system(tenant), (await user()).id)).uri);
  };
  const otpMember = (name: string) => async (place: Place) => (await otpUri(place)).searchParams.get(name);
  const otp = (value: unknown, name: string, before: string, after: string, beside = {}): Effect => ({
    value,
    beside,
    observe: otpMember(name),
    before,
    after,
  });
  /** Whether the codes of an app are right, in turn, so many seconds early. */
  const useCodes =
    (...early: number[]) =>
    async ({ tenant, user }: Place): Promise<boolean[]> => {
      const { id: userId } = await user();
      await realm.world.giveTotp(tenant, userId);
      const answers: boolean[] = [];
      for (const seconds of early) {
        const code = totpCode('JBSWY3DPEHPK3PXP', new Date(clock().now().getTime() - seconds * 1000));
        const { totp } = realm.world.services;
        const typed = { userId, code, knownDeviceId: null };
        answers.push(await totp.verify(realm.world.app(tenant), tenant, typed));
      }
      return answers;
    };

  /** Whether a code may be sent again, so many times. */
  const askAgain =
    (times: number, wait = 0) =>
    async ({ tenant, user }: Place): Promise<string | null> => {
      const { codeResends } = realm.world.services;
      const { id } = await user();
      const count = () => codeResends.count(tenant, id, realm.world.app(tenant));
      for (let asked = 1; asked < times; asked++) await count().catch(() => undefined);
      clock().advance(wait);
      return count().then(
        () => null,
        (error: { code: string }) => error.code,
      );
    };
  const RESENDS = {
    otpBruteForceProtected: true,
    otpFailureFactor: 2,
    otpWaitIncrementSeconds: 60,
    otpMaxDeltaTimeSeconds: 600,
  };

  /** A session of a browser, whose user chose to stay signed in. */
  const remembered = async ({ tenant, user }: Place) => {
    const browser = new TestBrowser(realm.world, tenant);
    await browser.password(await browser.begin(), await user(), REALM_PASSWORD, { isRemembered: true });
    return { browser, session: (await browser.session())! };
  };
  const staysFor = (seconds: number) => async (place: Place) => {
    const { browser } = await remembered(place);
    clock().advance(seconds);
    return (await browser.session()) !== null;
  };
  const REMEMBER = { rememberMe: true };

  /** Whether the sign-in page offers something in place of a password. */
  const offers =
    (field: string) =>
    async ({ tenant }: Place) => {
      const browser = new TestBrowser(realm.world, tenant);
      const { data } = await browser.graphql(
        `query ($handle: String!) { interaction(handle: $handle) { step { ... on PasswordStep { ${field} } } } }`,
        { handle: await browser.begin() },
      );
      return data.interaction.step[field];
    };

  const redeemAfter = (seconds: number) => async (place: Place) => {
    const { tenant } = place;
    const redirect = 'https://app.example/cb';
    const { client, form: own } = await realm.client(
      { grantTypes: ['authorization_code'], redirects: [{ uri: redirect, match: 'exact' }], consent: 'trusted' },
      tenant,
    );
    const browser = new TestBrowser(realm.world, tenant);
    await browser.signIn(await place.user());
    const parameters = { client_id: client.clientId, redirect_uri: redirect, response_type: 'code', scope: 'openid' };
    const { authorization } = realm.world.services.oauth;
    const answer = await browser.use((port) =>
      authorization.begin(new Authority(anonymousCaller(TEST_ORIGIN), tenant, 'self'), port, {
        issuerKind: 'realm',
        parameters: asParameters(parameters),
      }),
    );
    if (answer.kind !== 'redirect') throw new Error(`The request is answered with ${answer.kind}.`);
    const code = new URL(answer.redirectTo).searchParams.get('code')!;
    clock().advance(seconds);
    const sent = { ...own, grant_type: 'authorization_code', code, redirect_uri: redirect };
    return (await realm.post('token', sent, { base: place.base })).status;
  };

  const pageHeader = (name: string) => async (place: Place) => {
    const path = `${place.base}/protocol/openid-connect/auth?client_id=nobody`;
    return (await realm.rest.ask('GET', path, { headers: { accept: 'text/html' } })).headers[name] ?? null;
  };

  /** How long a link works. */
  const linkSeconds =
    (purpose: 'sign-in' | 'actions') =>
    async ({ tenant, user }: Place): Promise<number> => {
      const { oauth, tenants } = realm.world.services;
      const system = realm.world.system(tenant);
      const mailServer = { host: '127.0.0.1', port: server.port, from: 'id@sea.example' };
      await tenants.updateSettings(system, { mailServer } as never);
      const { id: userId } = await user({ email: 'ada@sea.example' });
      const redirectUri = 'https://app.example/cb';
      const { client } = await realm.client(
        { grantTypes: ['authorization_code'], redirects: [{ uri: redirectUri, match: 'exact' }] },
        tenant,
      );
      const to = { issuerKind: 'realm', clientId: client.clientId, redirectUri };
      const asked = { ...to, email: 'ada@sea.example', scope: 'openid', responseMode: 'query' };
      const expiresAt = await (purpose === 'sign-in'
        ? oauth.mailedLinks.sendSignIn(system, asked)
        : oauth.mailedLinks.sendActions(system, { ...to, userId, actions: ['VERIFY_EMAIL'] }));
      return (expiresAt.getTime() - clock().now().getTime()) / 1000;
    };

  const EFFECTS: Readonly<Record<string, Effect>> = {
    actionTokenGeneratedByAdminLifespan: {
      value: 120,
      observe: linkSeconds('actions'),
      before: 43_200,
      after: 120,
    },
    'actionTokenGeneratedByUserLifespan-reset-credentials': {
      beside: { resetPasswordAllowed: true },
      value: 120,
      observe: async ({ tenant, user }) => {
        const { world } = realm;
        const { username, email } = await user({ email: `ada@${tenant.name}.example`, emailVerified: true });
        const browser = new TestBrowser(world, tenant);
        const handle = await browser.begin({ mustAuthenticate: true });
        await browser.submit('beginPasswordReset', handle);
        await browser.submit('requestPasswordReset', handle, { identifier: username });
        const mail = (await world.outbox()).mails.find(({ to }) => to === email)!;
        const [, code] = /#code=(\d+)/.exec(mail.text)!;
        clock().advance(121);
        return (await browser.submit('submitPasswordResetCode', handle, { code })).code ?? null;
      },
      before: null,
      after: 'EMAIL_CODE_WRONG',
    },
    actionTokenGeneratedByUserLifespan: { value: 120, observe: linkSeconds('sign-in'), before: 300, after: 120 },
    accessTokenLifespan: {
      value: 120,
      observe: async (place) => (await signIn(place)).tokens.expires_in,
      before: 1800,
      after: 120,
    },
    ssoSessionIdleTimeout: shorter(60),
    ssoSessionMaxLifespan: shorter(60),
    ssoSessionIdleTimeoutRememberMe: { beside: REMEMBER, value: 60, observe: staysFor(61), before: true, after: false },
    ssoSessionMaxLifespanRememberMe: { beside: REMEMBER, value: 60, observe: staysFor(61), before: true, after: false },
    rememberMe: {
      value: true,
      observe: async (place) => (await remembered(place)).session.remember,
      before: false,
      after: true,
    },
    revokeRefreshToken: {
      value: true,
      observe: async (place) => {
        const { client, tokens } = await signIn(place);
        await refresh(place, client, tokens.refresh_token);
        return refresh(place, client, tokens.refresh_token);
      },
      before: 200,
      after: 400,
    },
    offlineSessionIdleTimeout: shorter(60, OFFLINE),
    offlineSessionMaxLifespanEnabled: {
      ...shorter(60, OFFLINE, { offlineSessionMaxLifespan: 60 }),
      value: true,
    },
    offlineSessionMaxLifespan: shorter(60, OFFLINE, { offlineSessionMaxLifespanEnabled: true }),
    clientSessionIdleTimeout: shorter(60),
    clientSessionMaxLifespan: shorter(60),
    clientOfflineSessionIdleTimeout: shorter(60, OFFLINE),
    clientOfflineSessionMaxLifespan: shorter(60, OFFLINE),
    accessCodeLifespan: { value: 120, observe: redeemAfter(90), before: 400, after: 200 },
    accessCodeLifespanLogin: {
      value: 60,
      observe: async ({ tenant }) => {
        const known = (await realm.world.services.directory.byId(tenant.id))!;
        const browser = new TestBrowser(realm.world, known);
        const handle = await browser.begin();
        clock().advance(61);
        return (await browser.load(handle)).data?.interaction?.step.__typename ?? null;
      },
      before: 'PasswordStep',
      after: null,
    },
    enabled: {
      value: false,
      observe: async ({ base }) => (await realm.rest.ask('GET', base)).status,
      before: 200,
      after: 403,
    },
    displayName: {
      value: 'Harbour',
      observe: async (place) => (await otpMember('issuer')(place)) === 'Harbour',
      before: false,
      after: true,
    },
    registrationAllowed: {
      value: true,
      observe: async ({ tenant }) => {
        const browser = new TestBrowser(realm.world, tenant);
        return (await browser.submit('beginRegistration', await browser.begin())).code ?? null;
      },
      before: 'REGISTRATION_CLOSED',
      after: null,
    },
    resetPasswordAllowed: {
      value: true,
      observe: async ({ tenant }) => {
        const browser = new TestBrowser(realm.world, tenant);
        return (await browser.submit('beginPasswordReset', await browser.begin())).code ?? null;
      },
      before: 'PASSWORD_RESET_CLOSED',
      after: null,
    },
    registrationEmailAsUsername: {
      value: true,
      observe: ({ user }) => refusalOf(user({ username: 'ada', email: 'ada@sea.example' })),
      before: null,
      after: 'USER_USERNAME_INVALID',
    },
    verifyEmail: {
      value: true,
      observe: async (place) => (await signIn(place, {}, { email: 'ada@sea.example', emailVerified: false })).status,
      before: 200,
      after: 400,
    },
    loginWithEmailAllowed: {
      value: false,
      observe: async (place) =>
        (await signIn(place, { username: 'ada@sea.example' }, { email: 'ada@sea.example', emailVerified: true }))
          .status,
      before: 200,
      after: 401,
    },
    duplicateEmailsAllowed: {
      beside: { loginWithEmailAllowed: false },
      value: true,
      observe: async ({ user }) => {
        await user({ email: 'twice@sea.example' });
        return refusalOf(user({ email: 'twice@sea.example' }));
      },
      before: 'USER_EMAIL_TAKEN',
      after: null,
    },
    editUsernameAllowed: {
      value: true,
      observe: async ({ base, tenant, user }) => {
        const { id } = await user();
        await send('PUT', `${base}/v3_user/${id}/update`, { username: 'renamed' });
        return (await realm.world.services.users.findIn(tenant.id, id))!.username === 'renamed';
      },
      before: false,
      after: true,
    },
    bruteForceProtected: {
      beside: { failureFactor: 3 },
      value: true,
      observe: tryAfter({ wrong: 3 }),
      before: 200,
      after: 401,
    },
    failureFactor: {
      beside: { bruteForceProtected: true },
      value: 3,
      observe: tryAfter({ wrong: 3 }),
      before: 200,
      after: 401,
    },
    waitIncrementSeconds: {
      beside: GUARDED,
      value: 10,
      observe: tryAfter({ wrong: 3, wait: 20 }),
      before: 401,
      after: 200,
    },
    maxFailureWaitSeconds: {
      beside: GUARDED,
      value: 10,
      observe: tryAfter({ wrong: 3, wait: 20 }),
      before: 401,
      after: 200,
    },
    maxDeltaTimeSeconds: {
      beside: GUARDED,
      value: 30,
      observe: tryAfter({ wrong: 3, apart: 31 }),
      before: 401,
      after: 200,
    },
    quickLoginCheckMilliSeconds: {
      beside: { bruteForceProtected: true },
      value: 0,
      observe: tryAfter({ wrong: 2, apart: 0 }),
      before: 401,
      after: 200,
    },
    minimumQuickLoginWaitSeconds: {
      beside: { bruteForceProtected: true },
      value: 5,
      observe: tryAfter({ wrong: 2, apart: 0, wait: 6 }),
      before: 401,
      after: 200,
    },
    permanentLockout: {
      beside: GUARDED,
      value: true,
      observe: tryAfter({ wrong: 3, wait: 100_000 }),
      before: 200,
      after: 401,
    },
    otpPolicyType: {
      value: 'hotp',
      observe: async (place) => (await otpUri(place)).host,
      before: 'totp',
      after: 'hotp',
    },
    otpPolicyAlgorithm: otp('HmacSHA512', 'algorithm', 'SHA1', 'SHA512'),
    otpPolicyInitialCounter: otp(7, 'counter', '0', '7', { otpPolicyType: 'hotp' }),
    otpPolicyDigits: otp(8, 'digits', '6', '8'),
    otpPolicyPeriod: otp(60, 'period', '30', '60'),
    otpPolicyLookAheadWindow: { value: 3, observe: useCodes(90), before: [false], after: [true] },
    realmReusableOtpCode: { value: true, observe: useCodes(0, 0), before: [true, false], after: [true, true] },
    otpBruteForceProtected: {
      beside: { ...RESENDS, otpBruteForceProtected: false },
      value: true,
      observe: askAgain(4),
      before: null,
      after: 'TOO_MANY_REQUESTS',
    },
    otpFailureFactor: {
      beside: { ...RESENDS, otpFailureFactor: 9 },
      value: 2,
      observe: askAgain(4),
      before: null,
      after: 'TOO_MANY_REQUESTS',
    },
    otpWaitIncrementSeconds: {
      beside: RESENDS,
      value: 5,
      observe: askAgain(3, 20),
      before: 'TOO_MANY_REQUESTS',
      after: null,
    },
    otpMaxDeltaTimeSeconds: {
      beside: RESENDS,
      value: 10,
      observe: async (place) => {
        const { codeResends } = realm.world.services;
        const { id } = await place.user();
        const count = () => codeResends.count(place.tenant, id, realm.world.app(place.tenant));
        await count();
        clock().advance(11);
        await count();
        return count().then(
          () => null,
          (error: { code: string }) => error.code,
        );
      },
      before: 'TOO_MANY_REQUESTS',
      after: null,
    },
    supportedLocales: {
      value: 'de',
      observe: async (place) => {
        const email = `ada-${place.tenant.name}@sea.example`;
        const { id: userId } = await place.user({ email, emailVerified: true });
        const authority = new Authority(realm.world.app(place.tenant, 'password:set'), place.tenant, 'tenant');
        await realm.world.services.passwordFlow.replace(authority, { userId, newPassword: 'four-wombats-at-dawn' });
        const { mails } = await realm.world.outbox();
        return mails.find(({ to }) => to === email)?.subject.startsWith('Ihr Passwort');
      },
      before: false,
      after: true,
    },
    requiredActions: {
      value: [{ alias: 'TERMS', name: 'Terms', providerId: 'TERMS', enabled: true, defaultAction: true, priority: 3 }],
      change: async ({ base, tenant }) => {
        await send('PUT', `${base}/v4_realm/${tenant.name}`, { requiredActions: EFFECTS['requiredActions']!.value });
      },
      observe: async ({ user }) => (await user()).requiredActions,
      before: [],
      after: ['TERMS'],
    },
    smtpServer: {
      value: null,
      change: async ({ base }) => {
        await send('POST', `${base}/mail/setup`, { host: '127.0.0.1', port: server.port, from: 'id@sea.example' });
      },
      observe: async ({ base, user }) => {
        const { id, email } = await user({ email: 'mia@sea.example' });
        const { status } = await ask('POST', `${base}/mail/${id}`, { mailType: 'TEST' });
        return [status, server.mails.flatMap(({ to }) => to).includes(email!)];
      },
      before: [400, false],
      after: [200, true],
    },
    '_browser_header.contentSecurityPolicy': {
      value: "img-src 'none'",
      observe: async (place) =>
        ((await pageHeader('content-security-policy')(place)) as string).includes("img-src 'none'"),
      before: false,
      after: true,
    },
    '_browser_header.contentSecurityPolicyReportOnly': {
      value: "img-src 'none'",
      observe: pageHeader('content-security-policy-report-only'),
      before: null,
      after: "img-src 'none'",
    },
    '_browser_header.xRobotsTag': {
      value: 'noindex',
      observe: pageHeader('x-robots-tag'),
      before: null,
      after: 'noindex',
    },
    isPasskeyEnabled: {
      beside: { offersPasskeySignIn: true },
      value: true,
      observe: offers('offersPasskey'),
      before: false,
      after: true,
    },
    offersImageSignIn: { value: true, observe: offers('offersImage'), before: false, after: true },
    offersPasskeySignIn: {
      beside: { isPasskeyEnabled: true },
      value: true,
      observe: offers('offersPasskey'),
      before: false,
      after: true,
    },
    ...passkeyEffects(() => realm.world),
  };

  it.each(Object.entries(EFFECTS))('%s', async (name, { beside = {}, value, change, observe, before, after }) => {
    const first = await newPlace();
    await first.set(beside);
    expect(await observe(first)).toEqual(before);
    const second = await newPlace();
    await second.set(change === undefined ? { ...beside, [name]: value } : beside);
    await change?.(second);
    expect(await observe(second)).toEqual(after);
  });

  it('are those that the table names, and it has every name that the dialect shows', async () => {
    const table = await readTable();
    const acting = table.filter(({ acts }) => acts).map(({ name }) => name);
    expect(acting.sort()).toEqual(Object.keys(EFFECTS).sort());
    const { base, tenant } = await newPlace();
    const { data } = await send('GET', `${base}/v4_realm/${tenant.name}`);
    const settings = (await send('GET', `${base}/v3_realm/settings`)).data;
    const documented = (place: string) => table.filter(({ places }) => places.includes(place)).map(({ name }) => name);
    const { settings: _, ...members } = data;
    expect(documented('member').sort()).toEqual([...Object.keys(members), 'settings'].sort());
    expect(documented('attribute').sort()).toEqual(Object.keys(data.attributes).sort());
    const headers = Object.keys(data.browserSecurityHeaders).map((name) => `_browser_header.${name}`);
    expect(documented('header').sort()).toEqual(headers.sort());
    expect(documented('setting').sort()).toEqual(Object.keys(settings).sort());
    const own = documented('own attribute');
    await send('POST', `${base}/v3_realm/settings`, Object.fromEntries(own.map((name) => [name, true])));
    const { attributes } = (await send('GET', `${base}/v4_realm/${tenant.name}`)).data;
    expect(Object.keys(attributes).sort()).toEqual([...documented('attribute'), ...own].sort());
  });
});
