import { expect } from 'vitest';
import { Authority } from '../../src/access/index.ts';
import type { Passkey, PasskeyAssertion, WebauthnKind } from '../../src/auth-modes/index.ts';
import type { User } from '../../src/users/index.ts';
import type { PasskeyBrowser } from './passkeys.ts';
import { openSignIn, type SignInWorld, stepOf, TestBrowser } from './sign-in.ts';
import type { GraphResult, World } from './world.ts';

const REQUEST = 'mutation ($input: RequestFactorPasskeyInput!) { requestFactorPasskey(input: $input) { options } }';

/** Wrong second factors, after which an account is blocked. */
export const FACTOR_LIMIT = 5;
const SETTINGS = {
  isPasskeyEnabled: true,
  lockout: { accountLimit: FACTOR_LIMIT, quickMilliseconds: 0, baseWaitSeconds: 60, ipLimit: 0 },
};

/** Which key is shown: a method of the graph. Absent: the default of the graph. */
export type KeyMethod = 'PASSKEY' | 'SECURITY_KEY' | 'TOTP' | 'RECOVERY_CODE';

/** A sign-in whose user has a key of a kind and shows it as the second factor. */
export class KeyFactor {
  readonly world: World;
  readonly kind: WebauthnKind;
  readonly setting: SignInWorld;
  readonly browser: TestBrowser;
  readonly authenticator: PasskeyBrowser;
  /** What the user has. */
  key!: Passkey;
  readonly #method: KeyMethod | undefined;

  private constructor(world: World, setting: SignInWorld, kind: WebauthnKind, authenticator: PasskeyBrowser) {
    this.world = world;
    this.setting = setting;
    this.kind = kind;
    this.authenticator = authenticator;
    this.browser = new TestBrowser(world, setting.tenant);
    this.#method = kind === 'passkey' ? undefined : 'SECURITY_KEY';
  }

  /** A tenant with a user who has a key, made by the authenticator. */
  static async open(world: World, kind: WebauthnKind, authenticator: PasskeyBrowser): Promise<KeyFactor> {
    const factor = new KeyFactor(world, await openSignIn(world, SETTINGS), kind, authenticator);
    factor.key = await factor.register(authenticator);
    return factor;
  }

  /** Gives a user a key. */
  async register(made: PasskeyBrowser, user: User = this.setting.user, kind = this.kind): Promise<Passkey> {
    const { tenant } = this.setting;
    const authority = new Authority(this.world.userOfTwoFactors(tenant, user.id), tenant, 'self');
    const { registration } = this.world.services.passkeys;
    return registration.add(authority, { ...made.create(await registration.begin(authority, { kind })), kind });
  }

  /** Begins a sign-in that demands two factors, and types the password. @returns Its handle. */
  async atFactor(): Promise<string> {
    const handle = await this.browser.begin({ mustAuthenticate: true, factors: 2 });
    expect(stepOf(await this.browser.password(handle, this.setting.user))).toMatchObject({ __typename: 'FactorStep' });
    return handle;
  }

  request(handle: string, method = this.#method, of = this.browser): Promise<GraphResult> {
    return of.graphql(REQUEST, { input: { handle, ...(method === undefined ? {} : { method }) } });
  }

  /** What the browser shows a key with. */
  async optionsFor(handle: string, method?: KeyMethod) {
    const { data, errors } = await this.request(handle, method);
    expect(errors).toEqual([]);
    return data.requestFactorPasskey.options;
  }

  async used(handle: string): Promise<PasskeyAssertion> {
    return this.authenticator.get(await this.optionsFor(handle));
  }

  submit(handle: string, credential: PasskeyAssertion, method = this.#method) {
    const input = { credential, ...(method === undefined ? {} : { method }) };
    return this.browser.submit('submitFactorPasskey', handle, input);
  }

  /** The code of the refusal; undefined: none. */
  async refusal(handle: string, credential: PasskeyAssertion, method?: KeyMethod) {
    return (await this.submit(handle, credential, method)).code;
  }

  /** What was recorded of second factors that were refused. */
  async failures() {
    return (await this.world.events(this.setting.tenant))
      .filter(({ type }) => type === 'sign_in.factor_failed')
      .map(({ reason, subject_id, params }) => ({ reason, subject_id, params }));
  }

  /** A refused factor of the user, as it is recorded. */
  failure(reason: string, method: WebauthnKind = this.kind) {
    return { reason, subject_id: this.setting.user.id, params: { method } };
  }
}

/** The only key that a browser may show. */
export const allowed = ({ data }: Pick<Passkey, 'data'>) => [{ type: 'public-key', id: data.credentialId }];
