import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { PATCH_SCHEMA } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import { newId } from '../../../../src/kernel/index.ts';
import { vaultOfSuite } from '../../../support/vault.ts';

const SCOPES = ['user:read', 'group:read', 'group:write', 'group-member:read', 'group-member:write'];
/** One more than are looked at, or shown. */
const MANY = 10_001;
/** When a user was made, by its number. */
const madeAt = (number: number): string => new Date(Date.UTC(2020, 0, 1) + number * 1000).toISOString();

describe('what is too many for SCIM', () => {
  const vault = vaultOfSuite();
  let token: string;
  let groupId: string;
  let userId: string;
  beforeAll(async () => {
    const { acme, world } = vault;
    token = vault.userToken(acme, newId(), ...SCOPES);
    const prefix = newId();
    const rows = world.db.read<unknown>();
    await sql`insert into users (tenant_id, id, username, created_at, updated_at)
      select ${acme.id}::uuid, ${prefix}::text || n, 'u' || n, ${madeAt(0)}::timestamptz + n * interval '1 second', now()
      from generate_series(1, ${MANY}::int) n`.execute(rows);
    // Else foreign keys would be checked by a plan for the few users from before.
    await sql`analyze users`.execute(rows);
    groupId = (await world.newGroup(acme)).id;
    await sql`insert into group_members (tenant_id, group_id, user_id, created_at)
      select ${acme.id}::uuid, ${groupId}::uuid, ${prefix}::text || n, now()
      from generate_series(1, ${MANY}::int) n`.execute(rows);
    userId = (await world.newUser(acme, { externalId: 'one' })).id;
  });

  const ask = async (method: string, path: string, body?: object) => {
    const request = { token, ...(body === undefined ? {} : { body }) };
    const { status, json } = await vault.rest.ask(method, `/scim/v2/acme${path}`, request);
    return [status, json];
  };
  const users = (filter: string) => ask('GET', `/Users?count=1&filter=${encodeURIComponent(filter)}`);

  it('400: filters that no index answers, and those that more than 10,000 users meet', async () => {
    for (const filter of ['nickName pr', 'active eq true'])
      expect([filter, await users(filter)]).toMatchObject([filter, [400, { scimType: 'tooMany' }]]);
  });

  it('200: filters that an index answers', async () => {
    for (const filter of [
      'externalId eq "one"',
      `id eq "${userId}"`,
      `id eq "${userId}" and title ne "x"`,
      'externalId eq "one" or userName eq "nobody"',
      'emails eq "nobody" or externalId eq "one"',
    ])
      expect([filter, await users(filter)]).toMatchObject([
        filter,
        [200, { totalResults: 1, Resources: [{ id: userId }] }],
      ]);
  });

  it('400: filters about the addresses of more than 200 users', async () => {
    for (const about of ['addresses.locality eq "Riga"', 'not (addresses pr)', '(addresses pr or groups pr)']) {
      const asked = (count: number) => users(`meta.created le "${madeAt(count)}" and ${about}`);
      expect([about, await asked(201)]).toMatchObject([about, [400, { scimType: 'tooMany' }]]);
      expect([about, (await asked(200))[0]]).toEqual([about, 200]);
    }
    expect(await users(`meta.created le "${madeAt(1_001)}" and not (groups.display eq "x")`)).toMatchObject([
      200,
      { totalResults: 1_001 },
    ]);
  });

  it('a list without a filter counts on', async () => {
    expect(await ask('GET', '/Users?count=0')).toMatchObject([200, { totalResults: MANY + 1 }]);
  });

  it('400: members of a group of more than 10,000, unless they are excluded', async () => {
    for (const path of [`/Groups/${groupId}`, '/Groups']) {
      expect(await ask('GET', path)).toMatchObject([400, { scimType: 'tooMany' }]);
      expect((await ask('GET', `${path}?excludedAttributes=members`))[0]).toBe(200);
    }
  });

  it('204: such a group gets and loses members; 400: they are not replaced', async () => {
    const patch = (operation: object) =>
      ask('PATCH', `/Groups/${groupId}`, { schemas: [PATCH_SCHEMA], Operations: [operation] });
    const value = [{ value: userId }];
    expect(await patch({ op: 'add', path: 'members', value })).toEqual([204, undefined]);
    const filter = encodeURIComponent(`members eq "${userId}"`);
    const byMember = `/Groups?excludedAttributes=members&filter=${filter}`;
    expect(await ask('GET', byMember)).toMatchObject([200, { totalResults: 1, Resources: [{ id: groupId }] }]);
    expect(await patch({ op: 'remove', path: `members[value eq "${userId}"]` })).toEqual([204, undefined]);
    expect(await ask('GET', byMember)).toMatchObject([200, { totalResults: 0 }]);
    expect(await patch({ op: 'replace', path: 'members', value })).toMatchObject([400, { scimType: 'invalidValue' }]);
  });
});
