import { describe, expect, it } from 'vitest';
import type { GrantRequest } from '../../../../src/oauth/token-endpoint/grant.ts';
import { tokenIssued } from '../../../../src/oauth/token-endpoint/issued-event.ts';
import type { AccessTokenClaims } from '../../../../src/oauth/tokens/token.ts';

const REQUEST = { issuer: { kind: { kind: 'native' } } } as GrantRequest;
const CLAIMS: AccessTokenClaims = {
  iss: 'https://id.example.com/t/acme',
  sub: 'anna',
  aud: 'https://id.example.com/t/acme',
  client_id: 'app',
  scope: 'openid profile',
  exp: 1_700_000_900,
  iat: 1_700_000_000,
  jti: 'token-1',
  knd: 'user',
  gid: 'grant-1',
  sid: 'session-1',
};
const issued = (claims: AccessTokenClaims) => tokenIssued(REQUEST, 'password', { token: 'secret', claims, row: null });

describe('the event of an issued token', () => {
  it('names the user, the session and the family, and shows the token by its id alone', () => {
    const event = issued(CLAIMS);
    expect(event).toMatchObject({
      type: { name: 'token.issued' },
      subjectId: 'anna',
      sessionId: 'session-1',
      params: {
        grantType: 'password',
        issuerKind: 'native',
        scope: 'openid profile',
        tokenId: 'token-1',
        grantId: 'grant-1',
      },
    });
    expect(JSON.stringify(event)).not.toContain('secret');
  });

  it('names no session for a family that outlives it', () => {
    const { sid: _ended, ...claims } = CLAIMS;
    expect(issued(claims)).toMatchObject({ subjectId: 'anna', sessionId: null });
  });

  it('names neither a user nor a family for a token of the client itself', () => {
    const { sid: _noSession, gid: _noFamily, ...claims } = CLAIMS;
    const event = issued({ ...claims, sub: 'client:app', knd: 'app' });
    expect(event).not.toHaveProperty('subjectId');
    expect(event).not.toHaveProperty('sessionId');
    expect(event.params).toEqual({
      grantType: 'password',
      issuerKind: 'native',
      scope: 'openid profile',
      tokenId: 'token-1',
    });
  });
});
