import { describe, expect, it } from 'vitest';
import { blitzOfSuite } from '../../support/blitz.ts';

const FORM = 'application/x-www-form-urlencoded';

/** A separate file, because the address of the requests is blocked afterwards. */
describe('the token endpoint on the embedded database', () => {
  const blitz = blitzOfSuite(() => [undefined, undefined, undefined, {}]);
  const post = (form: Record<string, string>) =>
    blitz.rest.ask('POST', '/t/master/oauth/token', {
      headers: { 'content-type': FORM, authorization: blitz.basic },
      body: new URLSearchParams(form).toString(),
    });

  it('answers password grants beyond the bound with 503 and Retry-After, and serves other requests meanwhile', async () => {
    let open = 200;
    const form = { grant_type: 'password', password: 'wrong', scope: 'openid' };
    const requests = Array.from({ length: open }, async (_, at) => {
      const answer = await post({ ...form, username: `nobody-${at}` });
      open -= 1;
      return answer;
    });
    // The first one is refused while the others wait for their hashes.
    await Promise.race(requests);
    expect((await blitz.rest.ask('GET', '/t/master/oauth/jwks')).status).toBe(200);
    expect(open).toBeGreaterThan(0);
    const answers = await Promise.all(requests);
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['1']));
    expect([...new Set(answers.map(({ status }) => status))].sort()).toEqual([400, 503]);
    // Each refused one is logged for the operator.
    const faults = blitz.rest.faults.splice(0) as { code: string }[];
    expect(faults.map(({ code }) => code)).toEqual(refused.map(() => 'SERVICE_UNAVAILABLE'));
  });
});
