import { pbkdf2Sync } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';
import { generateSync, ScureBase32Plugin } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CredentialToAdd,
  type ForeignCredential,
  readForeignCredential,
  TotpMode,
} from '../../../../src/auth-modes/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { World } from '../../../support/world.ts';

const PASSWORD = 'nine lamps over an old river';
const SALT = Buffer.from('sixteen bytes of');
const OTP_TEXT = 'Dj9ZlpLxQ0vZcYbXrT2k';

const password = (details: object, secret: object): ForeignCredential => ({
  type: 'password',
  credentialData: JSON.stringify(details),
  secretData: JSON.stringify(secret),
});
const pbkdf2 = (algorithm: string, digest: string, bytes: number) =>
  password(
    { hashIterations: 1000, algorithm, additionalParameters: {} },
    {
      value: pbkdf2Sync(PASSWORD, SALT, 1000, bytes, digest).toString('base64'),
      salt: SALT.toString('base64'),
      additionalParameters: {},
    },
  );
const otp = (details: object, value = OTP_TEXT): ForeignCredential => ({
  type: 'otp',
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, algorithm: 'HmacSHA1', ...details }),
  secretData: JSON.stringify({ value }),
});
const ARGON2_DETAILS = {
  hashIterations: 2,
  algorithm: 'argon2',
  additionalParameters: {
    hashLength: ['32'],
    memory: ['128'],
    type: ['id'],
    version: ['1.3'],
    parallelism: ['1'],
  },
};
const reasonOf = (foreign: ForeignCredential) => {
  const read = readForeignCredential(foreign);
  return read.kind === 'unreadable' ? read.reason : read.kind;
};

