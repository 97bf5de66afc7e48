import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Dialect, Engine, plainRow } from '../../../rest-compat/engine/index.ts';
import { SECRETS_VAULT } from '../../../rest-compat/secrets-vault/index.ts';
import { ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { handMadeHost } from '../engine/hand-made-host.ts';

const SHAPE = z.object({
  text: z.string().min(2).max(4).optional(),
  name: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  email: z.email().optional(),
  count: z.int().min(1).max(9).optional(),
  share: z.number().min(0).max(1).optional(),
  flag: z.boolean().optional(),
  list: z.array(z.string()).max(2).optional(),
  users: z.array(z.object({ email: z.email() })).optional(),
  inner: z.object({ code: z.string().max(3) }).optional(),
  client_type: z.enum(['public', 'confidential']).optional(),
  order: z.enum(['PIN', 'PATTERN']).optional(),
  client_secret: z.string().min(32).optional(),
  range: z
    .object({ from: z.int().default(1), to: z.int().default(9) })
    .refine(({ from, to }) => from <= to, { path: ['to'] })
    .optional(),
  even: z
    .int()
    .refine((value) => value % 2 === 0)
    .optional(),
  either: z.union([z.string(), z.null()]).optional(),
});

const ROW = plainRow({
  method: 'POST',
  path: '/shape/{number}',
  name: 'Shape',
  spec: 'test',
  summary: 'Takes a shape.',
  callers: { public: true },
  input: {
    params: z.object({ number: z.string().regex(/^\d+$/) }),
    query: z.object({
      limit: z.int().min(1).max(500).default(10),
      on: z.boolean().optional(),
      sort_by: z.enum(['created_at', 'username', 'email']).optional(),
      must: z.string(),
    }),
    body: SHAPE,
  },
  reply: {
    status: 200,
    schema: z.unknown(),
    from: (_, { query, body }) => ({ query, body }),
  },
});
const FORM = plainRow({
  method: 'POST',
  path: '/form',
  name: 'Form',
  spec: 'test',
  summary: 'Takes a form.',
  callers: { public: true },
  input: { form: z.object({ count: z.int(), token: z.string().max(3) }) },
  reply: { status: 200, schema: z.unknown(), from: (_, { form }) => form },
});

const DIALECT: Dialect = { ...SECRETS_VAULT, mounts: [{ prefix: '/api', routes: [ROW, FORM] }] };

describe('the faulty values of a request', () => {
  let rest: RestClient;
  beforeAll(async () => {
    const engine = new Engine([DIALECT], handMadeHost(), { ...ENGINE_OPTIONS, defaultTenant: 'acme' });
    rest = await RestClient.serve(engine.middleware);
  });
  afterAll(() => rest.close());

  const PATH = '/api/shape/7?must=x';
  const faults = async (body: unknown, path = PATH) => {
    const type = { 'content-type': 'application/json' };
    const answer = await rest.ask('POST', path, typeof body === 'string' ? { body, headers: type } : { body });
    expect(answer.status, answer.text).toBe(422);
    return answer.json.detail as readonly { loc: unknown[]; msg: string; type: string; input?: unknown }[];
  };
  /** Place, type and value of the only fault. */
  const only = async (body: unknown, path = PATH) => {
    const [one, ...more] = await faults(body, path);
    expect(more).toEqual([]);
    return [one!.loc.join('.'), one!.type, one!.input];
  };

  it.each([
    [{ text: 5 }, 'string_type', 5],
    [{ text: null }, 'string_type', null],
    [{ text: 'a' }, 'string_too_short', 'a'],
    [{ text: 'a'.repeat(300) }, 'string_too_long', 'a'.repeat(200)],
    [{ name: 'A' }, 'string_pattern_mismatch', 'A'],
    [{ email: 'no' }, 'value_error', 'no'],
    [{ count: '5' }, 'int_type', '5'],
    [{ count: 1.5 }, 'int_type', 1.5],
    [{ count: 0 }, 'greater_than_equal', 0],
    [{ count: 10 }, 'less_than_equal', 10],
    [{ share: 2 }, 'less_than_equal', 2],
    [{ flag: 'true' }, 'bool_type', 'true'],
    [{ list: {} }, 'list_type', undefined],
    [{ list: ['a', 'b', 'c'] }, 'value_error', undefined],
    [{ inner: [] }, 'model_attributes_type', undefined],
    [{ client_type: 'other' }, 'enum', 'other'],
    [{ order: 'FACE' }, 'literal_error', 'FACE'],
    [{ even: 3 }, 'value_error', 3],
    [{ either: 3 }, 'string_type', 3],
  ])('%j: %s', async (body, type, input) => {
    expect(await only(body)).toEqual([`body.${Object.keys(body)[0]}`, type, input]);
  });

  it('of a rule that a default breaks are not that it is missing', async () => {
    expect(await only({ range: { from: 10 } })).toEqual(['body.range.to', 'value_error', undefined]);
  });

  it('are named with their positions in lists', async () => {
    const users = [{ email: 'a@example.com' }, {}, { email: 'no' }, 5];
    expect((await faults({ users })).map(({ loc, type, msg }) => [loc, type, type === 'missing' ? msg : ''])).toEqual([
      [['body', 'users', 1, 'email'], 'missing', 'Field required'],
      [['body', 'users', 2, 'email'], 'value_error', ''],
      [['body', 'users', 3], 'model_attributes_type', ''],
    ]);
  });

  it('are listed all at once, path before query before body, as they are declared', async () => {
    const found = await faults({ flag: 1, text: 1 }, '/api/shape/x?on=perhaps&sort_by=age&limit=1e3');
    expect(found.map(({ loc, type }) => [loc.join('.'), type])).toEqual([
      ['path.number', 'string_pattern_mismatch'],
      ['query.limit', 'int_parsing'],
      ['query.on', 'bool_parsing'],
      ['query.sort_by', 'enum'],
      ['query.must', 'missing'],
      ['body.text', 'string_type'],
      ['body.flag', 'bool_type'],
    ]);
  });

  it('are bounded', async () => {
    expect(await faults({ users: Array(5_000).fill(1) })).toHaveLength(1000);
  });

  it('of a query: texts are read as numbers and booleans, twice is no text', async () => {
    const answer = await rest.ask('POST', `${PATH}&limit=%2B20&on=TRUE`, { body: {} });
    expect(answer.json.query).toEqual({ must: 'x', limit: 20, on: true });
    expect(await only({}, `${PATH}&limit=0`)).toEqual(['query.limit', 'greater_than_equal', 0]);
    expect(await only({}, `${PATH}&limit=1.5`)).toEqual(['query.limit', 'int_parsing', 1.5]);
    expect(await only({}, `${PATH}&must=y`)).toEqual(['query.must', 'string_type', undefined]);
  });

  it('are that there is no body, no JSON, or no object', async () => {
    expect(await faults('')).toEqual([{ loc: ['body'], msg: 'Field required', type: 'missing' }]);
    expect(await faults('{"text": nul}')).toEqual([
      { loc: ['body', 9], msg: 'The body is not JSON.', type: 'json_invalid' },
    ]);
    expect(await only('"secret"')).toEqual(['body', 'model_attributes_type', undefined]);
    expect(await only('{"__proto__": {}}')).toEqual(['body.17', 'json_invalid', undefined]);
  });

  it('never repeat a secret, nor what holds one', async () => {
    for (const body of [{ client_secret: 'hush' }, { inner: { code: 'hush' } }, { list: { code: 'hush' } }, '["hush"]'])
      expect(JSON.stringify(await faults(body))).not.toContain('hush');
  });

  it('of a form stand in the body', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await rest.ask('POST', '/api/form', { headers, body: 'count=x&token=hush' });
    expect([answer.status, answer.json.detail]).toEqual([
      422,
      [
        { loc: ['body', 'count'], msg: expect.any(String), type: 'int_parsing', input: 'x' },
        { loc: ['body', 'token'], msg: expect.any(String), type: 'string_too_long' },
      ],
    ]);
  });
});
