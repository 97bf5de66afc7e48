import { pbkdf2Sync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { generateSync, ScureBase32Plugin } from 'otplib';
import { describe, expect, it } from 'vitest';
import { type CredentialToAdd, type ForeignCredential, readForeignCredential } from '../../../src/auth-modes/index.ts';
import { REALM_PASSWORD, RealmWorld, realmOfSuite } from '../../support/realm.ts';

const { refusal } = RealmWorld;
const WRONG = [401, 'invalid_grant', 'Invalid user credentials'];
const SALT = Buffer.from('sixteen bytes of');
const OTP_TEXT = 'Dj9ZlpLxQ0vZcYbXrT2k';
/** What an app has of a secret that is the text itself. */
const OTP_SECRET = new ScureBase32Plugin().encode(Buffer.from(OTP_TEXT));

const PASSWORD: ForeignCredential = {
  type: 'password',
  credentialData: JSON.stringify({ hashIterations: 27_500, algorithm: 'pbkdf2-sha256', additionalParameters: {} }),
  secretData: JSON.stringify({
    value: pbkdf2Sync(REALM_PASSWORD, SALT, 27_500, 64, 'sha256').toString('base64'),
    salt: SALT.toString('base64'),
    additionalParameters: {},
  }),
};
const app = (details: object): ForeignCredential => ({
  type: 'otp',
  credentialData: JSON.stringify(details),
  secretData: JSON.stringify({ value: OTP_TEXT }),
});

describe('KOBIL 1: people whose credentials were made by another service', () => {
  const realm = realmOfSuite();

  /** A user with a password of another service, and its other credentials. */
  async function userWith(...more: ForeignCredential[]) {
    const { world, acme } = realm;
    const user = await world.newUser(acme);
    const toAdd = [PASSWORD, ...more].map(
      (foreign) => ({ userId: user.id, foreign, read: readForeignCredential(foreign) }) as CredentialToAdd,
    );
    await world.db.transaction(() => world.services.foreignCredentials.add(world.system(acme), toAdd));
    return user;
  }

  it('sign in, which alone replaces the hash of their password', async () => {
    const { world, acme } = realm;
    const { form } = await realm.client();
    const user = await userWith();
    const hash = async () => (await world.stores.credentials.findPassword(acme.id, user.id))!.hash;
    const foreign = await hash();
    for (const password of ['', ' ', `${REALM_PASSWORD}x`, foreign])
      expect((await realm.signIn(form, user, { password })).status).not.toBe(200);
    expect(await hash()).toBe(foreign);
    const answers = await Promise.all([realm.signIn(form, user), realm.signIn(form, user)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await hash()).toMatch(/^\$argon2id\$/);
    expect((await realm.signIn(form, user)).status).toBe(200);
    expect(refusal(await realm.signIn(form, user, { password: foreign }))).toEqual(WRONG);
  });

  it.each([
    ['HmacSHA1', 6, 30],
    ['HmacSHA256', 8, 60],
    ['HmacSHA512', 6, 30],
  ] as const)('sign in with codes of %s, of %d digits, each once', async (algorithm, digits, period) => {
    const { world } = realm;
    const { form } = await realm.client();
    const user = await userWith(app({ subType: 'totp', algorithm, digits, period, counter: 0 }));
    expect(refusal(await realm.signIn(form, user))).toEqual(WRONG);
    const epoch = Math.floor(world.clock.now().getTime() / 1000);
    const hash = algorithm.slice('Hmac'.length).toLowerCase() as 'sha1';
    const totp = generateSync({ secret: OTP_SECRET, algorithm: hash, digits, period, epoch });
    const { status, json } = await realm.signIn(form, user, { totp });
    expect(status).toBe(200);
    expect(decodeJwt(json.access_token)['amr']).toEqual(expect.arrayContaining(['pwd', 'otp']));
    expect(refusal(await realm.signIn(form, user, { totp }))).toEqual(WRONG);
  });

  it('sign in with codes from the counter that their app has reached', async () => {
    const { form } = await realm.client();
    const user = await userWith(app({ subType: 'hotp', algorithm: 'HmacSHA1', digits: 6, period: 0, counter: 7 }));
    const codeAt = (counter: number) => generateSync({ strategy: 'hotp', secret: OTP_SECRET, digits: 6, counter });
    expect(refusal(await realm.signIn(form, user, { totp: codeAt(6) }))).toEqual(WRONG);
    expect((await realm.signIn(form, user, { totp: codeAt(7) })).status).toBe(200);
    expect(refusal(await realm.signIn(form, user, { totp: codeAt(7) }))).toEqual(WRONG);
    expect((await realm.signIn(form, user, { totp: codeAt(8) })).status).toBe(200);
  });
});
