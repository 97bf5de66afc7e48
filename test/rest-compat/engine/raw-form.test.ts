import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type CallerAuthenticator,
  Engine,
  type FormParameter,
  type Route,
  route,
} from '../../../rest-compat/engine/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { ENGINE_OPTIONS, NO_API_KEYS, RestClient, serveDialects } from '../../support/rest.ts';
import { World } from '../../support/world.ts';
import { tinyDialect } from './dialect.ts';
import { handMadeHost } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The forms that reached an operation. */
const reached: (readonly FormParameter[])[] = [];

const rawRow = (path: string, over: Partial<Route> = {}): Route => ({
  ...route({
    method: 'POST',
    path,
    spec: 'Tiny',
    summary: 'Takes a form as it is.',
    callers: { clientAuth: true },
    operation: ShowTenant,
    input: { form: 'raw' },
    toVariables: ({ form }) => {
      reached.push(form);
      return {};
    },
    reply: { status: 200, schema: z.object({ name: z.string() }), from: ({ tenant }) => tenant },
  }),
  ...over,
});

/** A row for browsers: nobody authenticates. */
const rawQueryRow = (path: string): Route =>
  route({
    method: 'GET',
    path,
    spec: 'Tiny',
    summary: 'Takes its query as it is.',
    callers: { browser: true },
    operation: ShowTenant,
    input: { query: 'raw' },
    toVariables: ({ query }) => {
      reached.push(query);
      return {};
    },
    reply: { status: 303, as: 'browser', from: () => ({ redirectTo: '/' }) },
  });

describe('a row that passes its form on raw', () => {
  let world: World;
  let rest: RestClient;
  beforeAll(async () => {
    world = await World.open();
    const acme = await world.tenant();
    const refuse = (): never => {
      throw kernelErrors.UNAUTHENTICATED();
    };
    const resolver: CallerAuthenticator = {
      ...NO_API_KEYS,
      bearer: refuse,
      client: (_readings, _kind, _tenant, origin) => ({ ...world.app(acme, 'tenant:read'), origin }),
    };
    const rows = [rawRow('/raw'), rawRow('/query', { formInQuery: true })];
    rest = await serveDialects([tinyDialect({}, rows)], world, resolver, { defaultTenant: acme.name });
  });
  afterEach(() => reached.splice(0));
  afterAll(async () => {
    await rest.close();
    await world.close();
  });

  const post = async (path: string, body: string) => (await rest.ask('POST', path, { headers: FORM, body })).status;

  it('gives each name once, with a value for each time that it was sent, empty ones too', async () => {
    expect(await post('/tiny/raw', 'client_id=a&b=1&a=x+y&b=&c=%C3%A4&__proto__=p&=n')).toBe(200);
    expect(reached).toEqual([
      [
        { name: 'b', values: ['1', ''] },
        { name: 'a', values: ['x y'] },
        { name: 'c', values: ['ä'] },
        { name: '__proto__', values: ['p'] },
        { name: '', values: ['n'] },
      ],
    ]);
  });

  it('does not pass on the credentials of clients', async () => {
    const credentials = 'client_id=a&client_secret=s&client_assertion=j&client_assertion_type=t';
    expect(await post('/tiny/raw', `${credentials}&scope=x`)).toBe(200);
    expect(reached).toEqual([[{ name: 'scope', values: ['x'] }]]);
  });

  it('reads the query too, only if the row declares it', async () => {
    expect(await post('/tiny/query?scope=x', 'client_id=a&scope=y')).toBe(200);
    expect(await post('/tiny/raw?scope=x', 'client_id=a&scope=y')).toBe(200);
    expect(reached).toEqual([[{ name: 'scope', values: ['x', 'y'] }], [{ name: 'scope', values: ['y'] }]]);
  });

  it('gets at most 1000 parameters, credentials among them, and a body of at most 1 MiB', async () => {
    expect(await post('/tiny/raw', `client_id=a${'&b'.repeat(999)}`)).toBe(200);
    expect(await post('/tiny/raw', `client_id=a${'&b'.repeat(1000)}`)).toBe(413);
    expect(await post('/tiny/raw', `client_id=a&b=${'x'.repeat(1_048_576)}`)).toBe(413);
    expect(reached.length).toBe(1);
  });

  it('reads an empty body as a form without parameters', async () => {
    expect(await post('/tiny/query?client_id=a', '')).toBe(200);
    expect(reached).toEqual([[]]);
  });
});

describe('a row for browsers that passes its parameters on raw', () => {
  let rest: RestClient;
  beforeAll(async () => {
    const rows = [rawRow('/form', { callers: { browser: true } }), rawQueryRow('/query')];
    const engine = new Engine([tinyDialect({}, rows)], handMadeHost(), ENGINE_OPTIONS);
    rest = await RestClient.serve(engine.middleware);
  });
  afterEach(() => reached.splice(0));
  afterAll(() => rest.close());

  it('passes on the parameters of clients where none authenticates by them', async () => {
    expect((await rest.ask('POST', '/t/acme/tiny/form', { headers: FORM, body: 'client_id=a&scope=x' })).status).toBe(
      200,
    );
    expect((await rest.ask('GET', '/t/acme/tiny/query?client_id=a&client_id=b')).status).toBe(303);
    expect(reached).toEqual([
      [
        { name: 'client_id', values: ['a'] },
        { name: 'scope', values: ['x'] },
      ],
      [{ name: 'client_id', values: ['a', 'b'] }],
    ]);
  });

  it('gives each name of a query once, as of a form, and at most 1000 parameters', async () => {
    expect((await rest.ask('GET', '/t/acme/tiny/query?b=1&state=x+y&b=&__proto__=p&=n&a=%C3%A4%00%FF')).status).toBe(
      303,
    );
    expect((await rest.ask('GET', '/t/acme/tiny/query')).status).toBe(303);
    expect((await rest.ask('GET', `/t/acme/tiny/query?a${'&b'.repeat(1000)}`)).status).toBe(413);
    expect(reached).toEqual([
      [
        { name: 'b', values: ['1', ''] },
        { name: 'state', values: ['x y'] },
        { name: '__proto__', values: ['p'] },
        { name: '', values: ['n'] },
        { name: 'a', values: ['ä\0\ufffd'] },
      ],
      [],
    ]);
  });
});
