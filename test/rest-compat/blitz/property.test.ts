import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLITZ } from '../../../rest-compat/blitz/index.ts';
import { type AllPowerful, blitzOfSuite } from '../../support/blitz.ts';
import { describedRows, populateAccount, RETURN } from '../../support/blitz-populated.ts';
import { type MadeRequest, requestsFor } from '../../support/openapi-requests.ts';
import type { Answer } from '../../support/rest.ts';
import { TestUpstream } from '../../support/upstream.ts';

/** Requests for each row: the number of batches, and of parallel requests in a batch. */
const BATCHES = 20;
const AT_ONCE = 10;
const SEED = 20_261_122;

const ROWS = describedRows(BLITZ);

/**
 * Whether an error has one of the documented envelopes (docs/dialects/blitz.md, section 0.5), or is a page for a
 * browser.
 */
function isDocumented({ status, text, json, headers }: Answer): boolean {
  if (status < 400 || text === '') return true;
  if (json === undefined) return headers['content-type']?.startsWith('text/html') === true;
  const { type, error, error_description: description, errors, desc } = json;
  if (type === 'input_error')
    return (
      error === 'wrong_values' &&
      errors.length > 0 &&
      errors.every((item: Record<string, unknown>) =>
        ['type', 'error', 'desc', 'pos'].every((member) => typeof item[member] === 'string'),
      )
    );
  if (type === 'process_error') return typeof error === 'string' && typeof desc === 'string';
  return type === undefined && typeof error === 'string' && typeof description === 'string';
}

/** Rows that need a browser redirected by a provider or by the pages of a sign-in, and a token that only a browser gets. */
const NEVER_THROUGH = new Set([
  'GET /blitz/api/users/current/fps/bind/cb/{type}/{name}',
  'GET /blitz/oauth/ae/{handle}',
  'GET /blitz/oauth/me',
]);

describe('Blitz: every request is answered in a documented form, and never with 5xx', () => {
  const blitz = blitzOfSuite();
  let upstream: TestUpstream;
  let powerful: AllPowerful;
  beforeAll(async () => {
    powerful = await blitz.allPowerful();
    // Otherwise lock-out would soon refuse all attempts.
    const { world, tenant } = blitz;
    await world.services.tenants.updateSettings(world.system(tenant), { lockout: { enabled: false } });
    upstream = await TestUpstream.start({ clientId: 'idgraph', redirectUris: [RETURN] });
    const { issuer } = upstream;
    await blitz.world.newProvider(blitz.tenant, { type: 'vk', name: 'vk_1', issuer, storeTokens: true });
  });
  afterAll(async () => {
    await upstream.close();
  });

  it.each(ROWS.map((row) => [row.name, row] as const))('%s', { timeout: 120_000 }, async (_, row) => {
    // An address may post 200 requests of browsers in a minute, as many as one row sends.
    blitz.world.clock.advance(60);
    const { user, knownAt } = await populateAccount(blitz, powerful);
    const known = knownAt(row.path);
    const all: Readonly<Record<string, string>> = {
      applicationToken: `Bearer ${await powerful.app()}`,
      userToken: `Bearer ${await powerful.user(user)}`,
      client: row.path.startsWith('/blitz/oauth/') ? blitz.basic : blitz.restBasic,
    };
    const right = row.operation.security.flatMap((way) => Object.keys(way).map((scheme) => all[scheme] ?? ''));
    const wrong = ['', 'Bearer nonsense', 'Basic !', powerful.authorization];
    const credentials = [...right, ...right, ...right, ...Object.values(all), ...wrong];
    const some = [user.id, 'vk', 'vk_1', 'portal', user.username];
    const textsFor = (name: string) => (Object.hasOwn(known, name) ? known[name]! : some);
    const requests = requestsFor(row.method, row.path, row.operation, textsFor, credentials);
    let through = 0;
    const send = async (request: MadeRequest): Promise<void> => {
      const { method, path, headers, body } = request;
      const answer = await blitz.rest.ask(method, path, { headers, body });
      if (answer.status < 400) through++;
      else if (answer.status >= 500 || !isDocumented(answer))
        throw new Error(`${JSON.stringify(request)} is answered with ${answer.status} ${answer.text}`);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
        await Promise.all(batch.map(send));
        // Remove the faults, so that each counts only for its row.
        expect(blitz.rest.faults.splice(0)).toEqual([]);
      }),
      { numRuns: BATCHES, seed: SEED, endOnFailure: true },
    );
    // Most requests are refused, but some must succeed, or the test would say little about the row.
    if (!NEVER_THROUGH.has(row.name)) expect(through).toBeGreaterThan(0);
  });
});
