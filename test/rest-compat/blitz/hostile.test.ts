import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';

/** Hostile values: of the wrong type, too large, or texts on which storage and parsers may fail. */
const hostile = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom<unknown>(
    'x'.repeat(100_000),
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    "' or 1=1 --",
    '__proto__',
    [],
    [[[[[]]]]],
    {},
    { toString: 1 },
    1e308,
    -1,
    2 ** 53,
    null,
    true,
    ['password', 'password'],
    Array.from({ length: 5000 }, () => 'password'),
  ),
);
const members = [
  'requiredFactor',
  'needPasswordChange',
  'methodsLocked',
  'federatedAccountName',
  'fp',
  'callback',
  'isPopup',
  'tenant',
  'input',
  '__proto__',
  'constructor',
  '',
];
const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...members), hostile, { maxKeys: 5 }).map((object) => JSON.stringify(object)),
  hostile.map((value) => JSON.stringify(value) ?? ''),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '{"__proto__":{"x":1}}',
    '{"requiredFactor":2,"requiredFactor":null}',
    '['.repeat(20_000),
    '{"a":'.repeat(5_000),
  ),
);
const segment = fc.oneof(
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 30 })
    .filter((text) => text.isWellFormed())
    .map(encodeURIComponent),
  fc.constantFrom(
    '%00',
    '%ff',
    '%',
    '%zz',
    '%2e%2e',
    '..',
    '%2F',
    'x'.repeat(2000),
    'usr~aaaaaaaa~x',
    '%F0%9F%98%80',
    '__proto__',
    'constructor',
    '%E2%80%91',
  ),
);

/** Hundreds of requests; a busy machine may need minutes. */
const PATIENCE = { timeout: 300_000 };

