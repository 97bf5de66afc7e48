import { describe, expect, it } from 'vitest';
import { accessTokenClaims, audiencesOf } from '../../../../src/oauth/tokens/token.ts';

const OF_APP = {
  iss: 'https://id.example.com/t/acme',
  sub: 'client:shop',
  aud: 'https://id.example.com/t/acme',
  client_id: 'shop',
  scope: 'user:read',
  exp: 1_800_000_900,
  iat: 1_800_000_000,
  jti: 'j1',
  knd: 'app',
};
const OF_USER = {
  ...OF_APP,
  sub: 'anna',
  knd: 'user',
  gid: 'g1',
  sid: 's1',
  acr: 'aal1',
  amr: ['pwd'],
  auth_time: 1_799_999_000,
};

describe('the claims of an access token', () => {
  it('are those of an application, or of a user with the family and session', () => {
    expect(accessTokenClaims(OF_APP)).toBe(OF_APP);
    expect(accessTokenClaims(OF_USER)).toBe(OF_USER);
    const { sid: _sid, acr: _acr, amr: _amr, auth_time: _authTime, ...offline } = OF_USER;
    expect(accessTokenClaims(offline)).toBe(offline);
  });

  it('may have no scope and several audiences', () => {
    const claims = { ...OF_APP, scope: '', aud: ['a', 'b'] };
    expect(accessTokenClaims(claims)).toBe(claims);
    expect(audiencesOf(claims)).toEqual(['a', 'b']);
    expect(audiencesOf(OF_APP)).toEqual(['https://id.example.com/t/acme']);
  });

  it.each<[keyof typeof OF_USER, unknown]>([
    ['iss', ''],
    ['iss', undefined],
    ['sub', 7],
    ['aud', undefined],
    ['aud', ['a', 7]],
    ['aud', ['']],
    ['aud', { 0: 'a' }],
    ['client_id', null],
    ['scope', undefined],
    ['exp', '1800000900'],
    ['exp', Number.POSITIVE_INFINITY],
    ['iat', undefined],
    ['iat', null],
    ['jti', ''],
    ['knd', 'system'],
    ['gid', ''],
    ['sid', 7],
    ['sid', ''],
    ['acr', 1],
    ['amr', 'pwd'],
    ['amr', ['pwd', 1]],
    ['auth_time', '1799999000'],
    ['auth_time', Number.NaN],
  ])('are none with %s %j', (name, value) => expect(accessTokenClaims({ ...OF_USER, [name]: value })).toBeNull());

  it('are none for a user without a family', () => {
    expect(accessTokenClaims({ ...OF_USER, gid: undefined })).toBeNull();
    expect(accessTokenClaims({ ...OF_APP, gid: 'g1' })).not.toBeNull();
  });
});
