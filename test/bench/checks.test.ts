import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Check,
  checkAll,
  checkData,
  checkInvalidDocument,
  checkJson,
  checkList,
  checkText,
  checkToken,
  checkUsersWithSessions,
} from '../../bench/checks.ts';

const run = (check: Check, body: unknown) =>
  checkAll([{ request: 0, status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) }], check);

describe('checks of answers', () => {
  it('refuse a body that is not an object in JSON, and say what came', async () => {
    const check = checkJson('Not active', ({ active }) => active === true);
    await expect(run(check, { active: true })).resolves.toBeUndefined();
    await expect(run(check, { active: false })).rejects.toThrow('Not active: {"active":false}');
    for (const body of ['', '[', 'null', '3']) await expect(run(check, body)).rejects.toThrow('Not an object in JSON');
  });

  it('refuse a body without one of the texts', async () => {
    const check = checkText('Not the page', ['<html>', '"handle"']);
    await expect(run(check, '<html>{"handle":1}')).resolves.toBeUndefined();
    await expect(run(check, '<html>{}')).rejects.toThrow('Not the page: <html>{}');
  });

  it('count the items of a list and look at each', async () => {
    const check = checkList('Not two of ada', 2, ({ obj }) => obj === 'ada');
    await expect(run(check, [{ obj: 'ada' }, { obj: 'ada' }])).resolves.toBeUndefined();
    for (const list of [[{ obj: 'ada' }], [{ obj: 'ada' }, { obj: 'bob' }], { length: 2 }])
      await expect(run(check, list)).rejects.toThrow('Not two of ada');
  });

  it('refuse an answer of GraphQL with errors, even with data and status 200', async () => {
    const check = checkData('Not the user', ({ user }) => user === 'ada');
    await expect(run(check, { data: { user: 'ada' } })).resolves.toBeUndefined();
    await expect(run(check, { data: { user: 'ada' }, errors: [] })).rejects.toThrow('Not the user');
    await expect(run(check, { data: null })).rejects.toThrow('Not the user');
    await expect(run(check, { errors: [{ message: 'No.' }] })).rejects.toThrow('Not the user');
  });

  it('count users and sessions, and refuse a session with an empty field', async () => {
    const check = checkUsersWithSessions(2, 1, (data) => (data['users'] as { nodes: [] }).nodes);
    const page = (...nodes: object[]) => ({ data: { users: { nodes } } });
    const user = { sessions: [{ ip: '203.0.113.1' }] };
    await expect(run(check, page(user, user))).resolves.toBeUndefined();
    for (const nodes of [[user], [user, { sessions: [] }], [user, { sessions: [{ ip: null }] }]])
      await expect(run(check, page(...nodes))).rejects.toThrow('Not 2 users with 1 sessions each');
  });

  it('know the refusal of a document by the unknown field', async () => {
    const check = checkInvalidDocument('nope');
    await expect(run(check, { errors: [{ message: 'Cannot query field "nope".' }] })).resolves.toBeUndefined();
    await expect(run(check, { errors: [{ message: 'Forbidden' }] })).rejects.toThrow('Not the refusal');
    await expect(run(check, { data: { users: [] } })).rejects.toThrow('Not the refusal');
  });
});

describe('the check of a token', () => {
  let keys: JSONWebKeySet;
  let sign: (claims: object, expires?: string) => Promise<string>;

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA');
    keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' }] };
    sign = (claims, expires = '1h') =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
        .setExpirationTime(expires)
        .sign(privateKey);
  });

  it('accepts a signed token with the claims and the members of the response', async () => {
    const access_token = await sign({ client_id: 'a' });
    const check = checkToken(keys, { client_id: 'a' }, ['refresh_token']);
    await expect(run(check, { access_token, refresh_token: 'r' })).resolves.toBeUndefined();
    await expect(run(check, { access_token })).rejects.toThrow('without refresh_token');
  });

  it('refuses an ID token that the row does not ask for, because it takes a second signature', async () => {
    const access_token = await sign({ client_id: 'a' });
    const answer = { access_token, id_token: access_token };
    await expect(run(checkToken(keys, { client_id: 'a' }), answer)).rejects.toThrow('A second signed token');
    await expect(run(checkToken(keys, { client_id: 'a' }, ['id_token']), answer)).resolves.toBeUndefined();
  });

  it('refuses an opaque token, a changed one, an expired one and one with other claims', async () => {
    const check = checkToken(keys, { client_id: 'a' });
    const good = await sign({ client_id: 'a' });
    const changed = `${good.slice(0, -10)}${good.at(-10) === 'A' ? 'B' : 'A'}${good.slice(-9)}`;
    for (const access_token of ['opaque', changed, await sign({ client_id: 'a' }, '-1h')])
      await expect(run(check, { access_token })).rejects.toThrow('A token that does not verify');
    await expect(run(check, { access_token: await sign({ client_id: 'b' }) })).rejects.toThrow('Another client_id');
  });
});