describe('Blitz rows and hostile values', PATIENCE, () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  beforeAll(async () => {
    system = await (await blitz.allPowerful()).app();
    anna = await blitz.account();
    await blitz.world.newProvider(blitz.tenant, { type: 'tcs', name: 'tcs_1' });
  });

  const BODY_ROWS = [
    ['POST', (id: string) => `/blitz/api/v3/users/${id}/auth`],
    ['POST', (id: string) => `/blitz/api/v3/users/${id}/fa/tcs/tcs_1/x`],
    ['POST', () => '/blitz/api/v2/users/current/fa/bind'],
  ] as const;

  it.each(BODY_ROWS)('%s answers every body with 4xx or success', async (method, path) => {
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const headers = { ...END_USER, 'content-type': 'application/json' };
        const answer = await blitz.rest.ask(method, path(anna.id), { token: system, headers, body: Buffer.from(text) });
        expect(answer.status).toBeLessThan(500);
        expect(answer.status === 200 || answer.status === 204 || answer.status >= 400).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('answers every path with 4xx or success', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT'),
        fc.constantFrom('users', 'v2users'),
        fc.array(segment, { minLength: 1, maxLength: 6 }),
        async (method, start, segments) => {
          const path = `/blitz/api/${start === 'users' ? 'v3/users' : 'v2/users'}/${segments.join('/')}`;
          expect((await blitz.rest.ask(method, path, { token: system })).status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers every id of a user, a provider and an account with 4xx or success', async () => {
    await fc.assert(
      fc.asyncProperty(segment, segment, segment, async (user, name, account) => {
        for (const [method, path] of [
          ['GET', `/blitz/api/v3/users/${user}`],
          ['GET', `/blitz/api/v3/users/${user}/fa`],
          ['POST', `/blitz/api/v3/users/${anna.id}/fa/tcs/${name}/${account}`],
          ['DELETE', `/blitz/api/v2/users/${anna.id}/fa/${name}/tcs_1/${account}`],
          ['GET', `/blitz/api/users/current/fps/bind/cb/tcs/${name}?state=${account}`],
        ] as const) {
          const answer = await blitz.rest.ask(method, path, { token: system });
          expect(answer.status).toBeLessThan(500);
        }
      }),
      { numRuns: 60 },
    );
  });

  describe('names of built-in members of objects', () => {
    const users = '/blitz/api/v3/users';
    const change = (path: string, body: string, method = 'POST') =>
      blitz.rest.ask(method, path, { token: system, headers: { 'content-type': 'application/json' }, body });

    it('are ordinary members, and change no prototype', async () => {
      for (const name of ['constructor', 'prototype', 'toString', 'hasOwnProperty']) {
        const one = JSON.stringify({ [name]: 'x' });
        expect((await change(`${users}/${anna.id}`, one)).json[name]).toBe('x');
        expect((await change(`${users}/${anna.id}/props`, `{"add":${one}}`)).json).toMatchObject({ [name]: 'x' });
        const right = { subject: anna.id, object: 'its|portal', rights: [name] };
        expect((await change('/blitz/api/v3/rights', JSON.stringify(right), 'PUT')).status).toBe(204);
      }
      const rights = await blitz.rest.ask('GET', `/blitz/api/v3/rights/of/${anna.id}`, { token: system });
      expect(Object.keys(rights.json['its|portal'])).toHaveLength(4);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    });

    it('__proto__ is refused as a member everywhere in a body, however it is written', async () => {
      for (const body of [
        '{"__proto__":"x"}',
        '{"a":{"__proto__":{"polluted":1}}}',
        '{"a":[{"\\u005f_proto\\u005F_":1}]}',
        `{"a":${'['.repeat(200_000)}{"__proto__":1}${']'.repeat(200_000)}}`,
      ]) {
        for (const path of [`${users}/${anna.id}`, `${users}/${anna.id}/props`]) {
          const answer = await change(path, body);
          expect([answer.status, answer.json.errors[0].error]).toEqual([400, 'wrong_json']);
        }
      }
      expect((await change(`${users}/${anna.id}`, '{"note":"__proto__"}')).json.note).toBe('__proto__');
    });

    it('__proto__ is refused as an id and as a right, because answers keyed by them could not show it', async () => {
      const taken = await change(users, '{"user":{"attrs":{"sub":"__proto__"}}}', 'PUT');
      expect([taken.status, taken.json.errors[0]]).toMatchObject([400, { error: 'wrong_format', pos: 'sub' }]);
      for (const over of [{ rights: ['__proto__'] }, { rights: ['r'], tags: ['__proto__'] }]) {
        const right = { subject: anna.id, object: 'its|portal', ...over };
        const answer = await change('/blitz/api/v3/rights', JSON.stringify(right), 'PUT');
        expect([answer.status, answer.json.error]).toEqual([400, 'wrong_values']);
      }
    });
  });

  it('answers every form at the OAuth endpoints with 4xx or success', async () => {
    const names = [
      'grant_type',
      'scope',
      'token',
      'refresh_token',
      'client_id',
      'client_secret',
      'username',
      'password',
      '__proto__',
      '',
    ];
    const pair = fc.tuple(
      fc.constantFrom(...names),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom('client_credentials', 'password', '\u0000', 'x'.repeat(50_000)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          '/blitz/oauth/te',
          '/blitz/oauth/introspect',
          '/t/master/oauth/token',
          '/t/master/oauth/revoke',
        ),
        fc.array(pair, { maxLength: 5 }),
        fc.boolean(),
        async (path, pairs, isKnown) => {
          const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${escape(value)}`).join('&');
          const headers = {
            'content-type': 'application/x-www-form-urlencoded',
            ...(isKnown ? { authorization: blitz.basic } : {}),
          };
          expect((await blitz.rest.ask('POST', path, { headers, body: text })).status).toBeLessThan(500);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('answers every Authorization and X-Forwarded-For with 4xx or success', async () => {
    const header = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('Bearer', 'Bearer  ', 'Basic Og==', 'Basic OnM=', 'Bearer a.b.c', `Bearer ${'x'.repeat(7000)}`),
    );
    await fc.assert(
      fc.asyncProperty(header, header, async (authorization, address) => {
        const path = `/blitz/api/v3/users/${anna.id}/auth`;
        const headers = { authorization: authorization.trim(), 'x-forwarded-for': address.trim() };
        const answer = await blitz.rest.ask('POST', path, { headers, body: {} });
        expect(answer.status).toBe(401);
        const known = { authorization: `Bearer ${system}`, 'x-forwarded-for': address.trim() };
        expect((await blitz.rest.ask('POST', path, { headers: known, body: {} })).status).toBe(200);
      }),
      { numRuns: 100 },
    );
  });
});
