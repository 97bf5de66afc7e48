import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { CreateUser, User, UserInput } from '../../../src/users/index.ts';
import { canonicalUserId, emailFault, isSameEmail, usernameFault } from '../../../src/users/user-names.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

let world: World;
let tenant: TenantRef;
let system: Authority;
beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
  system = world.system(tenant);
});
afterAll(() => world.close());

const create = (input: CreateUser, authority = system) => world.services.users.create(authority, input);
const update = (user: User, input: UserInput) => world.services.users.update(system, user.id, input);
const find = (name: string, options?: { byEmail: boolean }) =>
  world.stores.userStore.findByIdentifier(tenant.id, name, options);

describe('names that identify', () => {
  it('find a user by username, e-mail address and chosen id, folded (NFKC, lower case)', async () => {
    const user = await create({ id: 'Jane.1', username: 'Jane', email: 'Jane@Example.com' });
    for (const name of ['JANE', 'ｊａｎｅ', 'jane@example.COM', 'jane.1']) expect((await find(name))?.id).toBe(user.id);
    expect((await world.stores.userStore.findById(tenant.id, 'Jane.1'))?.username).toBe('Jane');
    expect(await world.stores.userStore.findById(tenant.id, 'jane.1')).toBeNull();
    expect(await find('jane@example.com', { byEmail: false })).toBeNull();
    expect((await find('jane', { byEmail: false }))?.id).toBe(user.id);
  });

  it('find a user by a UUID in any case, though no other user can take it as a username', async () => {
    const user = await create({ username: 'uuid-owner' });
    expect((await find(user.id.toUpperCase()))?.id).toBe(user.id);
    const fullWidth = user.id.replace(/^./, (digit) => String.fromCodePoint(digit.codePointAt(0)! + 0xfee0));
    for (const username of [user.id, user.id.toUpperCase(), newId(), fullWidth]) {
      expect(await refusalOf(create({ username }))).toBe('USER_USERNAME_INVALID');
    }
  });

  it('let a user have its own UUID as username', async () => {
    const id = newId();
    expect((await create({ id: id.toUpperCase(), username: id })).id).toBe(id);
  });

  it.each([
    ['a username that is a username', { username: 'TAKEN-NAME' }, 'USER_USERNAME_TAKEN'],
    ['a username that is an e-mail address', { username: 'taken@example.com' }, 'USER_EMAIL_TAKEN'],
    ['a username that is a chosen id', { username: 'Taken-Id' }, 'USER_ID_TAKEN'],
    ['an e-mail address that is one', { username: 'free-1', email: 'TAKEN@example.com' }, 'USER_EMAIL_TAKEN'],
    ['an e-mail address that is a username', { username: 'free-2', email: 'mail@like.name' }, 'USER_USERNAME_TAKEN'],
    ['an id that is a username', { username: 'free-3', id: 'taken-name' }, 'USER_USERNAME_TAKEN'],
    ['an id that is an id', { username: 'free-4', id: 'taken-id' }, 'USER_ID_TAKEN'],
    ['an id that is an id but for case', { username: 'free-5', id: 'TAKEN-ID' }, 'USER_ID_TAKEN'],
  ])('refuse %s, by the kind of the row in the way', async (_case, input, code) => {
    if ((await find('taken-name')) === null) {
      await create({ id: 'taken-id', username: 'taken-name', email: 'taken@example.com' });
      await create({ username: 'mail@like.name' });
    }
    const before = (await world.events(tenant)).length;
    expect(await refusalOf(create(input))).toBe(code);
    expect((await world.events(tenant)).length).toBe(before);
    expect(await find('free-1')).toBeNull();
  });

  it('do not mind an e-mail address twice where the tenant does not want unique ones', async () => {
    const lax = await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } });
    const [a, b] = [world.system(lax), world.system(lax)];
    await create({ username: 'one', email: 'same@example.com' }, a);
    await create({ username: 'two', email: 'SAME@example.com' }, b);
    expect(await world.stores.userStore.findByIdentifier(lax.id, 'same@example.com')).toBeNull();
  });

  it('follow the setting for unique e-mail addresses, which is refused while some are ambiguous', async () => {
    const home = await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } });
    const authority = world.system(home);
    const byName = async (name: string) => (await world.stores.userStore.findByIdentifier(home.id, name))?.username;
    const a = await create({ username: 'a', email: 'Same@example.com' }, authority);
    await create({ username: 'b', email: 'same@example.com' }, authority);
    await create({ username: 'c', email: 'c@example.com' }, authority);
    await create({ username: 'c2', email: 'Named@example.com' }, authority);
    const named = await create({ username: 'named@example.com' }, authority);
    await create({ username: 'd@example.com', email: 'D@example.com' }, authority);
    const refused = world.services.tenants.updateSettings(authority, { uniqueEmail: true });
    await expect(refused).rejects.toMatchObject({
      code: 'USER_EMAIL_AMBIGUOUS',
      fields: [{ message: expect.stringContaining('named@') }, { message: expect.stringContaining('same@') }],
    });
    await world.services.users.update(authority, a.id, { email: null });
    await world.services.users.delete(authority, named.id);
    await world.services.tenants.updateSettings(authority, { uniqueEmail: true });
    for (const [name, username] of [
      ['SAME@example.com', 'b'],
      ['c@example.com', 'c'],
      ['named@example.com', 'c2'],
    ] as const) {
      expect(await byName(name)).toBe(username);
    }
    expect(await refusalOf(create({ username: 'e', email: 'c@EXAMPLE.com' }, authority))).toBe('USER_EMAIL_TAKEN');
    await world.services.tenants.updateSettings(authority, { uniqueEmail: false, signInByEmail: false });
    expect(await byName('c@example.com')).toBeUndefined();
    expect(await byName('d@example.com')).toBe('d@example.com');
  });

  it('are free again once no user has them', async () => {
    const user = await create({ username: 'moving', email: 'moving@example.com' });
    await update(user, { username: 'moved', email: null });
    const next = await create({ username: 'MOVING', email: 'moving@example.com' });
    await world.services.users.delete(system, next.id);
    expect((await create({ username: 'moving' })).username).toBe('moving');
    expect((await find('moved'))?.id).toBe(user.id);
  });

  it('are not lost when a rename is refused', async () => {
    const [a] = [await create({ username: 'keeps' }), await create({ username: 'other' })];
    expect(await refusalOf(update(a, { username: 'other' }))).toBe('USER_USERNAME_TAKEN');
    expect((await find('keeps'))?.id).toBe(a.id);
  });

  it('come from the e-mail address, the phone number or the id where no username is given, the first that is free', async () => {
    const email = 'fallback@example.com';
    expect((await create({ email, phone: '+49 30 1' })).username).toBe(email);
    await create({ username: 'fallback-2@example.com' });
    const lax = world.system(await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } }));
    await create({ username: email }, lax);
    expect((await create({ email, phone: '+49 30 2' }, lax)).username).toBe('+49 30 2');
    const user = await create({ email, phone: '+49 30 2' }, lax);
    expect(user.username).toBe(user.id);
    expect((await create({ id: 'only-id' })).username).toBe('only-id');
  });

  it('follow the e-mail address where it is the username', async () => {
    const mail = world.system(await world.tenant({ settings: { emailIsUsername: true } }));
    const user = await create({ email: 'a@example.com' }, mail);
    expect(user.username).toBe('a@example.com');
    expect((await world.services.users.update(mail, user.id, { email: 'b@example.com' })).username).toBe(
      'b@example.com',
    );
    expect(await refusalOf(create({ username: 'x', email: 'c@example.com' }, mail))).toBe('USER_USERNAME_INVALID');
    expect((await create({ username: 'without-mail' }, mail)).username).toBe('without-mail');
  });
});

