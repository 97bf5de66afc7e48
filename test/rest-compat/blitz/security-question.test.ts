import { describe, expect, it } from 'vitest';
import { eventName } from '../../../rest-compat/blitz/events.ts';
import { blitzOfSuite, callersOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, NOT_FOUND, wrongValue } from '../../support/blitz-refusals.ts';

/** The manual's sample. */
const SAMPLE = { question: 'First street you lived on?', answer: 'Elm' };

describe('Blitz 2.10: security question', () => {
  const blitz = blitzOfSuite();
  const who = callersOfSuite(blitz);

  const path = (id = who.anna.id) => `/blitz/api/v3/users/${id}/secQsn`;
  const asAnna = () => ({ token: who.annasToken, headers: END_USER });
  const asSystem = () => ({ token: who.system });
  type As = ReturnType<typeof asAnna> | ReturnType<typeof asSystem>;
  const get = (as: As = asSystem()) => blitz.rest.ask('GET', path(), as);
  const set = (body: unknown = SAMPLE, as: As = asAnna()) => blitz.rest.ask('POST', path(), { ...as, body });
  const check = (over: object = {}, as: As = asAnna()) =>
    blitz.rest.ask('POST', `${path()}/check`, { ...as, body: { ...SAMPLE, ...over } });
  const remove = (as: As = asAnna()) => blitz.rest.ask('DELETE', path(), as);
  const wrongAnswer = (desc: string) => ({ type: 'process_error', error: 'wrong_security_answer', desc });

  it('T19: is 404 before it is set, then shows only the question; the right answer is 204', async () => {
    const none = await get();
    expect([none.status, none.json]).toEqual([404, NOT_FOUND]);
    const done = await set();
    expect([done.status, done.text]).toEqual([204, '']);
    for (const as of [asAnna(), asSystem()]) {
      expect((await get(as)).text).toBe(JSON.stringify({ question: SAMPLE.question }));
      const right = await check({}, as);
      expect([right.status, right.text]).toEqual([204, '']);
    }
  });

  it('T19: refuses a check with one code and three different texts', async () => {
    const unset = await check();
    expect([unset.status, unset.json]).toEqual([400, wrongAnswer('security question not found')]);
    await set();
    const question = await check({ question: 'Name of the first pet?', answer: 'wrong too' });
    expect([question.status, question.json]).toEqual([400, wrongAnswer('security question not match')]);
    const answer = await check({ answer: 'Oak' });
    expect([answer.status, answer.text]).toEqual([400, JSON.stringify(wrongAnswer('security answer not match'))]);
  });

  it('compares exactly, and accepts every answer that the graph accepts', async () => {
    await set();
    for (const answer of ['elm', 'Elm ', '']) {
      blitz.world.clock.advance(1);
      expect((await check({ answer })).json).toEqual(wrongAnswer('security answer not match'));
    }
    who.anna = await blitz.account();
    await set(SAMPLE, asSystem());
    const long = await check({ answer: 'x'.repeat(10_000) }, asSystem());
    expect(long.json).toEqual(wrongAnswer('security answer not match'));
    for (const answer of ['x'.repeat(50_000), 'nul\u0000'])
      expect((await check({ answer }, asSystem())).json).toEqual(wrongValue('answer'));
  });

  it('refuses the right answer like a wrong one after too many attempts', async () => {
    await set();
    const { accountLimit } = (await blitz.world.services.directory.byId(blitz.tenant.id))!.settings.lockout;
    for (let i = 0; i < accountLimit; i++) {
      await check({ answer: `guess ${i}` }, asSystem());
      blitz.world.clock.advance(1);
    }
    const refused = await check({}, asSystem());
    expect([refused.status, refused.json]).toEqual([400, wrongAnswer('security answer not match')]);
  });

  it('is replaced and removed; one that is not set cannot be removed', async () => {
    await set();
    await set({ question: 'Name of the first pet?', answer: 'Rex' }, asSystem());
    expect((await get()).json).toEqual({ question: 'Name of the first pet?' });
    const gone = await remove();
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await get()).status).toBe(404);
    const again = await remove(asSystem());
    expect([again.status, again.json]).toEqual([404, NOT_FOUND]);
  });

  it('refuses empty, missing, mistyped and hostile values with their fields', async () => {
    const list = (...positions: string[]) => ({
      type: 'input_error',
      error: 'wrong_values',
      errors: positions.map((pos) => ({ type: 'input_error', error: 'wrong_value', desc: expect.any(String), pos })),
    });
    for (const [body, pos] of [
      [{ ...SAMPLE, question: '' }, 'question'],
      [{ ...SAMPLE, answer: '' }, 'answer'],
      [{ question: SAMPLE.question }, 'answer'],
      [{ ...SAMPLE, answer: 5 }, 'answer'],
      [{ ...SAMPLE, question: null }, 'question'],
      [{ ...SAMPLE, question: 'x'.repeat(256) }, 'question'],
      [{ ...SAMPLE, answer: 'nul\u0000' }, 'answer'],
      [{ ...SAMPLE, question: '\ud800' }, 'question'],
    ] as const) {
      const answer = await set(body);
      expect([answer.status, answer.json]).toEqual([400, list(pos)]);
    }
    expect((await set({})).json).toEqual(list('question', 'answer'));
    expect((await check({ answer: undefined })).json).toEqual(list('answer'));
    expect((await get()).status).toBe(404);
  });

  it('is found by subjectId and by instanceId, and not for an unknown account', async () => {
    const instanceId = Buffer.from(`usr:${who.anna.id}`).toString('base64url');
    expect((await blitz.rest.ask('POST', path(instanceId), { ...asAnna(), body: SAMPLE })).status).toBe(204);
    expect((await blitz.rest.ask('GET', path(instanceId), asSystem())).status).toBe(200);
    for (const [method, suffix, body] of [
      ['GET', '', undefined],
      ['POST', '', SAMPLE],
      ['POST', '/check', SAMPLE],
      ['DELETE', '', undefined],
    ] as const) {
      for (const id of ['nobody', '%00']) {
        const answer = await blitz.rest.ask(method, `${path(id)}${suffix}`, { token: who.system, body });
        expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
      }
    }
  });

  it('T13: accepts each documented scope alone, and no token of another account', async () => {
    const boris = await blitz.account();
    for (const ask of [
      blitz.rest.ask('GET', path(boris.id), asAnna()),
      blitz.rest.ask('POST', `${path(boris.id)}/check`, { ...asAnna(), body: SAMPLE }),
      blitz.rest.ask('POST', path(boris.id), { ...asAnna(), body: SAMPLE }),
      blitz.rest.ask('DELETE', path(boris.id), asAnna()),
    ]) {
      const { status, json } = await ask;
      expect([status, json.error]).toEqual([403, 'access_denied']);
    }
    for (const as of [
      { token: await blitz.userToken(who.anna, 'blitz_api_usec'), headers: END_USER },
      { token: await blitz.appToken('blitz_api_sys_usec') },
    ]) {
      await set(SAMPLE, asSystem());
      expect((await get(as)).status).toBe(200);
      expect((await check({}, as)).status).toBe(204);
      for (const refused of [await set(SAMPLE, as), await remove(as)]) {
        expect([refused.status, refused.json.error]).toEqual([403, 'insufficient_scope']);
      }
    }
  });

  it('T8: records every change and every failed check, without the answers', async () => {
    const before = (await blitz.world.events(blitz.tenant)).length;
    await set();
    await check();
    await check({ answer: 'Oak-tree' });
    await remove();
    const events = (await blitz.world.events(blitz.tenant)).slice(before);
    expect(events.map(({ type, params }) => eventName(type, params))).toEqual([
      'sec_qsn_changed',
      'sec_qsn_check_failed',
      'sec_qsn_removed',
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ subject_id: who.anna.id, actor_id: who.anna.id, ip: END_USER['x-forwarded-for'] });
    }
    expect(JSON.stringify(events)).not.toMatch(/Elm|Oak/);
  });
});
