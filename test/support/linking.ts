import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { anonymousCaller, type Caller } from '../../src/access/index.ts';
import type { FederationProvider } from '../../src/federation/index.ts';
import type { BrowserPort, TenantRef } from '../../src/kernel/index.ts';
import { RequestBrowser } from '../../src/server/http/browser.ts';
import type { User } from '../../src/users/index.ts';
import { TestUpstream } from './upstream.ts';
import { TEST_ORIGIN, World } from './world.ts';

const BEGIN = 'mutation ($input: BeginAccountLinkingInput!) { beginAccountLinking(input: $input) { redirectTo } }';
const OPEN = `mutation ($input: OpenAccountLinkingInput!) { openAccountLinking(input: $input) { answer { __typename
  ... on AccountLinkingQuestion { handle provider externalName account { userId name username } application { clientId name } }
  ... on AccountLinkingSignIn { pageUrl } ... on AccountLinkingEnd { redirectTo } } } }`;
const DECIDE = 'mutation ($input: DecideAccountLinkingInput!) { decideAccountLinking(input: $input) { redirectTo } }';
const COMPLETE = `mutation ($input: CompleteAccountLinkingInput!) {
  completeAccountLinking(input: $input) { outcome callback isPopup redirectTo } }`;

export const CALLBACK = 'https://app.example.com/linked';
export const RETURN = 'https://id.example.com/return/corp/corp_1';

/** A provider to link accounts at, and for each test of the calling suite a tenant with a user who links accounts. */
export function linkingOfSuite(): Linking {
  const linking = new Linking();
  beforeAll(() => linking.open());
  beforeEach(() => linking.begins());
  afterAll(() => linking.close());
  return linking;
}

const handleIn = (page: string): string => page.split('/').at(-1)!;

class Linking {
  world!: World;
  upstream!: TestUpstream;
  tenant!: TenantRef;
  provider!: FederationProvider;
  user!: User;
  /** The user, who may link accounts. */
  caller!: Caller;
  readonly anonymous = anonymousCaller(TEST_ORIGIN);

  async open(): Promise<void> {
    this.world = await World.open();
    this.upstream = await TestUpstream.start({ redirectUris: [RETURN, CALLBACK], claims: { employee: 815 } });
  }

  async close(): Promise<void> {
    await this.upstream.close();
    await this.world.close();
  }

  async begins(): Promise<void> {
    const { world } = this;
    this.tenant = await world.tenant();
    await world.newClient(this.tenant, {
      clientId: 'test-app',
      redirects: [
        { uri: CALLBACK, match: 'exact' },
        { uri: 'https://app.example.com/area', match: 'prefix' },
      ],
    });
    const { issuer } = this.upstream;
    this.provider = await world.newProvider(this.tenant, { type: 'corp', name: 'corp_1', issuer, storeTokens: true });
    this.user = await world.newUser(this.tenant);
    this.caller = world.user(this.tenant, this.user.id, 'federation-link:bind:self');
    this.upstream.seen.length = 0;
  }

  readonly begin = (over: object = {}, as = this.caller, browser: BrowserPort | null = null) => {
    const input = { provider: 'corp:corp_1', callback: CALLBACK, redirectUri: RETURN, ...over };
    return this.world.graphql(as, BEGIN, { input }, browser);
  };

  /** Begins linking. @returns The address to which the browser is redirected. */
  readonly begun = async (over: object = {}, as = this.caller, browser?: BrowserPort): Promise<string> => {
    const { data, errors } = await this.begin(over, as, browser);
    expect(errors).toEqual([]);
    return data.beginAccountLinking.redirectTo;
  };

  /** Completes linking with the parameters of the redirect back. */
  readonly complete = (back: URL, as: Caller = this.anonymous, over: object = {}, browser?: BrowserPort) => {
    const answer = (name: string) => back.searchParams.get(name);
    const answers = { state: answer('state'), code: answer('code'), error: answer('error'), issuer: answer('iss') };
    return this.world.graphql(as, COMPLETE, { input: { tenant: this.tenant.name, ...answers, ...over } }, browser);
  };

  /** Opens the page that asks, by its address. @param interactionHandle The sign-in from which the browser comes back. */
  readonly ask = (page: string, browser: BrowserPort | null, interactionHandle: string | null = null) =>
    this.world.graphql(
      this.anonymous,
      OPEN,
      { input: { tenant: this.tenant.name, handle: handleIn(page), interactionHandle } },
      browser,
    );

  /** Answers the question of a page. @param userId The account that the page named. */
  readonly decide = (page: string, browser: BrowserPort | null, isConfirmed = true, userId = this.user.id) =>
    this.world.graphql(
      this.anonymous,
      DECIDE,
      { input: { tenant: this.tenant.name, handle: handleIn(page), userId, isConfirmed } },
      browser,
    );

  /**
   * Completes linking as a browser does in which the user is signed in, who answers yes where the page asks.
   * @returns The last answer of `completeAccountLinking`.
   */
  readonly completeAsked = async (back: URL, signedIn?: BrowserPort, over: object = {}) => {
    const browser = signedIn ?? (await this.signedIn(this.user.id));
    const first = await this.complete(back, this.anonymous, over, browser);
    if (first.data?.completeAccountLinking?.outcome !== 'CONFIRMATION') return first;
    const { data, errors } = await this.decide(first.data.completeAccountLinking.redirectTo, browser);
    expect(errors).toEqual([]);
    return this.complete(new URL(data.decideAccountLinking.redirectTo), this.anonymous, over, browser);
  };

  /** The page to which the browser is sent that comes back from the provider. */
  readonly pageOf = async (back: URL, browser?: BrowserPort): Promise<string> => {
    const { data } = await this.complete(back, this.anonymous, {}, browser);
    expect(data.completeAccountLinking.outcome).toBe('CONFIRMATION');
    return data.completeAccountLinking.redirectTo;
  };

  /** The browser in which a user is signed in. */
  readonly signedIn = async (id: string, tenant = this.tenant): Promise<BrowserPort> => {
    const browser = new RequestBrowser({ headers: {} }, 'https://id.example.com');
    const { cookie } = await this.world.signedIn(tenant, id, { inBrowser: true });
    browser.write('session', this.tenant, cookie!);
    return browser;
  };

  readonly linksOf = async ({ id }: User) =>
    (await this.world.services.federationLinks.list(this.world.system(this.tenant), id)).map(
      ({ externalId, externalName }) => ({ externalId, externalName }),
    );

  readonly eventsOf = async (type: string) =>
    (await this.world.events(this.tenant)).filter((event) => event.type === type);

  /** Changes the configuration of the provider. */
  readonly change = (input: object) =>
    this.world.services.federationProviders.update(this.world.system(this.tenant), this.provider.id, input);
}
