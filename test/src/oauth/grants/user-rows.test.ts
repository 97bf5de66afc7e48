import { describe, expect, it } from 'vitest';
import { KINDS_WITH_PROFILE } from '../../../../src/oauth/grants/user-rows.ts';
import { ISSUER_KINDS } from '../../../../src/oauth/issuers/issuers.ts';

describe('the users of token families', () => {
  it('are read whole for the kinds of issuers whose ID tokens have their profile', () => {
    const kinds = Object.values(ISSUER_KINDS).filter(({ hasProfileClaims }) => hasProfileClaims);
    expect(KINDS_WITH_PROFILE).toBe(`(${kinds.map(({ kind }) => `'${kind}'`).join(', ')})`);
  });
});
