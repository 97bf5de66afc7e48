import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../rest-compat/index.ts';
import { KOBIL } from '../../rest-compat/kobil/index.ts';

/** Rows without an access token that pages may call: they issue and revoke tokens (RFC 6749, RFC 7009). */
const TOKEN_ENDPOINTS = ['IssueTokens', 'RevokeToken'];
const DOCUMENTS = ['OpenidConfiguration', 'Jwks'];
/** Rows for resource servers, which are not pages (RFC 7662). */
const FOR_SERVERS = ['IntrospectToken'];

/** At realms, whose clients send their requests with cookies. */
const OPEN_AT_REALMS = [...TOKEN_ENDPOINTS, ...DOCUMENTS, 'TokenIssuer', 'Userinfo', 'Account'];

const ofRealms = new Set(KOBIL.chapters.find(({ name }) => name === 'Tokens')!.routes);

const rows = DIALECTS.flatMap(({ mounts }) => mounts.flatMap(({ routes }) => routes));

describe('the rows that pages of other origins may call (check 21)', () => {
  it.each([...new Set(rows)].map((row) => [`${row.method} ${[row.path].flat()[0]} (${row.spec})`, row] as const))(
    '%s',
    (_, row) => {
      const { callers, cors, operation } = row;
      if (ofRealms.has(row))
        expect(cors).toBe(
          OPEN_AT_REALMS.includes(operation.name) && callers.browser !== true ? 'credentials' : undefined,
        );
      else if (DOCUMENTS.includes(operation.name)) expect(cors).toBe('public');
      else if (TOKEN_ENDPOINTS.includes(operation.name)) expect(cors).toBe('client');
      else if (callers.bearer !== undefined && !FOR_SERVERS.includes(operation.name)) expect(cors).toBe('client');
      else expect(cors).toBeUndefined();
    },
  );

  it('never accept a cookie', () => {
    expect(rows.filter(({ callers, cors }) => callers.browser === true && cors !== undefined)).toEqual([]);
  });
});
