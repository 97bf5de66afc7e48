import type { CreateUser } from '../../src/users/index.ts';

/** An account with a value for each standard claim (OpenID Connect Core section 5.1). */
export const ACCOUNT: CreateUser = {
  username: 'ada',
  email: 'ada@example.com',
  emailVerified: true,
  phone: '+14155550100',
  phoneVerified: true,
  givenName: 'Ada',
  familyName: 'Archer',
  middleName: 'Beth',
  displayName: 'Ada Archer',
  locale: 'en-GB',
  attributes: {
    nickname: 'ada',
    profile: 'https://example.com/ada',
    picture: 'https://example.com/ada.png',
    website: 'https://example.com',
    gender: 'female',
    birthdate: '1985-10-31',
    zoneinfo: 'Europe/Berlin',
    address: { formatted: '1 High Street, Town', locality: 'Town', postal_code: '12345', country: 'Germany' },
  },
};
