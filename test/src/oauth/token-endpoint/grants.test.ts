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
    expect(namesAt('native')).toEqual(['authorization_code', 'client_credentials', 'password', 'refresh_token']);
    expect(namesAt('suite')).toEqual(['authorization_code', 'client_credentials', 'refresh_token']);
  });

  it('do not compile where a kind of issuer offers one that does not exist', () => {
    // @ts-expect-error No client can be allowed `implicit`.
    const kind: IssuerKind = { ...ISSUER_KINDS.native, grantTypes: ['password', 'implicit'] };
    expect(kind.grantTypes).toHaveLength(2);
  });

  it('stand under their own names', () => {
    const kind = { ...ISSUER_KINDS.native, grantTypes: GRANT_TYPES };
    expect(offeredGrants(kind).map(({ name }) => name)).toEqual(GRANT_TYPES);
  });

  it('are described with the parameters that they declare, and which of them reads each', () => {
    expect(descriptionsOf(describeTokenForm('native'))).toEqual({
      grant_type:
        '`authorization_code` or `client_credentials` or `refresh_token`; for clients that are allowed it, also `password`.',
      code: 'The authorization code. For `authorization_code`.',
      redirect_uri: 'The redirect address that the code was sent to. For `authorization_code`.',
      code_verifier: 'The secret whose hash was the `code_challenge` (RFC 7636 section 4.5). For `authorization_code`.',
      scope: 'Scope names separated by spaces. For `client_credentials` or `password` or `refresh_token`.',
      username: 'The name with which the user signs in. For `password`.',
      password: 'The password of the user. For `password`.',
      totp: "A code of the user's second factor, where one is demanded. For `password`.",
      refresh_token: 'The refresh token. For `refresh_token`.',
    });
    expect(descriptionsOf(describeTokenForm('realm'))).toMatchObject({
      grant_type:
        '`authorization_code` or `client_credentials` or `password` or `refresh_token` or `urn:ietf:params:oauth:grant-type:uma-ticket`.',
    });
    expect(descriptionsOf(describeTokenForm('suite'))).toMatchObject({
      grant_type: '`authorization_code` or `client_credentials` or `refresh_token`.',
      scope: 'Scope names separated by spaces. For `client_credentials` or `refresh_token`.',
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
