import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS } from '../../rest-compat/index.ts';
import { type AllPowerful, blitzOfSuite } from '../support/blitz.ts';
import {
  type DescribedRow,
  describedRows,
  type PopulatedAccount,
  populateAccount,
  RETURN,
} from '../support/blitz-populated.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import type { JsonSchema } from '../support/openapi-requests.ts';
import { ENGINES } from '../support/postgres.ts';
import { TestUpstream } from '../support/upstream.ts';

/** The longest text in a URL; the server accepts 16 KiB of headers. */
const MAX_IN_URL = 5_000;
const FORM = 'application/x-www-form-urlencoded';

/** The place of a text in a request. */
type Place =
  | { readonly in: 'path' | 'query' | 'header' | 'form'; readonly name: string }
  | { readonly in: 'body'; readonly path: readonly string[] };

const ROWS = DIALECTS.flatMap(describedRows);

/** The places of texts in a body; `*` is a member of any name, whose name is also hostile. */
function textsIn(schema: JsonSchema, depth = 0): string[][] {
  if (depth > 5) return [];
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return forms.flatMap((form) => textsIn(form, depth + 1));
  if (schema.type === 'string' || schema.type === undefined) return schema.const === undefined ? [[]] : [];
  if (schema.type === 'array') return textsIn(schema.items ?? {}, depth + 1);
  if (schema.type !== 'object') return [];
  const members = Object.entries(schema.properties ?? {}).filter(([, { not }]) => not === undefined);
  const declared = members.flatMap(([name, member]) => textsIn(member, depth + 1).map((path) => [name, ...path]));
  const more = schema.additionalProperties;
  if (more === undefined || more === false) return declared;
  return [...declared, ...textsIn(typeof more === 'object' ? more : {}, depth + 1).map((path) => ['*', ...path])];
}

type Known = (name: string) => string;

/** A value of a schema with a hostile text at the path, and valid values for the other required members. */
function bodyOf(schema: JsonSchema, known: Known, name: string, path?: readonly string[], text?: string): unknown {
  if (schema.const !== undefined) return schema.const;
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) {
    const meant = path === undefined ? forms[0]! : (forms.find((form) => leadsTo(form, path)) ?? forms[0]!);
    return bodyOf(meant, known, name, path, text);
  }
  if (schema.type === 'array') return [bodyOf(schema.items ?? {}, known, name, path, text)];
  if (schema.type === 'object') return objectOf(schema, known, path, text);
  if (path?.length === 0) return text;
  if (schema.enum !== undefined) return schema.enum[0];
  const plain: Readonly<Record<string, unknown>> = { integer: 1, number: 1, boolean: true, null: null };
  return plain[schema.type ?? ''] ?? known(name);
}

const leadsTo = (schema: JsonSchema, path: readonly string[]): boolean =>
  textsIn(schema).some((other) => other.join('.') === path.join('.'));

function objectOf(schema: JsonSchema, known: Known, path: readonly string[] = [], text = ''): object {
  const [first, ...rest] = path;
  const names = Object.keys(schema.properties ?? {});
  const members = names.flatMap((name): [string, unknown][] => {
    const member = schema.properties![name]!;
    if (name === first) return [[name, bodyOf(member, known, name, rest, text)]];
    return schema.required?.includes(name) === true ? [[name, bodyOf(member, known, name)]] : [];
  });
  if (first !== '*') return Object.fromEntries(members);
  const more = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const odd: [string, unknown][] = [
    ['odd', bodyOf(more, known, 'odd', rest, text)],
    [text, bodyOf(more, known, 'odd', rest, text)],
  ];
  return Object.fromEntries([...members, ...odd]);
}

/** Percent-encodes a text; a lone surrogate becomes the three bytes that some encoders make. */
function encoded(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  return [...text]
    .map((char) => (char.isWellFormed() ? encodeURIComponent(char) : char === '\ud800' ? '%ED%A0%80' : '%ED%BF%BF'))
    .join('');
}

function placesOf({ path, operation }: DescribedRow): Place[] {
  const inPath = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => ({ in: 'path' as const, name: name! }));
  const declared = operation.parameters.flatMap(({ in: where, name }): Place[] =>
    where === 'query' || where === 'header' ? [{ in: where, name }] : [],
  );
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (content === undefined) return [...inPath, ...declared];
  const members: Place[] =
    type === FORM
      ? Object.keys(content.schema.properties ?? {}).map((name) => ({ in: 'form', name }))
      : textsIn(content.schema).map((path) => ({ in: 'body', path }));
  return [...inPath, ...declared, ...members];
}

interface Made {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The request of a row with one hostile text; null if the text cannot be sent at that place. */
function requestOf({ path, operation }: DescribedRow, known: Known, place: Place, text: string): Made | null {
  const isInHead = place.in === 'path' || place.in === 'query' || place.in === 'header';
  if (isInHead && encoded(text).length > MAX_IN_URL) return null;
  if (place.in === 'header' && !/^[\x20-\x7e]*$/.test(text)) return null;
  const textAt = (where: Place['in'], name: string) =>
    place.in === where && 'name' in place && place.name === name ? text : known(name);
  const isThere = (where: string, name: string, required?: boolean) =>
    required === true || (place.in === where && 'name' in place && place.name === name);
  const pairs = (where: 'query' | 'form', names: readonly string[]) =>
    names.map((name) => `${encoded(name)}=${encoded(textAt(where, name))}`).join('&');
  const given = (where: string) =>
    operation.parameters.filter((one) => one.in === where && isThere(where, one.name, one.required));
  const query = pairs(
    'query',
    given('query').map(({ name }) => name),
  );
  const filled = path.replace(/\{([^}]*)\}/g, (_, name: string) => encoded(textAt('path', name)));
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body =
    content === undefined
      ? undefined
      : type === FORM
        ? pairs('form', [
            ...new Set([...(content.schema.required ?? []), ...(place.in === 'form' ? [place.name] : [])]),
          ])
        : JSON.stringify(bodyOf(content.schema, known, '', place.in === 'body' ? place.path : undefined, text));
  const headers = Object.fromEntries(given('header').map(({ name }) => [name, textAt('header', name)]));
  const forwarded = { 'x-forwarded-for': '203.0.113.7', ...headers };
  return {
    path: query === '' ? filled : `${filled}?${query}`,
    headers: type === undefined ? forwarded : { ...forwarded, 'content-type': type },
    body,
  };
}

