import { request as sendRequest } from 'node:http';
import type { PageDocument } from '../../web/sign-in/graph.ts';
import {
  ConfirmSignOut,
  type InteractionData,
  type Step,
  SubmitConsent,
  SubmitFactor,
  SubmitPassword,
  SubmitRegistration,
} from '../../web/sign-in/operations.generated.ts';
import { CookieJar } from './cookie-jar.ts';
import { totpCode } from './totp.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
/** Far above what a sign-in needs; a loop of redirects ends there. */
const MAX_HOPS = 20;

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

/** What a browser can reach. It stops at every other address. */
export interface Network {
  readonly reaches: (address: URL) => boolean;
  /** Sends a request; it follows no redirect. */
  readonly fetch: (address: URL, sent?: Sent) => Promise<Response>;
}

/**
 * Sends a request to this machine, whatever host its address names, as if DNS led each name here. It follows no redirect.
 * `fetch` itself does not let a caller choose the header `Host`.
 */
export function fetchHere(address: string | URL, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Response> {
  const { host, port, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const request = sendRequest(
      { host: '127.0.0.1', port, path: `${pathname}${search}`, method, headers: { ...headers, host }, agent: false },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const pairs = Array.from({ length: answer.rawHeaders.length / 2 }, (_, at): [string, string] => [
          answer.rawHeaders[2 * at]!,
          answer.rawHeaders[2 * at + 1]!,
        ]);
        const status = answer.statusCode!;
        resolve(new Response(status === 204 ? null : Buffer.concat(chunks), { status, headers: pairs }));
      },
    );
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

/** Services that are started on this machine. Addresses of https lead out of it. */
const THIS_MACHINE: Network = { reaches: ({ protocol }) => protocol !== 'https:', fetch: fetchHere };

/** What a person knows and decides. */
export interface Person {
  readonly username: string;
  readonly password: string;
  /** The secret of their code app. */
  readonly totpSecret?: string;
}

/** What the service put into a page. */
type PageState =
  | {
      readonly page: 'sign-in';
      readonly tenant: { readonly name: string };
      readonly handle: string;
      readonly interaction: InteractionData['interaction'];
    }
  | { readonly page: 'sign-out'; readonly tenant: { readonly name: string }; readonly handle: string }
  | { readonly page: 'signed-out' }
  | { readonly page: 'error'; readonly code: string };

/** Where a person got to. */
export interface Visit {
  readonly url: URL;
  /** What the browser was led to post there; null: nothing. */
  readonly form: URLSearchParams | null;
  /** The last page; null when the browser cannot reach the address. */
  readonly status: number | null;
  readonly text: string;
  /** The state of a page of the service that nobody has to answer. */
  readonly state: PageState | null;
  /** What the person was asked on the way: types of steps, `sign-out`. */
  readonly asked: readonly string[];
}

interface Hop {
  readonly url: URL;
  readonly form: URLSearchParams | null;
}

/**
 * A person with a browser. It keeps cookies by host and follows redirects, forms that a page posts by itself, and pages of this
 * service, which the person answers.
 */
export class WebUser {
  readonly #person: Person;
  readonly #network: Network;
  readonly #jars = new Map<string, CookieJar>();
  /** Whether they allow applications what they ask for. */
  grantsConsent = true;

  /** @param network Default: services that are started on this machine. */
  constructor(person: Person, network: Network = THIS_MACHINE) {
    this.#person = person;
    this.#network = network;
  }

  /**
   * Opens an address and goes on until there is nothing to follow and nothing to answer.
   * @param form What is posted there; null: nothing.
   */
  async visit(address: string | URL, form: URLSearchParams | null = null): Promise<Visit> {
    const asked: string[] = [];
    let hop: Hop = { url: new URL(address), form };
    for (let count = 0; count < MAX_HOPS; count++) {
      if (!this.#network.reaches(hop.url)) return { ...hop, status: null, text: '', state: null, asked };
      const answer = await this.#open(hop);
      const location = answer.headers.get('location');
      const text = await answer.text();
      const state = readState(text);
      const posted = readForm(text);
      if (location !== null) hop = { url: new URL(location, hop.url), form: null };
      else if (posted !== null) hop = posted;
      else {
        const next = state === null ? null : await this.#answer(state, hop.url, asked);
        if (next === null) return { ...hop, status: answer.status, text, state, asked };
        hop = { url: new URL(next), form: null };
      }
    }
    throw new Error(`More than ${MAX_HOPS} redirects, the last one to ${hop.url}`);
  }

  /** Sends a request with the cookies of the browser and keeps those of the answer. */
  async send(url: URL, { headers, ...sent }: Sent = {}): Promise<Response> {
    const jar = this.jarOf(url.hostname);
    const answer = await this.#network.fetch(url, { ...sent, headers: { ...headers, cookie: jar.header } });
    jar.keep(answer.headers.getSetCookie());
    return answer;
  }

  /** The cookies of a host. */
  jarOf(host: string): CookieJar {
    const jar = this.#jars.get(host) ?? new CookieJar();
    this.#jars.set(host, jar);
    return jar;
  }

  #open({ url, form }: Hop): Promise<Response> {
    if (form === null) return this.send(url, { headers: { accept: HTML } });
    const headers = { accept: HTML, 'content-type': 'application/x-www-form-urlencoded' };
    return this.send(url, { method: 'POST', headers, body: form.toString() });
  }

  /** Does what a page asks for. @returns Where it leads the browser; null: nothing is asked. */
  async #answer(state: PageState, url: URL, asked: string[]): Promise<string | null> {
    if (state.page === 'sign-out') return this.#signOut(state, url, asked);
    if (state.page !== 'sign-in') return null;
    const place = { tenant: state.tenant.name, handle: state.handle };
    let { step } = state.interaction;
    while (step.__typename !== 'Finished') {
      asked.push(step.__typename);
      step = await this.#take(step, place, url);
    }
    return step.continueAt;
  }

  async #signOut(
    { tenant, handle }: Extract<PageState, { page: 'sign-out' }>,
    url: URL,
    asked: string[],
  ): Promise<string | null> {
    asked.push('sign-out');
    const input = { tenant: tenant.name, handle, isConfirmed: true };
    const { answer } = (await this.ask(url, ConfirmSignOut, { input })).confirmSignOut;
    return answer.__typename === 'SignOutRedirect' ? answer.redirectTo : null;
  }

  async #take(step: Step, place: { tenant: string; handle: string }, url: URL): Promise<Step> {
    const { username, password, totpSecret } = this.#person;
    switch (step.__typename) {
      case 'PasswordStep': {
        const identifier = step.identifier ?? username;
        return (await this.ask(url, SubmitPassword, { input: { ...place, identifier, password } })).submitPassword.step;
      }
      case 'RegistrationStep': {
        const input = { ...place, username, email: `${username}@example.org`, password };
        return (await this.ask(url, SubmitRegistration, { input })).submitRegistration.step;
      }
      case 'FactorStep': {
        // The code of the next 30 seconds: that of the present ones may be used up.
        const code = totpCode(totpSecret!, new Date(Date.now() + 30_000));
        return (await this.ask(url, SubmitFactor, { input: { ...place, method: 'TOTP', code } })).submitFactor.step;
      }
      case 'ConsentStep': {
        const input = { ...place, isGranted: this.grantsConsent };
        return (await this.ask(url, SubmitConsent, { input })).submitConsent.step;
      }
      default:
        throw new Error(`The person cannot take the step ${step.__typename}.`);
    }
  }

  /** Runs a document of the pages at the graph, as a page of this address would. */
  async ask<Data, Variables>(page: URL, document: PageDocument<Data, Variables>, variables: Variables): Promise<Data> {
    const answer = await this.send(new URL('/graphql', page), {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        origin: page.origin,
        'sec-fetch-site': 'same-origin',
      },
      body: JSON.stringify({ query: document.text, variables }),
    });
    const { data, errors } = (await answer.json()) as { readonly data?: Data | null; readonly errors?: unknown };
    if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors));
    return data;
  }
}

function readState(text: string): PageState | null {
  const found = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text);
  return found === null ? null : (JSON.parse(found[1]!) as PageState);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescapeHtml = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]!);

/** The form of a page that a browser posts at once (OAuth 2.0 Form Post Response Mode). */
function readForm(text: string): Hop | null {
  const found = /<form method="post" action="([^"]*)">(.*?)<\/form>/s.exec(text);
  if (found === null) return null;
  const form = new URLSearchParams();
  for (const [, name, value] of found[2]!.matchAll(/name="([^"]*)" value="([^"]*)"/g))
    form.append(unescapeHtml(name!), unescapeHtml(value!));
  return { url: new URL(unescapeHtml(found[1]!)), form };
}
