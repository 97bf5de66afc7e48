import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { describedPaths } from './dialect.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const COMMON = {
  method: 'PUT',
  spec: 'Tiny',
  summary: 'Shows a body.',
  callers: { public: true },
  operation: ShowTenant,
} as const;

const TEXT = route({
  ...COMMON,
  path: '/text',
  input: { text: z.string().min(1).max(20) },
  reply: { status: 200, as: 'text', schema: z.string(), from: (_data, { text }) => `got ${text}` },
});
const FORM = route({
  ...COMMON,
  path: '/form',
  input: { form: z.object({ name: z.string(), count: z.string().optional() }) },
  formAsJson: true,
  reply: { status: 200, schema: z.unknown(), from: (_data, { form }) => form },
});
const RAW = route({
  ...COMMON,
  path: '/raw',
  input: { form: 'raw' },
  formAsJson: true,
  formInQuery: true,
  reply: { status: 200, schema: z.unknown(), from: (_data, { form }) => form },
});
const PLAIN = route({
  ...COMMON,
  path: '/plain-form',
  input: { form: z.object({ name: z.string() }) },
  reply: { status: 204 },
});
const ROWS = [TEXT, FORM, RAW, PLAIN];

let rest: RestClient | undefined;
afterAll(() => rest?.close());
const ask = async (path: string, body: string | Buffer, type: string) => {
  rest ??= await serveTiny(ROWS);
  const { status, text, json, headers } = await rest.ask('PUT', `/t/acme/tiny${path}`, {
    body,
    headers: { 'content-type': type },
  });
  return { status, text, json, type: headers['content-type'] };
};

describe('a body of plain text', () => {
  it('reaches the row as it is, and a reply may be one', async () => {
    const answer = await ask('/text', 'Grüße, {"a":1}', 'text/plain');
    expect([answer.status, answer.text, answer.type]).toEqual([200, 'got Grüße, {"a":1}', 'text/plain; charset=utf-8']);
    expect((await ask('/text', 'x', 'text/plain; charset=UTF-8')).status).toBe(200);
  });

  it('is refused if it is too long, empty, not UTF-8, or of another type', async () => {
    expect((await ask('/text', 'x'.repeat(21), 'text/plain')).json.error).toBe('invalid');
    expect((await ask('/text', '', 'text/plain')).json.error).toBe('invalid');
    expect((await ask('/text', Buffer.from([0xff, 0xfe]), 'text/plain')).json.error).toBe('no_json');
    expect((await ask('/text', 'x', 'application/json')).status).toBe(415);
    expect((await ask('/text', 'x', 'text/plain; charset=latin1')).status).toBe(415);
  });

  it('is described as text', () => {
    const paths = describedPaths([TEXT, FORM]);
    const described = paths['/t/{tenant}/tiny/text'].put;
    expect(Object.keys(described.requestBody.content)).toEqual(['text/plain']);
    expect(Object.keys(described.responses[200].content)).toEqual(['text/plain']);
    const types = ['application/x-www-form-urlencoded', 'application/json'];
    expect(Object.keys(paths['/t/{tenant}/tiny/form'].put.requestBody.content)).toEqual(types);
  });
});

describe('a form that may be sent as JSON', () => {
  it('has the same parameters in both types', async () => {
    const shown = { name: 'a b', count: '3' };
    expect((await ask('/form', 'name=a+b&count=3', 'application/x-www-form-urlencoded')).json).toEqual(shown);
    expect((await ask('/form', '{"name":"a b","count":3,"other":true}', 'application/json')).json).toEqual(shown);
    expect((await ask('/raw', '{"on":true,"q":"1"}', 'application/json')).json).toEqual([
      { name: 'on', values: ['true'] },
      { name: 'q', values: ['1'] },
    ]);
  });

  it('counts a parameter of the query and of the object as sent twice', async () => {
    const { json } = await ask('/raw?q=1&q=2', '{"q":"3"}', 'application/json');
    expect(json).toEqual([{ name: 'q', values: ['1', '2', '3'] }]);
  });

  it('is refused as JSON if it is no object of texts, numbers and booleans', async () => {
    for (const body of [
      '[]',
      'null',
      '"name=a"',
      '{',
      '{"name":["a"]}',
      '{"name":null}',
      '{"name":{}}',
      '{"__proto__":"a"}',
    ])
      expect((await ask('/form', body, 'application/json')).json.error).toBe('no_json');
    expect((await ask('/form', '', 'application/json')).json.error).toBe('invalid');
  });

  it('is refused with 415 where the row does not allow it', async () => {
    expect((await ask('/plain-form', '{"name":"a"}', 'application/json')).status).toBe(415);
    expect((await ask('/form', 'name=a', 'text/plain')).status).toBe(415);
  });
});
