/**
 * The root fields that every caller may use, each with the reason. The schema is not built when another root field has no
 * `@requiresScopes`.
 */
export const PUBLIC_FIELDS: Readonly<Record<string, string>> = {
  'Mutation.completeAccountLinking': 'The state, which works once, says what was begun and by whom.',
  'Mutation.issueTokens': 'The client proved who it is; what it may get is its own record.',
  'Mutation.revokeToken': 'The service lets clients revoke only the tokens that were issued to them.',
  'Query.introspectToken':
    'Answered for tokens of the calling client; others need token:introspect, as the service checks.',
  'Query.jwks': 'Public keys are public.',
  'Query.openidConfiguration': 'The metadata of an issuer is public (RFC 8414).',
  'Query.userinfo': 'Tells about the account behind the calling token, as far as its scopes go.',
  'Query.errorCodes': 'Documentation.',
  'Query.eventTypes': 'Documentation.',
  'Query.node': 'The type of the object guards it.',
  'Query.viewer': 'Shows callers only themselves.',
};
