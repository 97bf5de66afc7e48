import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const NO_USER = [404, { error: 'User not found' }];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];

describe('the administration of credentials', () => {
  const kobil = kobilOfSuite();
  let token: string;
  let user: User;
  let count = 0;
  beforeAll(() => {
    token = kobil.token(kobil.acme, 'user:read', 'credential:read');
  });
  beforeEach(async () => {
    user = await kobil.world.newUser(kobil.acme, { username: `Lock.Keeper${++count}` });
  });
  const get = (name: string, as = token, prefix = '/auth/admin/realms/acme') =>
    kobil.ask('GET', `${prefix}/users/${name}/credentials`, { token: as });
  const add = (type: 'passkey' | 'security-key', data: Record<string, unknown>, label: string | null = null) =>
    kobil.world.db.transaction(() =>
      kobil.world.stores.credentials.add(kobil.acme.id, { userId: user.id, type, data, label }),
    );

  it('shows the credentials of every type without their secrets', async () => {
    await kobil.world.givePassword(kobil.acme, user.id);
    await kobil.world.giveTotp(kobil.acme, user.id);
    await add('passkey', { aaguid: 'x' }, 'Key of the shed');
    await add('security-key', { aaguid: 'y' });
    const createdDate = kobil.world.clock.now().getTime();
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const [status, json] = await get(user.id.toUpperCase());
    expect(status).toBe(200);
    expect(json).toEqual([
      {
        id,
        type: 'webauthn-passwordless',
        userLabel: 'Key of the shed',
        createdDate,
        credentialData: '{"aaguid":"x"}',
      },
      {
        id,
        type: 'password',
        createdDate,
        credentialData: expect.stringMatching(
          /^\{"hashIterations":\d+,"algorithm":"argon2","additionalParameters":\{"hashLength":\["32"\],"memory":\["\d+"\],"type":\["id"\],"version":\["1.3"\],"parallelism":\["\d+"\]\}\}$/,
        ),
      },
      { id, type: 'webauthn', createdDate, credentialData: '{"aaguid":"y"}' },
      {
        id,
        type: 'otp',
        createdDate,
        credentialData: '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}',
      },
    ]);
  });

  it.each([
    [
      'PBKDF2',
      '$raw$pbkdf2-sha1$i=20000$c2l4dGVlbiBieXRlcyBvZg$c2l4dGVlbiBieXRlcyBvZg',
      { hashIterations: 20_000, algorithm: 'pbkdf2', additionalParameters: {} },
    ],
    [
      'bcrypt, whose cost is shown',
      '$raw$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
      { hashIterations: 12, algorithm: 'bcrypt', additionalParameters: {} },
    ],
    [
      'Argon2 of another type',
      '$raw$argon2i$v=19$m=64,t=3,p=2$c2l4dGVlbiBieXRlcyBvZg$c2l4dGVlbiBieXRlcyBvZg',
      {
        hashIterations: 3,
        algorithm: 'argon2',
        additionalParameters: {
          hashLength: ['16'],
          memory: ['64'],
          type: ['i'],
          version: ['1.3'],
          parallelism: ['2'],
        },
      },
    ],
  ])('shows a hash of another service as that service does: %s', async (_, secret, details) => {
    const { world, acme } = kobil;
    const row = { userId: user.id, type: 'password', secret } as const;
    await world.db.transaction(() => world.stores.credentials.add(acme.id, row));
    const [, [shown]] = await get(user.id);
    expect(JSON.parse(shown.credentialData)).toEqual(details);
  });

  it('shows how many recovery codes are left', async () => {
    await kobil.world.giveTotp(kobil.acme, user.id);
    await kobil.world.services.recoveryCodes.generate(kobil.world.system(kobil.acme), user.id);
    const [, json] = await get(user.username.toUpperCase(), token, '/admin/realms/acme');
    const codes = (json as unknown as { type: string; credentialData: string }[]).find(
      ({ type }) => type === 'recovery-authn-codes',
    )!;
    const { totalCodes, remainingCodes } = JSON.parse(codes.credentialData);
    expect(remainingCodes).toBe(totalCodes);
    expect(totalCodes).toBeGreaterThan(0);
  });

  it('answers an empty list where there is nothing, to the id and to the username', async () => {
    for (const name of [user.id, user.username]) expect(await get(name)).toEqual([200, []]);
  });

  it('refuses an unknown user, and one of another tenant', async () => {
    const theirs = await kobil.world.newUser(kobil.master);
    for (const name of ['nobody', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'a~b~c', '%00', theirs.id, theirs.username])
      expect(await get(name)).toEqual(NO_USER);
  });

  it('takes the permission to read users as well', async () => {
    expect(await get(user.id, kobil.token(kobil.acme, 'credential:read'))).toEqual(FORBIDDEN);
    expect(await get(user.id, kobil.token(kobil.acme, 'user:read'))).toEqual(FORBIDDEN);
  });
});
