import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODE_KIND } from '../../../../src/oauth/grants/authorization-code.ts';
import { authorizingOfSuite, paramsOf } from '../../../support/authorization.ts';
import { CookieJar } from '../../../support/cookie-jar.ts';
import { TestUser } from '../../../support/oauth.ts';
import { openPostgresDatabase } from '../../../support/postgres.ts';

const SIMULTANEOUS = 50;

describe('simultaneous ways back from the pages of a sign-in, on PostgreSQL', () => {
  const suite = authorizingOfSuite(openPostgresDatabase);
  beforeAll(() => suite.world.services.eventEngine.start());
  afterAll(() => suite.world.services.eventEngine.stop());

  const countCodes = async () => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from one_time_codes
      where tenant_id = ${suite.tenant.id}::uuid and kind = ${CODE_KIND}`.execute(suite.world.db.read());
    return rows[0]!.count;
  };
  const resumeAtOnce = async (jar: CookieJar, handle: string) => {
    const sent = await Promise.allSettled(Array.from({ length: SIMULTANEOUS }, () => suite.resume(jar, handle)));
    const refusals = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason.code as string] : []));
    return { answers: sent.flatMap((one) => (one.status === 'fulfilled' ? [paramsOf(one.value)] : [])), refusals };
  };
  // A request that comes between the use of the interaction and the note of its end finds neither.
  const expectLost = (refusals: readonly string[]) => {
    expect(refusals).toHaveLength(SIMULTANEOUS - 1);
    expect(refusals.filter((code) => code !== 'AUTHORIZATION_ENDED' && code !== 'INTERACTION_NOT_FOUND')).toEqual([]);
  };

  it('give one code for one finished sign-in', async () => {
    const user = await TestUser.create(suite.world, suite.client);
    const jar = new CookieJar();
    const handle = await suite.ask(jar);
    await suite.typePassword(jar, handle, user);
    const { answers, refusals } = await resumeAtOnce(jar, handle);
    expect(answers).toEqual([{ code: expect.stringMatching(/^[\w-]{43}$/), state: 'st', iss: expect.any(String) }]);
    expectLost(refusals);
    expect(await countCodes()).toBe(1);
  });

  it('tell the application once that the user gave up', async () => {
    const jar = new CookieJar();
    const handle = await suite.ask(jar);
    await jar.use((browser) => suite.world.services.interactionSteps.cancel(suite.authority(), browser, handle));
    const before = await countCodes();
    const { answers, refusals } = await resumeAtOnce(jar, handle);
    expect(answers.map(({ error }) => error)).toEqual(['access_denied']);
    expectLost(refusals);
    expect(await countCodes()).toBe(before);
    const reasons = (await suite.refusals()).map((refusal) => (refusal as { reason: string }).reason);
    expect(reasons.filter((reason) => reason === 'access_denied')).toHaveLength(1);
  });
});
