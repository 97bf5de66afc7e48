import type { GraphQLResolveInfo } from 'graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Ctx, Info, Mutation, Query, Resolver } from 'type-graphql';
import { type Introspection, oauthErrors, type TokenAnswer } from '../../src/oauth/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { requireOnce } from '../directives/once.ts';
import { IssueTokensInput, RevokeTokenInput } from './oauth.input.ts';
import {
  IssuerKindName,
  IssueTokensPayload,
  RevokeTokenPayload,
  TokenIntrospection,
  TokenIssuer,
} from './oauth.type.ts';

@Resolver()
export class TokenResolver {
  @Errors(
    'TENANT_REQUIRED',
    'CLIENT_UNAUTHENTICATED',
    'GRANT_TYPE_REQUIRED',
    'GRANT_TYPE_UNSUPPORTED',
    'GRANT_TYPE_NOT_ALLOWED',
    'PASSWORD_GRANT_NOT_ALLOWED',
    'SCOPE_INVALID',
    'GRANT_INVALID',
    'SERVICE_ACCOUNT_DISABLED',
    'CODE_REPLAYED',
    'REFRESH_TOKEN_REUSED',
    'TOKEN_PARAMETER_INVALID',
    'RESOURCE_SERVER_UNKNOWN',
    'RESOURCE_UNKNOWN',
    'RESOURCE_ACCESS_DENIED',
    'TOKEN_REQUEST_REPEATED',
    'SIGN_IN_REFUSED',
    'SIGN_IN_FACTOR_REQUIRED',
    'SIGN_IN_PASSWORD_CHANGE_REQUIRED',
    'SIGN_IN_EMAIL_UNVERIFIED',
    'SIGN_IN_ACCOUNT_DISABLED',
    'SIGN_IN_ACTIONS_REQUIRED',
  )
  @Mutation(() => IssueTokensPayload, {
    description:
      'Issues tokens to the calling client, which has authenticated with its id and secret. An access token of the same issuer authenticates requests for permissions on resources. Only once per request.',
  })
  async issueTokens(
    @Arg('input', () => IssueTokensInput, { description: 'The request.' }) input: IssueTokensInput,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<IssueTokensPayload> {
    requireOnce(info, context.signal, oauthErrors.TOKEN_REQUEST_REPEATED);
    const answer = await context.services.oauth.tokens.issue({
      caller: context.caller,
      tenant: requireTenant(context),
      issuerKind: input.issuerKind ?? IssuerKindName.NATIVE,
      parameters: input.parameters,
    });
    return toPayload(answer);
  }

  @Errors('TENANT_REQUIRED', 'CLIENT_UNAUTHENTICATED')
  @Query(() => TokenIntrospection, {
    description:
      'Returns whether an access token is valid and what it allows. The client it was issued to, the clients in its audience and holders of `token:introspect` may call it.',
  })
  async introspectToken(
    @Arg('token', () => String, { description: 'An access token.' }) token: string,
    @Ctx() context: GraphContext,
  ): Promise<TokenIntrospection> {
    requireTenant(context);
    return toIntrospection(await context.services.oauth.introspection.introspect(context.authority, token));
  }

  @Errors('TENANT_REQUIRED', 'CLIENT_UNAUTHENTICATED')
  @Mutation(() => RevokeTokenPayload, {
    description:
      'Revokes a token of the calling client, or with a token of the kinds API and ROOT one of the calling user; tokens of others require `token:revoke`.',
  })
  async revokeToken(
    @Arg('input', () => RevokeTokenInput, { description: 'The token.' }) { token }: RevokeTokenInput,
    @Ctx() context: GraphContext,
  ): Promise<RevokeTokenPayload> {
    requireTenant(context);
    return { isRevoked: await context.services.oauth.revocation.revoke(context.authority, token) };
  }

  @Errors('TENANT_REQUIRED', 'TOKEN_INVALID', 'SCOPE_INSUFFICIENT')
  @Query(() => GraphQLJSONObject, {
    description: "The claims that the scopes of the caller's access token allow (OpenID Connect Core section 5.3).",
  })
  userinfo(
    @Ctx() context: GraphContext,
    @Arg('issuerKind', () => IssuerKindName, {
      nullable: true,
      description: 'Kind of the issuer, which must have issued the token. Default NATIVE.',
    })
    issuerKind: IssuerKindName | null,
  ): Promise<object> {
    const kind = issuerKind ?? IssuerKindName.NATIVE;
    return context.services.oauth.userinfo.claims(context.caller, requireTenant(context), kind);
  }

  @Errors('TENANT_REQUIRED')
  @Query(() => GraphQLJSONObject, {
    description: 'The public keys of an issuer (RFC 7517 section 5).',
  })
  jwks(
    @Ctx() context: GraphContext,
    @Arg('issuerKind', () => IssuerKindName, { nullable: true, description: 'Kind of the issuer. Default NATIVE.' })
    issuerKind: IssuerKindName | null,
  ): Promise<object> {
    const { issuers, keys } = context.services.oauth;
    const tenant = requireTenant(context);
    return keys.jwks(tenant, issuers.of(tenant, issuerKind ?? IssuerKindName.NATIVE).kind);
  }

  @Errors('TENANT_REQUIRED')
  @Query(() => TokenIssuer, {
    description: 'An issuer: its URL at the host of the request, and the key that it signs with.',
  })
  tokenIssuer(
    @Ctx() context: GraphContext,
    @Arg('issuerKind', () => IssuerKindName, { nullable: true, description: 'Kind of the issuer. Default NATIVE.' })
    issuerKind: IssuerKindName | null,
  ): Promise<TokenIssuer> {
    const { discovery } = context.services.oauth;
    const kind = issuerKind ?? IssuerKindName.NATIVE;
    return discovery.issuer(requireTenant(context), kind, context.caller.origin);
  }

  @Errors('TENANT_REQUIRED')
  @Query(() => GraphQLJSONObject, {
    description:
      'Metadata of an issuer (OpenID Connect Discovery section 3): at a host that is bound to the tenant that of the issuer there.',
  })
  openidConfiguration(
    @Ctx() context: GraphContext,
    @Arg('issuerKind', () => IssuerKindName, { nullable: true, description: 'Kind of the issuer. Default NATIVE.' })
    issuerKind: IssuerKindName | null,
  ): Promise<object> {
    const { discovery } = context.services.oauth;
    const kind = issuerKind ?? IssuerKindName.NATIVE;
    return discovery.document(requireTenant(context), kind, context.caller.origin);
  }
}

/** What the payload says about tokens where there is none. */
const NO_TOKENS: Omit<IssueTokensPayload, 'permissions'> = {
  accessToken: null,
  tokenType: 'Bearer',
  expiresIn: 0,
  scope: '',
  refreshToken: null,
  refreshExpiresIn: null,
  idToken: null,
  sid: null,
  notBefore: null,
};

function toPayload(answer: TokenAnswer): IssueTokensPayload {
  if ('permissions' in answer) return { ...NO_TOKENS, permissions: answer.permissions };
  const { accessToken, tokenType, expiresInSeconds, scope, refreshToken, refreshExpiresInSeconds, ...others } = answer;
  const { idToken, sessionId, notBefore } = others;
  return {
    accessToken,
    tokenType,
    expiresIn: expiresInSeconds,
    scope,
    refreshToken,
    refreshExpiresIn: refreshExpiresInSeconds,
    idToken,
    sid: sessionId,
    notBefore,
    permissions: null,
  };
}

const NOTHING: Omit<TokenIntrospection, 'active'> = {
  scope: null,
  clientId: null,
  tokenType: null,
  exp: null,
  iat: null,
  sub: null,
  aud: null,
  iss: null,
  jti: null,
  holder: null,
  sid: null,
  acr: null,
  amr: null,
  authTime: null,
  claims: null,
};
const INACTIVE: TokenIntrospection = { ...NOTHING, active: false };

function toIntrospection(found: Introspection): TokenIntrospection {
  if (!found.active) return INACTIVE;
  const { claims, subject, audiences } = found;
  return {
    active: true,
    scope: claims.scope,
    clientId: claims.client_id,
    tokenType: 'Bearer',
    exp: claims.exp,
    iat: claims.iat,
    sub: subject,
    aud: audiences,
    iss: claims.iss,
    jti: claims.jti,
    holder: claims.knd,
    sid: claims.sid ?? null,
    acr: claims.acr ?? null,
    amr: claims.amr ?? null,
    authTime: claims.auth_time ?? null,
    claims,
  };
}
