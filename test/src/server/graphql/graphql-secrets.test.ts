import { describe, expect, it } from 'vitest';
import { graphServersOfSuite, post } from '../../../support/graph-servers.ts';
import { totpCode } from '../../../support/totp.ts';

describe('operations that check secrets', () => {
  const graph = graphServersOfSuite();
  const { start } = graph;

  const CHANGE =
    'mutation ($current: String!) { changePassword(input: { currentPassword: $current, newPassword: "four-lanterns-by-noon" }) { userId } }';
  const ANSWER =
    'mutation ($user: ID!, $answer: String!) { checkSecurityAnswer(input: { userId: $user, question: "Tree?", answer: $answer }) { userId } }';
  const ATTACH =
    'mutation ($user: ID!, $code: String!) { attachTotp(input: { userId: $user, secret: "JBSWY3DPEHPK3PXP", code: $code }) { userId } }';

  it('run once in a batch: codes, also right ones (check 58)', async () => {
    const user = await graph.world.newUser(graph.tenant);
    const { url } = await start({
      authenticateToken: async (_token, origin) => ({
        ...graph.world.user(graph.tenant, user.id, 'credential:write:self'),
        origin,
      }),
    });
    const variables = { user: user.id, code: totpCode('JBSWY3DPEHPK3PXP', graph.world.clock.now()) };
    const guess = { query: ATTACH, variables };
    const { body } = await post(url, [guess, guess], { authorization: 'Bearer good' });
    const codes = body.map(
      ({ errors }: { errors?: { extensions: { code: string } }[] }) => errors?.[0]?.extensions.code,
    );
    expect(codes).toEqual([undefined, 'TOTP_CODE_WRONG']);
  });

  it.each([
    ['passwords', CHANGE, { current: 'wrong' }, 'PASSWORD_CURRENT_WRONG'],
    ['answers', ANSWER, { answer: 'wrong' }, 'SECURITY_ANSWER_WRONG'],
  ])('are tried once in a batch: %s (check 58)', async (_, query, wrong, code) => {
    const user = await graph.world.newUser(graph.tenant);
    await graph.world.givePassword(graph.tenant, user.id);
    const question = { userId: user.id, question: 'Tree?', answer: 'Elm' };
    await graph.world.services.securityQuestions.set(graph.world.system(graph.tenant), question);
    const scopes = ['password:change:self', 'security-question:check:self', 'credential:write:self'];
    const { url } = await start({
      authenticateToken: async (_token, origin) => ({ ...graph.world.user(graph.tenant, user.id, ...scopes), origin }),
    });
    const guess = { query, variables: { user: user.id, ...wrong } };
    const before = (await graph.world.events(graph.tenant)).length;
    const { body } = await post(url, [guess, guess, guess], { authorization: 'Bearer good' });
    const codes = body.map(({ errors }: { errors: { extensions: { code: string } }[] }) => errors[0]?.extensions.code);
    expect(codes).toEqual([code, code, code]);
    // Each attempt records an event, and nothing else here does.
    expect((await graph.world.events(graph.tenant)).length - before).toBe(1);
    await post(url, guess, { authorization: 'Bearer good' });
    expect((await graph.world.events(graph.tenant)).length - before).toBe(2);
  });
});
