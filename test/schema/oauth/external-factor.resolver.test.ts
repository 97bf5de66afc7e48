import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import { epochSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { TestAuthority } from '../../support/factor-authority.ts';
import { asParameters } from '../../support/oauth.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const ANSWER = `answer {
  __typename
  ... on AuthorizationRedirect { redirectTo }
  ... on AuthorizationPost { action fields { name value } }
  ... on AuthorizationInteraction { handle pageUrl }
}`;
const FIELDS = [
  'requestExternalFactor',
  'beginExternalFactor',
  'resumeExternalFactor',
  'answerExternalFactor',
] as const;
type FieldName = (typeof FIELDS)[number];
const documentOf = (field: FieldName) =>
  `mutation ($input: ${field.replace(/^./, (first) => first.toUpperCase())}Input!) { ${field}(input: $input) { ${ANSWER} } }`;

describe('the mutations of second factors for other services', () => {
  let world: World;
  let acme: TenantRef;
  let authority: TestAuthority;
  const caller = anonymousCaller(TEST_ORIGIN);
  beforeAll(async () => {
    authority = await TestAuthority.start();
    world = await World.open(undefined, undefined, undefined, undefined, [authority.template]);
    acme = await world.tenant({ name: 'acme' });
    await world.newClient(acme, {
      clientId: 'factor',
      redirects: [{ uri: authority.answerAddress }],
      specialFlow: authority.flow(),
    });
    await world.newUser(acme, { username: 'ada' });
  });
  afterAll(async () => {
    await world.close();
    await authority.close();
  });

  const run = (field: FieldName, input: object, jar = new CookieJar()) =>
    jar.use((browser) => world.graphql(caller, documentOf(field), { input: { tenant: 'acme', ...input } }, browser));
  const request = async (asked: Readonly<Record<string, string>> = {}) => ({
    parameters: asParameters({
      client_id: 'factor',
      redirect_uri: authority.answerAddress,
      id_token_hint: await authority.hint({ iat: epochSeconds(world.clock.now()) }),
      ...asked,
    }),
  });

  it('take a request, begin its sign-in and lead back to its pages', async () => {
    const jar = new CookieJar();
    const taken = await run('requestExternalFactor', await request(), jar);
    expect(taken.data.requestExternalFactor.answer).toEqual({
      __typename: 'AuthorizationRedirect',
      redirectTo: expect.stringMatching(
        /^https:\/\/id\.example\.com\/api\/flows\/microsoft-mfa\/acme\/authorize\?posted_request=[\w-]{43}$/,
      ),
    });
    const { searchParams } = new URL(taken.data.requestExternalFactor.answer.redirectTo);
    const kept = { parameters: asParameters(Object.fromEntries(searchParams)) };
    const begun = await run('beginExternalFactor', kept, jar);
    const { handle, pageUrl } = begun.data.beginExternalFactor.answer;
    expect(pageUrl).toBe(`https://id.example.com/t/acme/sign-in/${handle}`);
    const { data } = await run('resumeExternalFactor', { handle }, jar);
    expect(data.resumeExternalFactor.answer).toEqual({ __typename: 'AuthorizationInteraction', handle, pageUrl });
    expect((await run('resumeExternalFactor', { handle })).code).toBe('INTERACTION_NOT_FOUND');
  });

  it('answer a refusal as data, which the browser posts back', async () => {
    const { data } = await run('requestExternalFactor', await request({ scope: 'email', state: 'st' }));
    expect(data.requestExternalFactor.answer).toEqual({
      __typename: 'AuthorizationPost',
      action: authority.answerAddress,
      fields: [
        { name: 'error', value: 'invalid_request' },
        { name: 'error_description', value: 'scope must contain openid.' },
        { name: 'state', value: 'st' },
      ],
    });
  });

  it.each(['requestExternalFactor', 'beginExternalFactor'] as const)(
    'give the refusals of requests: %s',
    async (field) => {
      const { parameters } = await request();
      for (const [code, input] of [
        ['AUTHORIZATION_CLIENT_INVALID', await request({ client_id: 'unknown' })],
        ['AUTHORIZATION_REDIRECT_INVALID', await request({ redirect_uri: 'https://evil.example/' })],
        [
          'AUTHORIZATION_PARAMETER_REPEATED',
          { parameters: [...parameters, { name: 'client_id', values: ['factor'] }] },
        ],
        ['AUTHORIZATION_PARAMETER_REPEATED', { parameters: [...parameters, { name: 'redirect_uri', values: ['x'] }] }],
      ] as const)
        expect((await run(field, input)).code).toBe(code);
    },
  );

  it('give what only one of them gives', async () => {
    const huge = {
      parameters: asParameters({
        ...Object.fromEntries((await request()).parameters.map(({ name, values }) => [name, values[0]!])),
        x: 'x'.repeat(131_072),
      }),
    };
    expect((await run('requestExternalFactor', huge)).code).toBe('REQUEST_TOO_LARGE');
    const unknown = { parameters: asParameters({ posted_request: 'unknown' }) };
    expect((await run('beginExternalFactor', unknown)).code).toBe('POSTED_REQUEST_NOT_FOUND');
    expect((await run('answerExternalFactor', { handle: 'unknown' })).code).toBe('INTERACTION_NOT_FOUND');
  });

  it.each(FIELDS)('give TENANT_REQUIRED and BROWSER_REQUIRED: %s', async (field) => {
    const input = field.startsWith('re') && field !== 'resumeExternalFactor' ? await request() : { handle: 'x' };
    const sent = field === 'beginExternalFactor' ? await request() : input;
    expect((await run(field, { ...sent, tenant: 'nowhere' })).code).toBe('TENANT_REQUIRED');
    const { code } = await world.graphql(caller, documentOf(field), { input: { tenant: 'acme', ...sent } });
    expect(code).toBe('BROWSER_REQUIRED');
  });

  it('are the only ones that their kind of issuer serves', async () => {
    const kind = 'issuerKind: EXTERNAL_FACTOR';
    const signIn = await new CookieJar().use((browser) =>
      world.graphql(
        caller,
        `mutation ($parameters: [OAuthParameterInput!]!) {
          authorize(input: { tenant: "acme", ${kind}, parameters: $parameters }) { answer { ... on AuthorizationPost { fields { name value } } } }
        }`,
        asVariables({ response_type: 'code', response_mode: 'form_post' }),
        browser,
      ),
    );
    expect(signIn.data.authorize.answer.fields[0]).toEqual({ name: 'error', value: 'unsupported_response_type' });
    const signOut = await new CookieJar().use((browser) =>
      world.graphql(
        caller,
        `mutation { keepPostedRequest(input: { tenant: "acme", ${kind}, endpoint: END_SESSION, parameters: [] }) { redirectTo } }`,
        {},
        browser,
      ),
    );
    expect(signOut.code).toBe('INVALID_INPUT');
  });

  const asVariables = (asked: Readonly<Record<string, string>>) => ({
    parameters: asParameters({ client_id: 'factor', redirect_uri: authority.answerAddress, ...asked }),
  });
});
