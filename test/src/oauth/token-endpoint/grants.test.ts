import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GRANT_TYPES } from '../../../../src/clients/index.ts';
import { describeTokenForm } from '../../../../src/oauth/index.ts';
import { ISSUER_KINDS, type IssuerKind } from '../../../../src/oauth/issuers/issuers.ts';
import { defineGrant } from '../../../../src/oauth/token-endpoint/grant.ts';
import { offeredGrants } from '../../../../src/oauth/token-endpoint/grants.ts';
import { parameter } from '../../../../src/oauth/token-endpoint/parameters.ts';

const descriptionsOf = (form: z.ZodObject): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(form.shape).map(([name, schema]) => [name, (schema as z.ZodType).description]));

describe('the grants of the token endpoint', () => {
  it('are those that the kind of issuer offers', () => {
    const namesAt = (kind: keyof typeof ISSUER_KINDS) => offeredGrants(ISSUER_KINDS[kind]).map(({ name }) => name);
    expect(namesAt('native')).toEqual(['client_credentials', 'password', 'refresh_token']);
    expect(namesAt('suite')).toEqual(['client_credentials']);
  });

  it('do not compile where a kind of issuer offers one that does not exist', () => {
    // @ts-expect-error No client can be allowed `implicit`.
    const kind: IssuerKind = { ...ISSUER_KINDS.native, grantTypes: ['password', 'implicit'] };
    expect(kind.grantTypes).toHaveLength(2);
  });

  it('stand under their own names', () => {
    const grantTypes = GRANT_TYPES.filter((name) => name !== 'authorization_code');
    expect(offeredGrants({ ...ISSUER_KINDS.native, grantTypes }).map(({ name }) => name)).toEqual(grantTypes);
  });

  it('are described with the parameters that they declare, and which of them reads each', () => {
    expect(descriptionsOf(describeTokenForm('native'))).toEqual({
      grant_type: '`client_credentials` or `refresh_token`; for clients that are allowed it, also `password`.',
      scope: 'Scope names separated by spaces.',
      username: 'The name with which the user signs in. For `password`.',
      password: 'The password of the user. For `password`.',
      refresh_token: 'The refresh token. For `refresh_token`.',
    });
    expect(descriptionsOf(describeTokenForm('suite'))).toEqual({
      grant_type: '`client_credentials`.',
      scope: 'Scope names separated by spaces.',
    });
  });

  it('do not compile where they read a parameter that they do not declare', () => {
    const grant = defineGrant({
      name: 'password',
      isHidden: false,
      parameters: z.object({ assertion: parameter('The assertion.') }),
      // @ts-expect-error The grant declares `assertion`.
      issue: async (_deps: object, _request, { asertion }) => asertion,
    });
    expect(grant.name).toBe('password');
  });
});
