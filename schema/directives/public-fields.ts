/**
 * The root fields that every caller may use, each with the reason. The schema is not built when another root field has no
 * `@requiresScopes`.
 */
export const PUBLIC_FIELDS: Readonly<Record<string, string>> = {
  'Mutation.authorize': 'Answers an application as far as the session of the browser and its user allow.',
  'Mutation.completeAccountLinking': 'The state, which works once, says what was begun and by whom.',
  'Mutation.confirmSignOut': 'The handle and its browser are the authority; only the session of this browser ends.',
  'Mutation.endSession': 'Ends only the session of the browser, after its user agreed or with an ID token of it.',
  'Mutation.beginFactorEnrolment': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.cancelInteraction': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.chooseAccount': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.sendEmailCode': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.submitConsent': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.submitEmailCode': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.submitFactor': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.submitFactorEnrolment': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.submitNewPassword': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.submitPassword': 'The handle and the browser that began the sign-in are the authority.',
  'Mutation.decideAccountLinking': 'The handle, in the browser of the signed-in account, is the authority.',
  'Mutation.issueTokens': 'The client proved who it is; what it may get is its own record.',
  'Mutation.keepPostedRequest': 'Keeps what an application posted for a minute; its endpoint judges it.',
  'Mutation.resumeAuthorization': 'The handle and its browser are the authority.',
  'Mutation.openAccountLinking': 'The handle, in its browser, is the authority.',
  'Mutation.deleteRegisteredClient': 'The registration access token is the authority.',
  'Mutation.registerClient': 'An initial access token, or an access token that may create clients, is the authority.',
  'Mutation.updateRegisteredClient': 'The registration access token is the authority.',
  'Query.registeredClient': 'The registration access token is the authority.',
  'Mutation.revokeToken': 'The service lets clients revoke only the tokens that were issued to them.',
  'Query.introspectToken':
    'Answered for tokens of the calling client; others need token:introspect, as the service checks.',
  'Query.interaction': 'The handle and the browser that began the sign-in are the authority.',
  'Query.jwks': 'Public keys are public.',
  'Query.openidConfiguration': 'The metadata of an issuer is public (RFC 8414).',
  'Mutation.postSignOut':
    'The refresh token and the credentials of its client are the authority; else nothing is done.',
  'Query.tokenIssuer': 'Its address and its public key are public.',
  'Query.signOut': 'The handle and its browser are the authority.',
  'Query.userinfo': 'Tells about the account behind the calling token, as far as its scopes go.',
  'Query.errorCodes': 'Documentation.',
  'Query.eventTypes': 'Documentation.',
  'Query.node': 'The type of the object guards it.',
  'Query.viewer': 'Shows callers only themselves.',
};