/** An account whose objects the requests name, with tokens for it. */
interface Owner {
  readonly account: PopulatedAccount;
  readonly tokens: { readonly applicationToken: string; readonly userToken: string };
}

/** Whether a row may change the account even where it refuses: a wrong code counts, and ends a sign-up. */
const changesOwner = ({ method, path }: DescribedRow): boolean => method !== 'GET' && path.startsWith('/blitz/');

describe.each(ENGINES)('rows and texts that no column accepts, on $name', ({ open }) => {
  const blitz = blitzOfSuite(async () => [await open()]);
  let powerful: AllPowerful;
  let upstream: TestUpstream;
  beforeAll(async () => {
    const { world, tenant } = blitz;
    // Wait for the connection of the event log; until then the service answers 503.
    await world.services.eventEngine.start();
    powerful = await blitz.allPowerful();
    await world.services.tenants.updateSettings(world.system(tenant), { lockout: { enabled: false } });
    upstream = await TestUpstream.start({ clientId: 'idgraph', redirectUris: [RETURN] });
    await world.newProvider(tenant, { type: 'vk', name: 'vk_1', issuer: upstream.issuer, storeTokens: true });
  });
  afterAll(async () => {
    // A pass of the event log that begins after the database was closed fails, and nothing waits for it.
    await blitz.world.services.eventEngine.stop();
    await upstream.close();
  });

  let kept: Owner | null = null;

  /** An account and its tokens. To make them takes longer than all requests of a row that refuses them. */
  async function ownerFor(row: DescribedRow): Promise<Owner> {
    if (kept !== null && !changesOwner(row)) return kept;
    const account = await populateAccount(blitz, powerful);
    const tokens = {
      applicationToken: `Bearer ${await powerful.app()}`,
      userToken: `Bearer ${await powerful.user(account.user)}`,
    };
    kept = { account, tokens };
    return kept;
  }

  function credentialsOf({ operation, path }: DescribedRow, { tokens }: Owner): string[] {
    const client = path.startsWith('/blitz/api') ? blitz.restBasic : blitz.basic;
    const all: Readonly<Record<string, string>> = { ...tokens, client };
    return [...new Set(operation.security.flatMap((way) => Object.keys(way).map((scheme) => all[scheme] ?? '')))];
  }

  it.each(ROWS.map((row) => [row.name, row] as const))(
    'are refused or find nothing: %s',
    async (_, row) => {
      const owner = await ownerFor(row);
      const texts = owner.account.knownAt(row.path);
      const known: Known = (name) =>
        name === 'tenant' ? blitz.tenant.name : (texts[name]?.[0] ?? owner.account.user.id);
      const faults: string[] = [];
      let hasChanged = changesOwner(row);
      for (const authorization of credentialsOf(row, owner))
        for (const place of placesOf(row))
          for (const [what, text] of Object.entries(HOSTILE_TEXTS)) {
            const made = requestOf(row, known, place, text);
            if (made === null) continue;
            const headers = authorization === '' ? made.headers : { ...made.headers, authorization };
            const { status } = await blitz.ask(row.method, made.path, { headers, body: made.body });
            if (row.method !== 'GET' && status < 400) hasChanged = true;
            if (status >= 500)
              faults.push(`${'name' in place ? place.name : place.path.join('.')} = ${what}: ${status}`);
          }
      if (hasChanged) kept = null;
      expect(faults).toEqual([]);
      expect(blitz.rest.faults.splice(0)).toEqual([]);
    },
    120_000,
  );

  it.each(Object.entries(HOSTILE_TEXTS))('are refused as credentials of a client: %s', async (_, text) => {
    for (const path of ['/t/master/oauth/token', '/blitz/oauth/te']) {
      const grant = 'grant_type=client_credentials';
      for (const pair of [`${text}:secret`, `portal:${text}`, `${encoded(text)}:secret`]) {
        if (encoded(pair).length > MAX_IN_URL) continue;
        const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, 'content-type': FORM };
        expect((await blitz.ask('POST', path, { headers, body: grant })).status).toBeLessThan(500);
      }
      const headers = { 'content-type': FORM };
      const body = `${grant}&client_id=${encoded(text)}&client_secret=${encoded(text)}`;
      expect((await blitz.ask('POST', path, { headers, body })).status).toBeLessThan(500);
    }
  });

  it.each(Object.entries(HOSTILE_TEXTS))('are refused as issuer of a token: %s', async (_, text) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'EdDSA', typ: 'at+jwt' })}.${part({ iss: `https://id.example.com/t/${text}` })}.x`;
    if (token.length > MAX_IN_URL) return;
    const answer = await blitz.ask('GET', '/blitz/api/v3/users/x/auth', { token });
    expect(answer.status).toBe(401);
    expect(blitz.rest.faults.splice(0)).toEqual([]);
  });
});
