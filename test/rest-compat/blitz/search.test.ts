import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';

describe('Blitz 2.4: search', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let orlov: User;
  let petrova: User;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_api_sys_users');
    orlov = await blitz.account({
      username: 'pavel',
      familyName: 'Orlov',
      givenName: 'Pavel',
      email: 'p.orlov@example.com',
      phone: '79990001122',
      attributes: { level: 3, tags: ['a', 'b'], note: 'Acme (Moscow), Ltd' },
    });
    petrova = await blitz.account({ id: 'BIP-1', familyName: 'Petrova', attributes: { level: 12, isStaff: true } });
  });

  const search = (query: string) =>
    blitz.rest.ask('GET', `/blitz/api/v3/users?${new URLSearchParams({ query })}`, { token: system });
  const found = async (query: string) => (await search(query)).json.map(({ sub }: { sub: string }) => sub);

  it('sample: answers the accounts as the service for one account does', async () => {
    const path = '/blitz/api/v3/users?query=and(eq(family_name,string:Orlov),limit(5))';
    const answer = await blitz.rest.ask('GET', path, { token: system });
    const one = await blitz.rest.ask('GET', `/blitz/api/v3/users/${orlov.id}`, { token: system });
    expect([answer.status, answer.json]).toEqual([200, [one.json]]);
  });

  it('answers an empty list when no account matches', async () => {
    const answer = await search('eq(family_name,nobody)');
    expect([answer.status, answer.text]).toEqual([200, '[]']);
  });

  it('finds by attributes, contacts, login, id and lock, in every combination', async () => {
    for (const [query, expected] of [
      ['eq(email,p.orlov@example.com)', [orlov.id]],
      ['eq(phone_number,string:79990001122)', [orlov.id]],
      ['eq(phone_number,79990001122)', [orlov.id]],
      ['eq(login,PAVEL)', [orlov.id]],
      ['eq(sub,BIP-1)', ['BIP-1']],
      [`or(eq(sub,BIP-1),eq(sub,${orlov.id.toUpperCase()}))`, [orlov.id, petrova.id]],
      ['eq(locked,true)', []],
      ['eq(locked,boolean:false)', [orlov.id, petrova.id]],
      ['eq(tags,b)', [orlov.id]],
      ['gt(level,4)', [petrova.id]],
      ['le(level,number:3)', [orlov.id]],
      ['lt(level,string:2)', [petrova.id]],
      ['eq(isStaff,boolean:true)', [petrova.id]],
      ['and(ne(isStaff,true),ge(family_name,o))', [orlov.id]],
      ['eq(note,string:Acme (Moscow)%2C Ltd)', [orlov.id]],
      ['and(or(eq(level,3),eq(level,12)),or(eq(given_name,pavel),eq(sub,BIP-1)))', [orlov.id, petrova.id]],
      ['limit(1)', [orlov.id]],
      ['limit(0)', []],
    ] as const) {
      expect([query, await found(query)]).toEqual([query, expected]);
    }
  });

  it('finds accounts that are blocked for inactivity as locked', async () => {
    const idle = await blitz.account();
    await blitz.world.db.orm.em
      .fork()
      .getConnection()
      .execute('update users set inactive_since = ? where id = ?', [blitz.world.clock.now(), idle.id]);
    expect((await blitz.rest.ask('GET', `/blitz/api/v3/users/${idle.id}`, { token: system })).json.locked).toBe(true);
    expect(await found('eq(locked,true)')).toEqual([idle.id]);
    expect(await found('and(eq(locked,false),eq(login,pavel))')).toEqual([orlov.id]);
    await blitz.world.services.users.delete(blitz.world.system(blitz.tenant), idle.id);
  });

  it('refuses a query that is missing, repeated or malformed', async () => {
    for (const query of [
      '',
      '?query',
      '?query=',
      '?query=eq(a',
      '?query=like(a,b)',
      '?query=limit(x)',
      '?query=eq(locked,1)',
      '?query=gt(locked,true)',
      '?query=eq(a,%00)',
      '?query=eq(a,b)&query=eq(a,b)',
      '?query=eq(a,%ZZ',
    ]) {
      const answer = await blitz.rest.ask('GET', `/blitz/api/v3/users${query}`, { token: system });
      expect([query, answer.status, answer.json]).toEqual([
        query,
        400,
        {
          type: 'input_error',
          error: 'wrong_values',
          errors: [{ type: 'input_error', error: 'wrong_value', desc: expect.any(String), pos: 'query' }],
        },
      ]);
    }
  });

  it('names the position of a fault', async () => {
    const { json } = await search('and(eq(a,b),like(c,d))');
    expect(json.errors[0].desc).toContain('character 13');
  });

  it('T13: accepts only applications', async () => {
    const answer = await blitz.rest.ask('GET', '/blitz/api/v3/users?query=limit(1)', {
      token: await blitz.userToken(orlov, 'blitz_api_user'),
    });
    expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
  });

  it('does not find users of another tenant (check 55)', async () => {
    const other = await blitz.world.tenant();
    await blitz.world.newUser(other, { id: 'theirs', familyName: 'Neighbour' });
    expect(await found('or(eq(family_name,Neighbour),eq(sub,theirs))')).toEqual([]);
  });
});