describe('a chosen id', () => {
  it.each([
    '',
    'a b',
    'ä',
    'a/b',
    'a:b',
    'a~b',
    'x'.repeat(129),
    'me',
    'Current',
    'batch-delete',
    '.',
    '..',
    'dXNyOmE',
    'Z3JwOx',
  ])('cannot be %j', async (id) => {
    expect(await refusalOf(create({ id, username: `for-${newId()}` }))).toBe('USER_ID_INVALID');
  });

  it.each(['a', 'A_b.c-D', 'x'.repeat(128), 'meme', 'dXNy'])('can be %j', async (id) => {
    expect((await create({ id, username: `ok-${newId().slice(-12)}` })).id).toBe(id);
  });
});

describe('a username', () => {
  it.each([
    '',
    ' ',
    ' a',
    'a ',
    'a/b',
    'a\\b',
    'a<b',
    'a>b',
    'a"b',
    'a%b',
    'a#b',
    'a?b',
    'a|b',
    'a\0b',
    'a\u0007b',
    'a\u200bb',
    'a\u2028b',
    '\ud800',
    'x'.repeat(256),
    '／',
    '\u00a0a',
    '\ufdfa'.repeat(20),
  ])('cannot be %j', async (username) => {
    expect(await refusalOf(create({ username }))).toBe('USER_USERNAME_INVALID');
  });

  it.each(['z', "O'Neil", 'x'.repeat(255), 'Jürgen Müller', '李小龍', 'a@b', '+49', '😀'])(
    'can be %j',
    async (username) => {
      expect((await create({ username })).username).toBe(username);
    },
  );

  it('cannot be removed', async () => {
    const user = await create({ username: 'stays' });
    expect(await refusalOf(update(user, { username: null }))).toBe('USER_USERNAME_INVALID');
  });
});

