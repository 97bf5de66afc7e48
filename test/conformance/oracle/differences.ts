/** A member of an answer as our service gives it, and as `oidc-provider` does; null: it does not have it. */
export type Pair = readonly [ours: string | null, theirs: string | null];

/** Why the two services answer the same requests differently. */
export interface Difference {
  /** The requests: the endpoint and the name of the case. */
  readonly cases: readonly string[];
  readonly members: Readonly<Record<string, Pair>>;
  /** The clause that allows or demands our answer. */
  readonly reason: string;
}

const ACCEPTED = 'code iss state';
const REFUSED = 'error iss state';
const TOKENS = 'access_token expires_in id_token refresh_token scope token_type';

const refusedHere = (error: string): Difference['members'] => ({
  error: [error, 'none'],
  members: [REFUSED, ACCEPTED],
});
const acceptedHere = (error: string): Difference['members'] => ({
  error: ['none', error],
  members: [ACCEPTED, REFUSED],
});
const on = (endpoint: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${endpoint}: ${name}`);

const ID_TOKENS = ['plain', 'no nonce', 'max_age', 'acr_values', 'a claim', 'claims of a scope', 'refreshed'];
const idTokensBut = (left: string): readonly string[] =>
  on('token', ...ID_TOKENS.filter((name) => name !== left).map((name) => `ID token: ${name}`));

const AUTHORIZE: readonly Difference[] = [
  {
    cases: on(
      'authorize',
      'nonce of 20 KB',
      'login_hint of 20 KB',
      'acr_values of 20 KB',
      'display of 20 KB',
      'ui_locales of 20 KB',
      'claims_locales of 20 KB',
    ),
    members: refusedHere('invalid_request'),
    reason: 'Values are bounded (docs/tokens.md); RFC 6749 section 4.1.2.1 has invalid_request for an invalid value.',
  },
  {
    cases: on('authorize', 'state of 20 KB'),
    members: { error: ['invalid_request', 'none'], state: ['none', 'as sent'], members: ['error iss', ACCEPTED] },
    reason:
      'A state above 4 KiB is not sent back (docs/tokens.md): addresses of 8,000 octets are all that can be relied on (RFC 9110 section 4.1).',
  },
  {
    cases: on('authorize', 'response_type of 20 KB'),
    members: { error: ['invalid_request', 'unsupported_response_type'] },
    reason: 'The bound of values comes before their meaning; RFC 6749 section 4.1.2.1 allows either code.',
  },
  {
    cases: on(
      'authorize',
      'response_mode of 20 KB',
      'response_mode of another kind',
      'response_mode=query.jwt',
      'response_mode=web_message',
    ),
    members: { error: ['invalid_request', 'unsupported_response_mode'] },
    reason:
      'No standard defines unsupported_response_mode; RFC 6749 section 4.1.2.1 has invalid_request for an invalid value.',
  },
  {
    cases: on('authorize', 'response_mode=form_post with an error'),
    members: { status: ['2xx', '4xx'] },
    reason: 'The page is delivered well, whatever its form says (OAuth 2.0 Form Post Response Mode section 2).',
  },
  {
    cases: on('authorize', 'response_mode of a response type with a token'),
    members: { error: ['unsupported_response_type', 'invalid_request'] },
    reason: 'No mode would help: the type itself is not served (RFC 9700 section 2.1.2).',
  },
  {
    cases: on('authorize', 'response_type=code code'),
    members: { error: ['unsupported_response_type', 'none'], members: [REFUSED, ACCEPTED] },
    reason: 'RFC 6749 section 3.1.1 lets the order of names differ, and says nothing of a name that is repeated.',
  },
  {
    cases: on('authorize', 'scope absent', 'scope empty', 'scope=unknown'),
    members: { error: ['invalid_scope', 'invalid_request'] },
    reason:
      'RFC 6749 section 3.3: without a scope, and without a default one, the request fails with an invalid scope.',
  },
  {
    cases: on('authorize', 'scope=profile'),
    members: acceptedHere('invalid_request'),
    reason:
      'OpenID Connect Core section 3.1.2.1 leaves open what a request without openid means; here it is one of OAuth 2.0.',
  },
  {
    cases: on('authorize', 'scope=openid  profile'),
    members: acceptedHere('invalid_scope'),
    reason: 'RFC 6749 section 3.3 has one space between names; a second one names nothing more, so it is ignored.',
  },
  {
    cases: on('authorize', 'code_challenge one character longer', 'code_challenge of 128 characters'),
    members: refusedHere('invalid_request'),
    reason: 'A SHA-256 in base64url has 43 characters (RFC 7636 section 4.2), so no verifier can fit.',
  },
  {
    cases: on('authorize', 'max_age=1e3', 'max_age= 10', 'max_age=0x10'),
    members: refusedHere('invalid_request'),
    reason: 'OpenID Connect Core section 3.1.2.1: a time in seconds, which is a number in digits.',
  },
  {
    cases: on('authorize', 'claims={}', 'claims={"unknown":{}}', 'claims of another kind'),
    members: acceptedHere('invalid_request'),
    reason:
      'OpenID Connect Core section 5.5: both members are optional, and members that are not understood are ignored.',
  },
  {
    cases: on('authorize', 'claims={"userinfo":null}'),
    members: acceptedHere('invalid_request'),
    reason:
      'OpenID Connect Core section 5.5 says nothing of null in this place; it asks for nothing, like an absent member.',
  },
  {
    cases: on('authorize', 'claims={"id_token":{"acr":{"essential":true,"values":["phr"]}}}'),
    members: {
      to: ['application by query', 'page of the prompt login'],
      error: ['unmet_authentication_requirements', null],
      state: ['as sent', null],
      iss: ['own', null],
      members: [REFUSED, null],
    },
    reason:
      'No sign-in of this service reaches the class, and then the request fails (OpenID Connect Core section 5.5.1.1).',
  },
  {
    cases: on('authorize', 'prompt=select_account without a session'),
    members: { to: ['page of the prompt login', 'page of the prompt select_account'] },
    reason: 'Nobody is signed in, so there is no account to choose from (OpenID Connect Core section 3.1.2.1).',
  },
  {
    cases: on('authorize', 'id_token_hint of another client'),
    members: acceptedHere('invalid_request'),
    reason: 'The hint names the user alone; OpenID Connect Core section 3.1.2.1 demands no audience of it.',
  },
];

const TOKEN: readonly Difference[] = [
  {
    cases: on('token', 'grant_type of 20 KB'),
    members: { error: ['invalid_request', 'unsupported_grant_type'] },
    reason: 'The bound of values comes before their meaning; RFC 6749 section 5.2 allows either code.',
  },
  {
    cases: on('token', 'code of 20 KB', 'redirect_uri of 20 KB', 'refresh_token of 20 KB'),
    members: { error: ['invalid_request', 'invalid_grant'] },
    reason: 'The bound of values comes before their meaning; RFC 6749 section 5.2 allows either code.',
  },
  {
    cases: on('token', 'code_verifier of another kind', 'code: a short verifier'),
    members: { error: ['invalid_grant', 'invalid_request'] },
    reason: 'RFC 7636 section 4.6: a verifier that does not fit the challenge is answered with invalid_grant.',
  },
  {
    cases: on('token', 'grant_type=client_credentials', 'refresh: with a client that may not'),
    members: { error: ['unauthorized_client', 'invalid_request'] },
    reason: 'RFC 6749 section 5.2 has unauthorized_client for a grant type that the client may not use.',
  },
  {
    cases: on('token', 'tokens: lasting access without consent'),
    members: { scope: ['offline_access openid', 'openid'] },
    reason: 'The operator trusts the client, which is the other condition of OpenID Connect Core section 11.',
  },
  {
    cases: idTokensBut('acr_values'),
    members: { acr: ['there', null] },
    reason: 'ID tokens always tell the class of the authentication, which OpenID Connect Core section 2 allows.',
  },
  {
    cases: idTokensBut('max_age'),
    members: { auth_time: ['there', null] },
    reason: 'ID tokens always tell the time of the authentication, which OpenID Connect Core section 2 allows.',
  },
  {
    cases: idTokensBut(''),
    members: { amr: ['there', null], at_hash: ['there', null], jti: ['there', null], sid: ['there', null] },
    reason:
      'All four are optional in ID tokens: OpenID Connect Core sections 2 and 3.1.3.6, RFC 7519 section 4.1.7, and sid of OpenID Connect Back-Channel Logout section 2.1.',
  },
  {
    cases: on('token', 'ID token: refreshed'),
    members: { nonce: [null, 'there'] },
    reason: 'OpenID Connect Core section 12.2: the ID token of a refresh should have no nonce.',
  },
  {
    cases: on(
      'token',
      'client: nothing',
      'client: an empty secret',
      'client: another scheme',
      'client: a scheme without credentials',
      'client: no colon',
      'client: no Base64',
      'client: a bad escape',
    ),
    members: { status: ['401', '400'], error: ['invalid_client', 'invalid_request'], challenge: ['Basic', 'none'] },
    reason:
      'RFC 6749 section 5.2: authentication that fails, lacks or has an unknown method is invalid_client, with 401 and a challenge when it was tried in the header.',
  },
  {
    cases: on(
      'token',
      'client: an id without a secret',
      'client: a wrong secret in the form',
      'client: an unknown client in the form',
      'client: a public client with a secret',
    ),
    members: { challenge: ['Basic', 'none'] },
    reason: 'RFC 9110 section 15.5.2: an answer with status 401 has a challenge.',
  },
  {
    cases: on('token', 'client: a wrong secret', 'client: an unknown client'),
    members: { challenge: ['Basic', 'Basic invalid_client'] },
    reason: 'The scheme Basic has no parameter error (RFC 7617 section 2); the code is in the body.',
  },
  {
    cases: on('token', 'client: the secret in the form', 'client: one that posts, by a header'),
    members: {
      status: ['401', '200'],
      error: ['invalid_client', 'none'],
      challenge: ['Basic', 'none'],
      members: ['error', TOKENS],
      scope: [null, 'openid'],
      type: [null, 'Bearer'],
    },
    reason: 'A client authenticates by the method that it registered (RFC 7591 section 2, token_endpoint_auth_method).',
  },
  {
    cases: on('token', 'transport: JSON'),
    members: { status: ['415', '400'] },
    reason: 'A media type that the endpoint does not take has status 415 (RFC 9110 section 15.5.16).',
  },
  {
    cases: on('token', 'refresh: asks for more'),
    members: { members: ['error', 'error scope'], scope: [null, 'profile'] },
    reason: 'RFC 6749 section 5.2 has no member scope in errors.',
  },
  {
    cases: on('token', 'refresh: asks for nothing known'),
    members: { members: ['error', 'error scope'], scope: [null, 'unknown'] },
    reason: 'RFC 6749 section 5.2 has no member scope in errors.',
  },
  {
    cases: on('token', 'machine: a scope of users'),
    members: {
      status: ['200', '400'],
      type: ['Bearer', null],
      error: ['none', 'invalid_scope'],
      members: ['access_token expires_in scope token_type', 'error scope'],
    },
    reason: 'Stock clients send openid with every request; an application gets no ID token for it (docs/tokens.md).',
  },
  {
    cases: on('token', 'machine: plain'),
    members: {
      members: ['access_token expires_in scope token_type', 'access_token expires_in token_type'],
      scope: ['user:read', null],
    },
    reason:
      'An application that names no scope gets those that it has, and the answer lists them (RFC 6749 sections 3.3 and 5.1).',
  },
  {
    cases: on('token', 'machine: an unknown scope'),
    members: {
      status: ['400', '200'],
      error: ['invalid_scope', 'none'],
      members: ['error', 'access_token expires_in token_type'],
      type: [null, 'Bearer'],
    },
    reason: 'RFC 6749 section 5.2 has invalid_scope for an unknown scope; nothing of it would be left.',
  },
];

const OTHERS: readonly Difference[] = [
  {
    cases: [...on('token', 'transport: GET', 'transport: PUT'), ...on('userinfo', 'another method')],
    members: {
      to: ['application/json', 'text/plain'],
      status: ['405', '404'],
      error: ['invalid_request', 'none'],
      cache: ['no-store', 'not said'],
      members: ['error', ''],
    },
    reason: 'The path exists, so another method has status 405 (RFC 9110 section 15.5.6).',
  },
  {
    cases: on('userinfo', 'a token twice in the form', 'a token in header and form'),
    members: { challenge: ['none', 'Bearer invalid_request'] },
    reason: 'RFC 6750 section 3 demands a challenge of requests without a token that opens; of others it is optional.',
  },
  {
    cases: on('userinfo', 'a token in the query', 'a token of another scheme', 'a scheme without a token'),
    members: {
      status: ['401', '400'],
      error: ['invalid_token', 'invalid_request'],
      challenge: ['Bearer', 'Bearer invalid_request'],
    },
    reason:
      'RFC 6750 section 3.1: a request without a credential that is supported gets 401 and a challenge without a code. Tokens in addresses are none (RFC 9700 section 4.3.2).',
  },
  {
    cases: on('userinfo', 'a token with a second word'),
    members: {
      status: ['401', '400'],
      error: ['invalid_token', 'invalid_request'],
      challenge: ['Bearer invalid_token', 'Bearer invalid_request'],
    },
    reason: 'RFC 6750 section 3.1: invalid_token is for a token that is malformed.',
  },
  {
    cases: on('userinfo', 'a token without openid'),
    members: { members: ['error', 'error scope'] },
    reason: 'RFC 6750 section 3.1 has the needed scope in the challenge, where it is optional.',
  },
  {
    cases: on('userinfo', 'a POST of JSON'),
    members: { status: ['415', '400'], challenge: ['none', 'Bearer invalid_request'] },
    reason: 'A media type that the endpoint does not take has status 415 (RFC 9110 section 15.5.16).',
  },
  {
    cases: on(
      'end session',
      'a hint',
      'a hint and an address',
      'a hint, an address and a state',
      'the same that is posted',
      'a hint and its client',
      'the address ',
      'a name and languages',
      'something unknown twice',
    ),
    members: { asked: ['false', 'true'] },
    reason:
      'With an ID token of this very session nobody is asked (docs/tokens.md): RP-Initiated Logout section 2 demands the question only without one.',
  },
  {
    cases: on('end session', 'a state of 20 KB'),
    members: {
      to: ['page', 'application'],
      status: ['4xx', '3xx'],
      asked: [null, 'true'],
      members: [null, 'state=xxxxxxxxxxxxxxxxxxxx'],
    },
    reason:
      'A state above 4 KiB is not sent back (docs/tokens.md): addresses of 8,000 octets are all that can be relied on (RFC 9110 section 4.1).',
  },
  {
    cases: on('metadata', 'every member'),
    members: {
      introspection_endpoint_auth_methods_supported: ['client_secret_basic client_secret_post', null],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic client_secret_post none', null],
      prompt_values_supported: ['consent login none select_account', null],
      request_parameter_supported: ['false', null],
      claim_types_supported: [null, 'normal'],
    },
    reason:
      'All are optional, and where one is left out the default says the same (RFC 8414 section 2, OpenID Connect Discovery section 3).',
  },
  {
    cases: on('metadata', 'every member'),
    members: {
      scopes_supported: [
        'address email groups offline_access openid phone profile',
        'address email offline_access openid phone profile user:read',
      ],
    },
    reason:
      'Groups are a scope of this service. Scopes of its interfaces are for those who were given them: a list may leave scopes out (RFC 8414 section 2).',
  },
  {
    cases: on('metadata', 'every member'),
    members: {
      claims_supported: [
        'address birthdate email email_verified family_name gender given_name groups locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile sub updated_at website zoneinfo',
        'acr address amr auth_time birthdate email email_verified family_name gender given_name iss locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile sid sub updated_at website zoneinfo',
      ],
    },
    reason:
      'Listed are claims about people; OpenID Connect Discovery section 3 does not demand that the list is complete.',
  },
];

/** The differences that are known, each with its reason. Whatever is not here has to be the same. */
export const DIFFERENCES: readonly Difference[] = [...AUTHORIZE, ...TOKEN, ...OTHERS];
