import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { Authority, anonymousCaller } from '../../src/access/index.ts';
import type { Client } from '../../src/clients/index.ts';
import type { InteractionOutcome, NewInteraction, SignInDemands } from '../../src/flows/index.ts';
import type { BrowserPort, Origin, TenantRef } from '../../src/kernel/index.ts';
import type { Database } from '../../src/persistence/index.ts';
import type { RequestBrowser } from '../../src/server/http/browser.ts';
import type { SessionRow } from '../../src/sessions/index.ts';
import type { User } from '../../src/users/index.ts';
import { CookieJar } from './cookie-jar.ts';
import { totpCode } from './totp.ts';
import { type GraphResult, TEST_ORIGIN, World } from './world.ts';

/** The secret of `World.giveTotp`. */
const TOTP_SECRET = 'JBSWY3DPEHPK3PXP';

/** Demands of a sign-in that demands nothing more. */
export const NO_DEMANDS: SignInDemands = {
  mustAuthenticate: false,
  mustChoose: false,
  factors: 1,
  isStrict: false,
  userId: null,
  loginHint: null,
  consent: null,
  locales: null,
};

const STEP = `step {
  __typename
  ... on PasswordStep { identifier isIdentifierFixed canRemember }
  ... on RegistrationStep { identifier isEmailUsername minLength }
  ... on PasswordResetStep { identifier isIdentifierFixed }
  ... on PasswordResetCodeStep { digits }
  ... on FactorStep { methods }
  ... on FactorEnrolmentStep { enrolment { secret uri qrImage } }
  ... on TermsStep { text }
  ... on NewPasswordStep { minLength isForgotten }
  ... on EmailCodeStep { email isSent }
  ... on KeyEnrolmentStep { kind }
  ... on OtherActionsStep { actions }
  ... on AccountStep { accounts { userId name username } }
  ... on ConsentStep { account { userId name username } scopes { name description isLasting } }
  ... on Finished { continueAt }
}`;

/** A browser: the cookies that it keeps, and requests that it sends with them. */
export class TestBrowser {
  readonly #world: World;
  readonly tenant: TenantRef;
  readonly jar = new CookieJar();
  origin: Origin = TEST_ORIGIN;
  /** The cookies that the last answer set, as headers. */
  setCookies: readonly string[] = [];

  constructor(world: World, tenant: TenantRef) {
    this.#world = world;
    this.tenant = tenant;
  }

  /** Begins a sign-in in this browser. @returns The handle. */
  async begin(demands: Partial<SignInDemands> = {}, more: Partial<NewInteraction> = {}): Promise<string> {
    const input = {
      kind: 'test',
      purpose: { wanted: 'a sign-in' },
      resumeAt: 'https://id.example.com/resume',
      clientId: null,
      demands: { ...NO_DEMANDS, ...demands },
      ...more,
    };
    const { handle } = await this.#with((browser, authority) =>
      this.#world.services.interactions.begin(authority, browser, input),
    );
    return handle;
  }

  /** What the flow that began the sign-in gets in the end. */
  resume(handle: string, kind = 'test'): Promise<InteractionOutcome> {
    return this.#with((browser, authority) =>
      this.#world.services.interactions.resume(authority, browser, kind, handle),
    );
  }

  /** The session whose cookie the browser has. */
  session(): Promise<SessionRow | null> {
    return this.#with((browser) => this.#world.services.sessions.ofBrowser(browser, this.tenant));
  }

  /** Runs a document of the graph. */
  graphql(document: string, variables: Record<string, unknown> = {}): Promise<GraphResult> {
    return this.#with((browser) => this.#world.graphql(anonymousCaller(this.origin), document, variables, browser));
  }

  /** The interaction as its page loads it. */
  async load(handle: string): Promise<GraphResult> {
    const document = `query ($handle: String!) { interaction(handle: $handle) { handle application { clientId name clientUri policyUri tosUri } ${STEP} } }`;
    return this.graphql(document, { handle });
  }

  /** Runs the mutation of a step. @param also Further fields of the payload. @returns The next step, or the code of the refusal. */
  async submit(field: string, handle: string, input: Record<string, unknown> = {}, also = ''): Promise<GraphResult> {
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${also} ${STEP} } }`;
    const result = await this.graphql(document, { input: { handle, ...input } });
    return { ...result, data: result.data?.[field] ?? null };
  }

  password(handle: string, user: Pick<User, 'username'>, password = PASSWORD, more = {}): Promise<GraphResult> {
    return this.submit('submitPassword', handle, { identifier: user.username, password, ...more });
  }

  /** Shows the code that the app of `World.giveTotp` shows now. */
  totp(handle: string, offsetSeconds = 0): Promise<GraphResult> {
    const code = totpCode(TOTP_SECRET, new Date(this.#world.clock.now().getTime() + offsetSeconds * 1000));
    return this.submit('submitFactor', handle, { method: 'TOTP', code });
  }

  /** Signs a user in, as the only step. */
  async signIn(user: Pick<User, 'username'>): Promise<void> {
    const { data } = await this.password(await this.begin({ mustAuthenticate: true }), user);
    if (data?.step.__typename !== 'Finished') throw new Error(`The sign-in is at ${data?.step.__typename}.`);
  }

  /** Sends a request of a flow beside the sign-in. */
  use<T>(send: (browser: BrowserPort) => Promise<T>): Promise<T> {
    return this.#with((browser) => send(browser));
  }

  async #with<T>(work: (browser: RequestBrowser, authority: Authority) => Promise<T>): Promise<T> {
    return this.jar.use(async (browser) => {
      try {
        return await work(browser, new Authority(anonymousCaller(this.origin), this.tenant, 'self'));
      } finally {
        this.setCookies = browser.setCookies;
      }
    });
  }
}

export const PASSWORD = 'three-wombats-at-dawn';

/** A tenant with a user who has a password, and an application. */
export interface SignInWorld {
  readonly tenant: TenantRef;
  readonly user: User;
  readonly client: Client;
}

export async function openSignIn(world: World, settings: object = {}): Promise<SignInWorld> {
  const tenant = await world.tenant({ settings });
  const user = await world.newUser(tenant, { givenName: 'Ann', familyName: 'Archer', email: 'ann@example.com' });
  await world.givePassword(tenant, user.id, PASSWORD);
  const { client } = await world.newClient(tenant, { clientId: 'shop', name: 'The Shop' });
  return { tenant, user, client };
}

/** The step in an answer of a test browser. */
export function stepOf({ data, errors }: GraphResult): GraphResult['data'] {
  expect(errors).toEqual([]);
  return data.step ?? data.interaction.step;
}

/** What each test of `signInsOfSuite` gets. */
interface SignIn extends SignInWorld {
  readonly world: World;
  readonly browser: TestBrowser;
}

/** A world of the calling suite, and before each test a user with a password and a browser, in a tenant with these settings. */
export function signInsOfSuite(open: () => Promise<Database>, settings: object, take: (signIn: SignIn) => void): void {
  let world: World;
  beforeAll(async () => {
    world = await World.open(await open());
    await world.services.eventEngine.start();
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });
  beforeEach(async () => {
    const made = await openSignIn(world, settings);
    take({ ...made, world, browser: new TestBrowser(world, made.tenant) });
  });
}