describe('an e-mail address', () => {
  const label = (length: number) => 'x'.repeat(length);

  it.each(['a@b', "o'neil+tag@example.com", 'ä@exämple.de', `${label(64)}@example.com`, `a@${label(252)}`])(
    'can be %j',
    (email) => expect(emailFault(email)).toBeNull(),
  );

  it.each([
    '',
    'a',
    '@b',
    'a@',
    'a@b@c',
    'a b@c.de',
    'a@b..c',
    'a@.b',
    'a@b.',
    '"a b"@c.de',
    'a(comment)@b.de',
    '<a@b.de>',
    'a@[127.0.0.1]',
    'a@b.de,c@d.de',
    'a@b.de\r\nBcc: c@d.de',
    'a\u200b@b.de',
    'a\ud800@b.de',
    `${label(65)}@example.com`,
    `a@${label(253)}`,
    `${'ä'.repeat(64)}@${label(126)}`,
  ])('cannot be %j', (email) => expect(emailFault(email)).not.toBeNull());

  it('is refused when its folded form is none: a full-width "@" would make a second one', () => {
    expect(emailFault('a＠b@c.de')).not.toBeNull();
    expect(emailFault('a＜b@c.de')).not.toBeNull();
  });

  it('is the same in letters of any case and composition, and another one in letters of another width', () => {
    expect(isSameEmail('Jane@Example.com', 'jane@example.COM')).toBe(true);
    expect(isSameEmail('\u00e4@b.de', 'a\u0308@b.de')).toBe(true);
    expect(isSameEmail('ｊane@example.com', 'jane@example.com')).toBe(false);
    expect(isSameEmail('jane@example.com', 'jane@example.org')).toBe(false);
  });
});

describe('the spelling of an id', () => {
  it('is lower case for a UUID, and stays as chosen for every other id', () => {
    const id = newId();
    expect(canonicalUserId(id.toUpperCase())).toBe(id);
    expect(canonicalUserId('Jane.1')).toBe('Jane.1');
    expect(canonicalUserId(`${id.toUpperCase()}0`)).toBe(`${id.toUpperCase()}0`);
  });

  it('refuses a username that looks like an id, except the account’s own id', () => {
    const id = newId();
    expect(usernameFault(id, id)).toBeNull();
    expect(usernameFault(id, newId())).not.toBeNull();
  });
});
