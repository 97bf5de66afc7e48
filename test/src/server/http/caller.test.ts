import { describe, expect, it } from 'vitest';
import { type Caller, systemCaller } from '../../../../src/access/index.ts';
import type { Origin } from '../../../../src/kernel/index.ts';
import { authenticateCaller } from '../../../../src/server/http/caller.ts';
import { faultsOf } from '../../../support/refusal.ts';

const ORIGIN: Origin = { ip: null, peerIp: null, userAgent: null, api: 'graphql', processId: 'test' };
const OWNER: Caller = systemCaller({ processId: 'test' });

/** The caller of a request, and the tokens that were authenticated for it. */
async function authenticate(authorization: string | undefined) {
  const tokens: string[] = [];
  const caller = await authenticateCaller(authorization, ORIGIN, async (token, origin) => {
    tokens.push(token);
    expect(origin).toBe(ORIGIN);
    return OWNER;
  });
  return { caller, tokens };
}

describe('the caller of a request', () => {
  it.each([undefined, '', ' '])('is anonymous with the header %j', async (header) => {
    expect(await authenticate(header)).toMatchObject({ caller: { kind: 'anonymous', origin: ORIGIN }, tokens: [] });
  });

  it.each(['Bearer abc', 'bearer abc', 'BEARER   abc', ' Bearer abc '])(
    'is the owner of the token in %j',
    async (header) => {
      expect(await authenticate(header)).toEqual({ caller: OWNER, tokens: ['abc'] });
    },
  );

  it('may have every character in the token that a token can have (RFC 6750 section 2.1)', async () => {
    expect((await authenticate('Bearer aZ09-._~+/==')).tokens).toEqual(['aZ09-._~+/==']);
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Basic YTpi',
    'DPoP abc',
    'Bearer a b',
    'Bearer a,b',
    'Bearer a=b',
    'Bearer ä',
    'Bearer a\nb',
    'abc',
    'Bearer a, Bearer b',
  ])('is refused, and not served as anonymous, with the header %j', async (header) =>
    expect(await faultsOf(() => authenticate(header))).toEqual(['UNAUTHENTICATED']),
  );
});
