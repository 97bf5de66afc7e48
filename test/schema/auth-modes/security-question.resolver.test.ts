import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const GET = 'query ($user: ID!) { securityQuestion(userId: $user) { userId question updatedAt } }';
const SET =
  'mutation ($input: SetSecurityQuestionInput!) { setSecurityQuestion(input: $input) { userId securityQuestion { question } } }';
const CHECK = 'mutation ($input: CheckSecurityAnswerInput!) { checkSecurityAnswer(input: $input) { userId } }';
const REMOVE =
  'mutation ($input: RemoveSecurityQuestionInput!) { removeSecurityQuestion(input: $input) { userId securityQuestion { question } } }';
const SAMPLE = { question: 'First street you lived on?', answer: 'Elm' };

describe('the security question over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((text) => statements.push(text)));
    tenant = await world.tenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());

  const me = (...scopes: string[]) => world.user(tenant, user.id, ...scopes);
  const app = (...scopes: string[]) => world.app(tenant, ...scopes);
  const globalId = () => `usr~${tenant.route}~${user.id}`;
  const set = (caller = me('security-question:write:self')) =>
    world.graphql(caller, SET, { input: { userId: user.id, ...SAMPLE } });

  it('is set, checked, shown and removed with only native scopes of the caller’s own account', async () => {
    expect((await world.graphql(me('security-question:read:self'), GET, { user: user.id })).code).toBe(
      'SECURITY_QUESTION_NOT_FOUND',
    );
    const done = await set();
    expect([done.errors, done.data.setSecurityQuestion]).toEqual([
      [],
      { userId: user.id, securityQuestion: { question: SAMPLE.question } },
    ]);
    const shown = await world.graphql(me('security-question:read:self'), GET, { user: globalId() });
    expect(shown.data.securityQuestion).toMatchObject({ userId: user.id, question: SAMPLE.question });
    const checker = me('security-question:check:self');
    const right = await world.graphql(checker, CHECK, { input: { userId: globalId(), ...SAMPLE } });
    expect(right.data.checkSecurityAnswer).toEqual({ userId: user.id });
    const wrong = await world.graphql(checker, CHECK, { input: { userId: user.id, ...SAMPLE, answer: 'Oak' } });
    expect(wrong.code).toBe('SECURITY_ANSWER_WRONG');
    const other = await world.graphql(checker, CHECK, { input: { userId: user.id, ...SAMPLE, question: 'Which?' } });
    expect(other.code).toBe('SECURITY_QUESTION_WRONG');
    const gone = await world.graphql(me('security-question:write:self'), REMOVE, { input: { userId: user.id } });
    expect(gone.data.removeSecurityQuestion).toEqual({ userId: user.id, securityQuestion: null });
    const again = await world.graphql(app('security-question:write'), REMOVE, { input: { userId: user.id } });
    expect(again.code).toBe('SECURITY_QUESTION_NOT_FOUND');
  });

  it('names the path of a value it refuses', async () => {
    const { errors } = await world.graphql(app('security-question:write'), SET, {
      input: { userId: user.id, question: '', answer: 'x' },
    });
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'input.question' }] });
  });

  it('cannot be guessed in bulk by aliases in one document (check 58)', async () => {
    await set();
    const one = `checkSecurityAnswer(input: { userId: "${user.id}", question: "${SAMPLE.question}", answer: "Elm" }) { userId }`;
    const { data, code } = await world.graphql(app('security-question:check'), `mutation { a: ${one} b: ${one} }`);
    expect([data, code]).toEqual([null, 'SECURITY_ANSWER_WRONG']);
  });

  it('is a field of users, null if none is set, in a fixed number of statements', async () => {
    const home = await world.tenant();
    const people = await Promise.all(Array.from({ length: 6 }, () => world.newUser(home)));
    for (const { id } of people.slice(1)) {
      await world.services.securityQuestions.set(world.system(home), { userId: id, ...SAMPLE });
    }
    const PAGE = 'query ($first: Int!) { users(first: $first) { nodes { securityQuestion { question } } } }';
    const cost = async (first: number) => {
      statements.length = 0;
      const { data, errors } = await world.graphql(world.app(home, 'user:read', 'security-question:read'), PAGE, {
        first,
      });
      expect([errors, data.users.nodes.length]).toEqual([[], first]);
      return { count: statements.length, data };
    };
    const few = await cost(2);
    const all = await cost(6);
    expect(few.count).toBe(all.count);
    const questions = all.data.users.nodes.map((node: { securityQuestion: unknown }) => node.securityQuestion);
    expect(questions.filter((question: unknown) => question === null)).toHaveLength(1);
    expect((await world.graphql(world.app(home, 'user:read'), PAGE, { first: 1 })).code).toBe('FORBIDDEN');
  });

  it('refuses callers without the permission, other users, and callers of other tenants', async () => {
    await set();
    const other = await world.tenant();
    const input = { userId: user.id, ...SAMPLE };
    const codeOf = async (...args: Parameters<World['graphql']>) => (await world.graphql(...args)).code;
    expect(await codeOf(app('security-question:check'), GET, { user: user.id })).toBe('FORBIDDEN');
    expect(await codeOf(app('security-question:read'), CHECK, { input })).toBe('FORBIDDEN');
    expect(await codeOf(app('security-question:read', 'security-question:check'), SET, { input })).toBe('FORBIDDEN');
    expect(await codeOf(app('security-question:read'), REMOVE, { input: { userId: user.id } })).toBe('FORBIDDEN');
    const stranger = (...scopes: string[]) => world.user(tenant, 'somebody', ...scopes);
    expect(await codeOf(stranger('security-question:read:self'), GET, { user: user.id })).toBe('FORBIDDEN');
    expect(await codeOf(stranger('security-question:check:self'), CHECK, { input })).toBe('FORBIDDEN');
    expect(await codeOf(stranger('security-question:write:self'), SET, { input })).toBe('FORBIDDEN');
    expect(await codeOf(world.app(other, 'security-question:read'), GET, { user: user.id })).toBe('USER_NOT_FOUND');
    expect(await codeOf(world.app(other, 'security-question:read'), GET, { user: globalId() })).toBe('FORBIDDEN');
  });
});
