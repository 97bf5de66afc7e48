import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../rest-compat/index.ts';

/** What a page may call although it takes no access token: where tokens come from and go to (RFC 6749, RFC 7009). */
const TOKEN_ENDPOINTS = ['IssueTokens', 'RevokeToken'];
const DOCUMENTS = ['OpenidConfiguration', 'Jwks'];
/** For resource servers, which are no pages (RFC 7662). */
const FOR_SERVERS = ['IntrospectToken'];

const rows = DIALECTS.flatMap(({ mounts }) => mounts.flatMap(({ routes }) => routes));

describe('the rows that pages of other origins may call (check 21)', () => {
  it.each([...new Set(rows)].map((row) => [`${row.method} ${[row.path].flat()[0]} (${row.spec})`, row] as const))(
    '%s',
    (_, { callers, cors, operation }) => {
      if (DOCUMENTS.includes(operation.name)) expect(cors).toBe('public');
      else if (TOKEN_ENDPOINTS.includes(operation.name)) expect(cors).toBe('client');
      else if (callers.bearer !== undefined && !FOR_SERVERS.includes(operation.name)) expect(cors).toBe('client');
      else expect(cors).toBeUndefined();
    },
  );

  it('never take a cookie', () => {
    expect(rows.filter(({ callers, cors }) => callers.browser === true && cors !== undefined)).toEqual([]);
  });
});
