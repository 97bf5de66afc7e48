import { describe, expect, it } from 'vitest';
import { readUsers } from '../../../../rest-compat/keycloak-admin/import/users.ts';

const naming = (name: string): string => (name === 'default-roles-old' ? 'default-roles-reeds' : name);
const read = (...users: unknown[]) => readUsers(users, naming);
const inputOf = (user: object) => read({ username: 'ola', ...user }).rows[0]?.input;

describe('users of an export', () => {
  it('have their profile, roles, groups, credentials and links', () => {
    const password = { type: 'password', credentialData: '{"algorithm":"argon2"}', secretData: '{"value":"eA=="}' };
    const { rows, faults } = read({
      id: '0b6c6b2e-8f0c-4a9e-9d2e-0d8c9a1e7f10',
      createdTimestamp: 1_700_000_000_000,
      username: 'ola',
      enabled: true,
      emailVerified: true,
      firstName: 'Ola',
      lastName: 'Pike',
      email: 'ola@reeds.example',
      attributes: { berth: ['7', '8'], username: ['x'] },
      requiredActions: ['CONFIGURE_TOTP'],
      realmRoles: ['default-roles-old', 'crew'],
      clientRoles: { oars: ['row'] },
      groups: ['/boats/punts'],
      federatedIdentities: [
        { identityProvider: 'lake', userId: '17', userName: 'ola17' },
        { identityProvider: 'pond', userId: '3' },
      ],
      credentials: [
        { type: 'otp', secretData: '{}', priority: 20, userLabel: null },
        { ...password, priority: 10 },
      ],
      notBefore: 1_700_000_100,
      totp: true,
      unknown: {},
    });
    expect(faults).toEqual([]);
    expect(rows).toEqual([
      {
        kind: 'user',
        owner: '',
        name: 'ola',
        input: {
          subject: '0b6c6b2e-8f0c-4a9e-9d2e-0d8c9a1e7f10',
          username: 'ola',
          givenName: 'Ola',
          familyName: 'Pike',
          email: 'ola@reeds.example',
          emailVerified: true,
          isEnabled: true,
          attributes: { berth: ['7', '8'] },
          requiredActions: ['CONFIGURE_TOTP'],
          createdAt: '2023-11-14T22:13:20.000Z',
          notBefore: '2023-11-14T22:15:00.000Z',
          roles: [{ name: 'default-roles-reeds' }, { name: 'crew' }, { name: 'row', clientId: 'oars' }],
          groups: ['/boats/punts'],
          credentials: [password, { type: 'otp', secretData: '{}' }],
          links: [
            { provider: 'lake', externalId: '17', externalName: 'ola17' },
            { provider: 'pond', externalId: '3', externalName: null },
          ],
        },
      },
    ]);
  });

  it('are disabled and without anything unless the export says more', () => {
    const least = { username: 'ola', emailVerified: false, isEnabled: false, attributes: {}, requiredActions: [] };
    expect(inputOf({})).toEqual({ ...least, roles: [], groups: [], credentials: [], links: [] });
    expect(inputOf({ id: null, credentials: null, attributes: null, groups: null, federatedIdentities: null })).toEqual(
      inputOf({}),
    );
  });

  it.each([0, -1, 1e300, 253_402_300_800_000])('were made now where the export says %d', (createdTimestamp) => {
    expect(inputOf({ createdTimestamp })).not.toHaveProperty('createdAt');
  });

  it.each([0, -1, 1e300])('have no moment before which tokens are refused where the export says %d', (notBefore) => {
    expect(inputOf({ notBefore })).toMatchObject({ notBefore: null });
  });

  it('are what service accounts are given, by the client', () => {
    const account = {
      username: 'service-account-oars',
      serviceAccountClientId: 'oars',
      realmRoles: ['crew'],
      groups: ['/boats'],
    };
    expect(read(account).rows).toEqual([
      {
        kind: 'serviceAccount',
        owner: '',
        name: 'oars',
        input: { roles: [{ name: 'crew' }], groups: ['/boats'] },
      },
    ]);
  });

  it('are reported one by one where they have another shape', () => {
    const bad = [
      7,
      null,
      {},
      { username: '' },
      { username: 'a', email: 7 },
      { username: 'b', credentials: [{ value: 7 }] },
    ];
    const { rows, faults } = read(...bad, { username: 'ola' });
    expect(rows.map(({ name }) => name)).toEqual(['ola']);
    expect(faults.map(({ name, reason, at }) => [name, reason, at])).toEqual([
      ['', 'MALFORMED', ''],
      ['', 'MALFORMED', ''],
      ['', 'MALFORMED', 'username'],
      ['', 'MALFORMED', 'username'],
      ['a', 'MALFORMED', 'email'],
      ['b', 'MALFORMED', 'credentials.0.value'],
    ]);
  });
});
