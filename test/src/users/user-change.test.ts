import { describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/user.entity.ts';
import { UserChange } from '../../../src/users/user-change.ts';
import type { UserInput } from '../../../src/users/user-input.ts';

const ANNA = {
  id: 'anna',
  username: 'anna',
  email: 'anna@example.com',
  emailVerified: true,
  phone: '+49 30 1',
  phoneVerified: true,
  givenName: 'Anna',
  requiredActions: ['VERIFY_EMAIL', 'UPDATE_PASSWORD'],
  attributes: { INN: '7700', tags: ['a'] },
} as unknown as User;

/** The user after the change, and the events of the change. */
function changed(input: UserInput, { before = ANNA, emailIsUsername = false } = {}) {
  const user = { ...before };
  const change = new UserChange(user);
  change.apply(input, emailIsUsername);
  return { user, change, events: [...change.events()].map(({ type, params }) => [type.name, params]) };
}

describe('a change that repeats what is stored', () => {
  it.each<UserInput>([
    {},
    { username: 'anna', email: 'anna@example.com', phone: '+49 30 1', givenName: 'Anna', familyName: null },
    { emailVerified: true, phoneVerified: true, requiredActions: ['UPDATE_PASSWORD'] },
    { attributes: { INN: '7700', tags: ['a'], never: null } },
    { username: null },
  ])('is none: %j', (input) => {
    const before = { ...ANNA, requiredActions: ['UPDATE_PASSWORD'] } as User;
    const { change, events, user } = changed(input, { before });
    expect([change.isAny, events, user]).toEqual([false, [], before]);
  });
});

describe('another moment before which tokens are refused', () => {
  const before = { ...ANNA, notBefore: new Date('2026-01-02T03:04:05.600Z') } as User;

  it('has its own event, also when none is left', () => {
    const notBefore = new Date('2026-01-02T03:04:06Z');
    expect(changed({ notBefore }, { before }).user.notBefore).toEqual(notBefore);
    expect(changed({ notBefore }, { before }).events).toEqual([
      ['user.not_before_changed', { notBefore: '2026-01-02T03:04:06.000Z' }],
    ]);
    expect(changed({ notBefore: null }, { before }).events).toEqual([['user.not_before_changed', { notBefore: null }]]);
  });

  it('is none within its second, because older APIs send back the second that they showed', () => {
    expect(changed({ notBefore: new Date('2026-01-02T03:04:05Z') }, { before }).change.isAny).toBe(false);
    expect(changed({ notBefore: null }).change.isAny).toBe(false);
  });
});

describe('a new e-mail address', () => {
  it('is unverified, and is one event', () => {
    const { user, events } = changed({ email: 'new@example.com' });
    expect(user).toMatchObject({ email: 'new@example.com', emailVerified: false });
    expect(events).toEqual([['user.email_changed', { from: 'anna@example.com', to: 'new@example.com' }]]);
  });

  it('is verified when the same request says so, which is an event even where the former one was verified, too', () => {
    const { user, events } = changed({ email: 'new@example.com', emailVerified: true });
    expect(user.emailVerified).toBe(true);
    expect(events.map(([type]) => type)).toEqual([
      'user.email_changed',
      'user.email_verified',
      'auth_mode.required_actions_changed',
    ]);
  });

  it('that differs in the case of letters is the same mailbox: it stays verified', () => {
    const { user, change, events } = changed({ email: 'Anna@Example.com' });
    expect(user).toMatchObject({ email: 'Anna@Example.com', emailVerified: true });
    expect(change.isNew('email')).toBe(false);
    expect(events).toEqual([['user.updated', { changed: ['email'] }]]);
  });

  it('in full-width letters is another mailbox', () => {
    const { user, change } = changed({ email: 'ａnna@example.com' });
    expect([change.isNew('email'), user.emailVerified]).toEqual([true, false]);
  });

  it('that is removed cannot be verified, whatever the request says', () => {
    const { user, events } = changed({ email: null, emailVerified: true });
    expect(user).toMatchObject({ email: null, emailVerified: false });
    expect(events).toEqual([['user.email_changed', { from: 'anna@example.com', to: null }]]);
  });

  it('becomes the username where addresses are usernames, and removing it keeps the username', () => {
    const { user, events } = changed({ email: 'new@example.com' }, { emailIsUsername: true });
    expect(user.username).toBe('new@example.com');
    expect(events.map(([type]) => type)).toEqual(['user.username_changed', 'user.email_changed']);
    expect(changed({ email: null }, { emailIsUsername: true }).user.username).toBe('anna');
  });
});

describe('a verified address', () => {
  it('needs no verification any more, and the other things to do stay', () => {
    const before = { ...ANNA, emailVerified: false } as User;
    const { user, events } = changed({ emailVerified: true }, { before });
    expect(user.requiredActions).toEqual(['UPDATE_PASSWORD']);
    expect(events).toEqual([
      ['user.email_verified', { email: 'anna@example.com' }],
      ['auth_mode.required_actions_changed', { requiredActions: ['UPDATE_PASSWORD'] }],
    ]);
  });

  it('that ceases to be one is named among the changes', () => {
    expect(changed({ emailVerified: false }).events).toEqual([['user.updated', { changed: ['emailVerified'] }]]);
  });
});

describe('a new phone number', () => {
  it('is unverified unless the same request says otherwise', () => {
    expect(changed({ phone: '+49 30 2' }).user.phoneVerified).toBe(false);
    expect(changed({ phone: '+49 30 2', phoneVerified: true }).user.phoneVerified).toBe(true);
    expect(changed({ phone: null, phoneVerified: true }).user.phoneVerified).toBe(false);
  });

  it('that is only written in another way stays verified', () => {
    const { user, change } = changed({ phone: '+49(30)1' });
    expect(user).toMatchObject({ phone: '+49(30)1', phoneVerified: true });
    expect([change.isNew('phone'), change.given]).toEqual([false, ['phone']]);
  });
});

describe('a new username', () => {
  it('is an event with both names', () => {
    expect(changed({ username: 'berta' }).events).toEqual([['user.username_changed', { from: 'anna', to: 'berta' }]]);
  });

  it('in another spelling is the same name, and is only named among the changes', () => {
    const { user, events } = changed({ username: 'ＡNNA' });
    expect(user.username).toBe('ＡNNA');
    expect(events).toEqual([['user.updated', { changed: ['username'] }]]);
  });
});

describe('things to do', () => {
  it('are compared without their order', () => {
    expect(changed({ requiredActions: ['UPDATE_PASSWORD', 'VERIFY_EMAIL'] }).change.isAny).toBe(false);
    expect(changed({ requiredActions: ['UPDATE_PASSWORD'] }).user.requiredActions).toEqual(['UPDATE_PASSWORD']);
    expect(changed({ requiredActions: [] }).events).toEqual([
      ['auth_mode.required_actions_changed', { requiredActions: [] }],
    ]);
  });
});

describe('attributes', () => {
  it('are named one by one in the event, with the columns before them', () => {
    const { user, events } = changed({ familyName: 'Lee', attributes: { INN: null, tags: ['a'], new: 1 } });
    expect(user.attributes).toEqual({ tags: ['a'], new: 1 });
    expect(events).toEqual([['user.updated', { changed: ['familyName', 'attributes.INN', 'attributes.new'] }]]);
  });

  it('and columns are addressed by the names that mean them', () => {
    const { change } = changed({ givenName: 'Ann', email: 'ANNA@example.com', attributes: { INN: '1' } });
    for (const name of ['firstName', 'given_name', 'INN']) expect([name, change.isOf(name)]).toEqual([name, true]);
    for (const name of ['tags', 'lastName', 'email', 'givenName'])
      expect([name, change.isOf(name)]).toEqual([name, false]);
  });

  it('are ruled by the names of columns too, and another spelling is a change then', () => {
    const { change } = changed({ phone: '+49301', email: 'ANNA@example.com', attributes: { INN: '1' } });
    for (const name of ['phone', 'phone_number', 'email', 'INN'])
      expect([name, change.isRuledBy(name)]).toEqual([name, true]);
    for (const name of ['username', 'tags', 'givenName', 'firstName'])
      expect([name, change.isRuledBy(name)]).toEqual([name, false]);
  });
});
