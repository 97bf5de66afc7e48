import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { World } from '../../../support/world.ts';

const QUESTION = 'First street you lived on?';
const ANSWER = 'Elm';

describe('the security question', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant({ settings: { lockout: { accountLimit: 3, quickMilliseconds: 0 } } });
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());

  const service = () => world.services.securityQuestions;
  const all = () => world.system(tenant);
  const set = (question = QUESTION, answer = ANSWER) => service().set(all(), { userId: user.id, question, answer });
  const check = (question = QUESTION, answer = ANSWER) => service().check(all(), { userId: user.id, question, answer });
  const eventsOf = async () =>
    (await world.events(tenant)).filter(
      ({ type, subject_id }) => type.startsWith('security_question.') && subject_id === user.id,
    );

  it('is set, shown without its answer, replaced and removed, with one event each', async () => {
    expect(await refusalOf(service().get(all(), user.id))).toBe('SECURITY_QUESTION_NOT_FOUND');
    expect(await set()).toMatchObject({ userId: user.id, question: QUESTION });
    expect(Object.keys(await service().get(all(), user.id)).sort()).toEqual([
      'createdAt',
      'question',
      'tenantId',
      'updatedAt',
      'userId',
    ]);
    await set('Name of the first pet?', 'Rex');
    expect((await service().get(all(), user.id)).question).toBe('Name of the first pet?');
    await service().remove(all(), user.id);
    expect(await refusalOf(service().remove(all(), user.id))).toBe('SECURITY_QUESTION_NOT_FOUND');
    expect((await eventsOf()).map(({ type }) => type)).toEqual([
      'security_question.changed',
      'security_question.changed',
      'security_question.removed',
    ]);
    expect(JSON.stringify(await world.events(tenant))).not.toContain(ANSWER);
  });

  it('keeps an Argon2id hash of the answer', async () => {
    await set();
    expect(await world.stores.securityQuestionStore.findHash(tenant.id, user.id)).toMatch(/^\$argon2id\$/);
  });

  it('is checked: the question first, then the answer, each to the letter', async () => {
    expect(await refusalOf(check())).toBe('SECURITY_QUESTION_NOT_FOUND');
    await set();
    expect(await refusalOf(check())).toBeNull();
    expect(await refusalOf(check(QUESTION.toLowerCase()))).toBe('SECURITY_QUESTION_WRONG');
    expect(await refusalOf(check(QUESTION, 'elm'))).toBe('SECURITY_ANSWER_WRONG');
    expect((await eventsOf()).slice(1).map(({ type, outcome, reason }) => [type, outcome, reason])).toEqual([
      ['security_question.changed', 'success', null],
      ['security_question.check_failed', 'failure', 'SECURITY_QUESTION_WRONG'],
      ['security_question.check_failed', 'failure', 'SECURITY_ANSWER_WRONG'],
    ]);
    expect(await refusalOf(check(QUESTION, `${ANSWER} `))).toBe('SECURITY_ANSWER_WRONG');
  });

  it('takes an answer that could never have been set for a wrong one', async () => {
    await set();
    for (const answer of ['', 'x'.repeat(100_000), '\ud800']) {
      user = await world.newUser(tenant);
      await set();
      expect(await refusalOf(check(QUESTION, answer))).toBe('SECURITY_ANSWER_WRONG');
    }
    expect(await refusalOf(check('\0'))).toBe('SECURITY_QUESTION_WRONG');
  });

  it('cannot be guessed: after three wrong answers a right one is refused for a while, and passwords go on (check 46)', async () => {
    await set();
    for (let i = 0; i < 3; i++) expect(await refusalOf(check(QUESTION, 'Oak'))).toBe('SECURITY_ANSWER_WRONG');
    expect(await refusalOf(check())).toBe('SECURITY_ANSWER_WRONG');
    expect((await eventsOf()).at(-1)).toMatchObject({ reason: 'locked_out' });
    const attempt = { tenant, userId: user.id, name: user.id, peerIp: null, knownDeviceId: null };
    const { lockouts } = world.services;
    expect((await lockouts.check({ ...attempt, factor: 'secret-answer' })).isBlocked).toBe(true);
    for (const factor of ['first', 'second'] as const) {
      expect((await lockouts.check({ ...attempt, factor })).isBlocked).toBe(false);
    }
    world.clock.advance(31);
    expect(await refusalOf(check())).toBeNull();
  });

  it('refuses empty, blank, long and hostile texts, each with its path', async () => {
    for (const text of ['', '  ', 'x'.repeat(256), 'nul\0', '\ud800', 'line\nbreak']) {
      expect(await refusalOf(set(text))).toBe('INVALID_INPUT');
      expect(await refusalOf(set(QUESTION, text))).toBe('INVALID_INPUT');
    }
    await expect(set(QUESTION, '')).rejects.toMatchObject({ fields: [{ path: 'input.answer' }] });
    expect(await eventsOf()).toEqual([]);
  });

  it('is changed by its owner only, and only soon after a sign-in (check 54)', async () => {
    const own = new Authority(world.user(tenant, user.id), tenant, 'self');
    const input = { userId: user.id, question: QUESTION, answer: ANSWER };
    await service().set(own, input);
    const { reauthSeconds } = (await world.services.directory.byId(tenant.id))!.settings;
    world.clock.advance(reauthSeconds + 1);
    expect(await refusalOf(service().set(own, input))).toBe('REAUTHENTICATION_REQUIRED');
    expect(await refusalOf(service().remove(own, user.id))).toBe('REAUTHENTICATION_REQUIRED');
    expect(await refusalOf(service().check(own, input))).toBeNull();
    const other = await world.newUser(tenant);
    for (const refused of [
      service().get(own, other.id),
      service().set(own, { ...input, userId: other.id }),
      service().remove(own, other.id),
      service().check(own, { ...input, userId: other.id }),
    ]) {
      expect(await refusalOf(refused)).toBe('FORBIDDEN');
    }
  });

  it('is not found for an unknown user', async () => {
    const input = { question: QUESTION, answer: ANSWER };
    for (const userId of ['nobody', 'nul\0']) {
      expect(await refusalOf(service().get(all(), userId))).toBe('USER_NOT_FOUND');
      expect(await refusalOf(service().set(all(), { userId, ...input }))).toBe('USER_NOT_FOUND');
      expect(await refusalOf(service().check(all(), { userId, ...input }))).toBe('USER_NOT_FOUND');
      expect(await refusalOf(service().remove(all(), userId))).toBe('USER_NOT_FOUND');
    }
  });
});