describe('credentials of another service', () => {
  let world: World;
  let tenant: TenantRef;
  let argon2Of: (version: argon2.Version) => Promise<ForeignCredential>;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    argon2Of = async (version) => {
      const options = { memoryCost: 128, timeCost: 2, parallelism: 1, outputLen: 32, salt: SALT, version };
      const value = (await argon2.hash(PASSWORD, options)).split('$').at(-1)!;
      const { additionalParameters } = ARGON2_DETAILS;
      const named = { ...additionalParameters, version: [version === 0 ? '1.0' : '1.3'] };
      return password({ ...ARGON2_DETAILS, additionalParameters: named }, { value, salt: SALT.toString('base64') });
    };
  });
  afterAll(() => world.close());

  /** Adds credentials to a new user of the tenant. */
  async function userWith(...given: ForeignCredential[]): Promise<string> {
    const { id: userId } = await world.newUser(tenant);
    const toAdd = given.map(
      (foreign) => ({ userId, foreign, read: readForeignCredential(foreign) }) as CredentialToAdd,
    );
    await world.db.transaction(() => world.services.foreignCredentials.add(world.system(tenant), toAdd));
    return userId;
  }
  const isRight = (userId: string, text: string) => world.services.passwords.verify(tenant.id, userId, text);
  const hashOf = async (userId: string) => (await world.stores.credentials.findPassword(tenant.id, userId))!.hash;

  it.each<[string, () => ForeignCredential | Promise<ForeignCredential>]>([
    ['pbkdf2', () => pbkdf2('pbkdf2', 'sha1', 64)],
    ['pbkdf2-sha256', () => pbkdf2('pbkdf2-sha256', 'sha256', 64)],
    ['pbkdf2-sha512', () => pbkdf2('pbkdf2-sha512', 'sha512', 64)],
    ['argon2 of version 1.3', () => argon2Of(1)],
    ['argon2 of version 1.0', () => argon2Of(0)],
    [
      'bcrypt',
      async () =>
        password({ hashIterations: 4, algorithm: 'bcrypt' }, { value: await bcrypt.hash(PASSWORD, 4), salt: '' }),
    ],
  ])('a password hashed with %s signs in, and is then hashed as ours are', async (_, make) => {
    const userId = await userWith(await make());
    expect(await hashOf(userId)).toMatch(/^\$raw\$/);
    expect(await isRight(userId, `${PASSWORD}.`)).toBe(false);
    expect(await hashOf(userId)).toMatch(/^\$raw\$/);
    expect(await isRight(userId, PASSWORD)).toBe(true);
    expect(await hashOf(userId)).toMatch(/^\$argon2id\$v=19\$m=/);
    expect(await isRight(userId, PASSWORD)).toBe(true);
  });

  it.each([
    ['HmacSHA1', 'SHA1', 6, 30],
    ['HmacSHA256', 'SHA256', 8, 60],
    ['HmacSHA512', 'SHA512', 6, 30],
  ] as const)(
    'an app with %s, %s and %d digits shows codes that are accepted',
    async (name, algorithm, digits, period) => {
      const foreign = otp({ algorithm: name, digits, period });
      const userId = await userWith(foreign);
      const mode = new TotpMode({ ...world.services, credentials: world.stores.credentials, clock: world.clock });
      const [app] = await mode.ofUser(tenant.id, userId);
      expect(app!.data).toEqual({ type: 'totp', algorithm, digits, periodSeconds: period });
      // The app has the bytes of the text; otplib takes them as base32.
      const secret = new ScureBase32Plugin().encode(Buffer.from(OTP_TEXT));
      const shown = { secret, algorithm: algorithm.toLowerCase() as 'sha1', digits, period };
      const code = generateSync({ ...shown, epoch: Math.floor(world.clock.now().getTime() / 1000) });
      expect(await mode.match(tenant.id, userId, code)).toMatchObject({ credentialId: app!.id });
      expect(await mode.match(tenant.id, userId, '0'.repeat(digits))).toBeNull();
    },
  );

  it('keeps their names, times and order, and records each', async () => {
    const made = Date.UTC(2020, 4, 1);
    const userId = await userWith(
      { ...pbkdf2('pbkdf2-sha256', 'sha256', 32), userLabel: 'of the ship', createdDate: made },
      { ...otp({}), userLabel: 'x'.repeat(256), createdDate: -1 },
      otp({ subType: 'hotp', counter: 7 }),
    );
    const found = (await world.stores.credentials.ofUsers(tenant.id, [userId])).get(userId)!;
    expect(found.map(({ type, label, ordinal, priority }) => [type, label, ordinal, priority])).toEqual([
      ['password', 'of the ship', 1, 1],
      ['totp', null, 1, 2],
      ['totp', null, 2, 3],
    ]);
    expect(found[0]!.createdAt.getTime()).toBe(made);
    expect(found[1]!.createdAt.getTime()).toBe(world.clock.now().getTime());
    expect(found[2]!.data).toMatchObject({ type: 'hotp', lastStep: 6 });
    const events = (await world.events(tenant)).filter(
      ({ type, subject_id }) => type === 'credential.added' && subject_id === userId,
    );
    expect(events).toHaveLength(3);
  });

  it('are added for many users at once', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => world.newUser(tenant)));
    const foreign = pbkdf2('pbkdf2-sha256', 'sha256', 32);
    const toAdd = users.map(
      ({ id }) => ({ userId: id, foreign, read: readForeignCredential(foreign) }) as CredentialToAdd,
    );
    const add = (some: readonly CredentialToAdd[]) =>
      world.db.transaction(() => world.services.foreignCredentials.add(world.system(tenant), some));
    await add([]);
    await add(toAdd);
    for (const { id } of users) expect(await isRight(id, PASSWORD)).toBe(true);
  });

  it.each<[string, ForeignCredential, string]>([
    ['a key', { type: 'webauthn' }, 'TYPE_UNKNOWN'],
    ['nothing', {}, 'TYPE_UNKNOWN'],
    ['a password in plain text', { type: 'password', value: 'x' }, 'plain-password'],
    ['an empty one', { type: 'password', value: '' }, 'MALFORMED'],
    ['a number for one', { type: 'password', value: 7 as never }, 'MALFORMED'],
    ['no details', { type: 'password', secretData: '{"value":"eA=="}' }, 'MALFORMED'],
    ['no secret', { type: 'password', credentialData: '{}' }, 'MALFORMED'],
    ['an empty secret', password({ algorithm: 'bcrypt' }, { value: '' }), 'MALFORMED'],
    ['a secret that is no text', password({ algorithm: 'bcrypt' }, { value: [1] }), 'MALFORMED'],
    ['details that are no JSON', { type: 'password', credentialData: '{', secretData: '{}' }, 'MALFORMED'],
    ['details that are a list', { type: 'password', credentialData: '[]', secretData: '{}' }, 'MALFORMED'],
    ['details that are null', { type: 'password', credentialData: 'null', secretData: '{}' }, 'MALFORMED'],
    ['huge details', { ...pbkdf2('pbkdf2', 'sha1', 64), credentialData: ' '.repeat(16_385) }, 'MALFORMED'],
    ['another algorithm', pbkdf2('scrypt', 'sha256', 32), 'HASH_UNKNOWN'],
    ['the name of a member', pbkdf2('constructor', 'sha256', 32), 'HASH_UNKNOWN'],
    [
      'base64 with other characters',
      password({ hashIterations: 9, algorithm: 'pbkdf2' }, { value: 'ab-_', salt: 'x' }),
      'HASH_UNKNOWN',
    ],
    [
      'Argon2 without parameters',
      password({ hashIterations: 5, algorithm: 'argon2' }, { value: 'eA==' }),
      'HASH_UNKNOWN',
    ],
    [
      'Argon2 of a type that is unknown',
      password({ ...ARGON2_DETAILS, additionalParameters: { type: ['x'], version: ['1.3'] } }, { value: 'eA==' }),
      'HASH_UNKNOWN',
    ],
    [
      'Argon2 of a version that is unknown',
      password({ ...ARGON2_DETAILS, additionalParameters: { type: 'id', version: '2' } }, { value: 'eA==' }),
      'HASH_UNKNOWN',
    ],
    [
      'Argon2 without its memory',
      password({ ...ARGON2_DETAILS, additionalParameters: { type: 'id', version: '1.3' } }, { value: 'eA==' }),
      'HASH_UNKNOWN',
    ],
    ['an app', otp({}), 'totp'],
    ['an app by its older type', { ...otp({}), type: 'totp' }, 'totp'],
    ['an app whose secret was typed', otp({ secretEncoding: 'BASE32' }, 'JBSWY3DPEHPK3PXP'), 'totp'],
    [
      'an app whose secret has an encoding in small letters',
      otp({ secretEncoding: 'base32' }, 'JBSWY3DPEHPK3PXP'),
      'totp',
    ],
    ['an app whose secret says that it is itself', otp({ secretEncoding: null }), 'totp'],
    ['an app whose secret has another encoding', otp({ secretEncoding: 'HEX' }), 'MALFORMED'],
    ['an app whose typed secret is none', otp({ secretEncoding: 'BASE32' }, 'not base32!'), 'MALFORMED'],
    ['a short secret', otp({}, 'short'), 'MALFORMED'],
    ['seven digits', otp({ digits: 7 }), 'MALFORMED'],
    ['an unknown hash of codes', otp({ algorithm: 'HmacMD5' }), 'MALFORMED'],
    ['another kind of code', otp({ subType: 'sotp' }), 'MALFORMED'],
    ['an app of counters, which have no period', otp({ subType: 'hotp', period: 0 }), 'totp'],
    ['codes whose hash is the name of a member', otp({ algorithm: 'constructor' }), 'MALFORMED'],
    ['nulls', { type: 'password', credentialData: null, secretData: null } as never, 'MALFORMED'],
    ['a number for details', { type: 'otp', credentialData: 5, secretData: 5 } as never, 'MALFORMED'],
    ['a counter in another base', otp({ subType: 'hotp', counter: '0x10' }), 'MALFORMED'],
    ['an encoding that is no text', otp({ secretEncoding: { toString: 1 } }), 'MALFORMED'],
    [
      'Argon2 whose type is no text',
      password(
        { ...ARGON2_DETAILS, additionalParameters: { type: [{ toString: 1 }], version: { toString: 1 } } },
        { value: 'eA==' },
      ),
      'HASH_UNKNOWN',
    ],
    ['no period', otp({ period: 0 }), 'MALFORMED'],
    ['a long period', otp({ period: 301 }), 'MALFORMED'],
    ['half a period', otp({ period: 1.5 }), 'MALFORMED'],
    ['a counter below zero', otp({ subType: 'hotp', counter: -1 }), 'MALFORMED'],
    ['a counter that is no number', otp({ counter: 'x' }), 'MALFORMED'],
    ['an app without details', { type: 'otp', secretData: '{}' }, 'MALFORMED'],
    ['an app without a secret', { type: 'otp', credentialData: '{}' }, 'MALFORMED'],
  ])('reads %s, and reports what it cannot read', (_, foreign, result) => {
    expect(reasonOf(foreign)).toBe(result);
  });
});
