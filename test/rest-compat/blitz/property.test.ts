import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLITZ } from '../../../rest-compat/blitz/index.ts';
import { BLITZ_SCOPES } from '../../../rest-compat/blitz/scopes.ts';
import { openApiOf } from '../../../rest-compat/engine/index.ts';
import { BlitzWorld } from '../../support/blitz.ts';
import { type DescribedOperation, type MadeRequest, requestsFor } from '../../support/openapi-requests.ts';
import type { Answer } from '../../support/rest.ts';
import { testGraph } from '../../support/world.ts';

/** Requests per row: so many batches of so many at once. */
const BATCHES = 20;
const AT_ONCE = 10;
const SEED = 20_261_122;

interface Row {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: DescribedOperation;
}

async function rowsOf(): Promise<Row[]> {
  const { paths } = openApiOf(BLITZ, await testGraph(), 'https://id.example.com') as {
    paths: Record<string, Record<string, DescribedOperation>>;
  };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

const ROWS = await rowsOf();
const scopesFor = (holder: string) => BLITZ_SCOPES.filter((scope) => scope.holder === holder).map(({ name }) => name);

/** Whether an error has one of the documented envelopes (spec section 0.5), or is a page for a browser. */
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

describe('Blitz: whatever is sent is answered in the documented words, and never with 5xx', () => {
  let blitz: BlitzWorld;
  let application: string;
  const answered = new Map<number, number>();
  beforeAll(async () => {
    blitz = await BlitzWorld.open();
    const { secret } = await blitz.world.newClient(blitz.tenant, {
      clientId: 'everything',
      grants: ['client_credentials', 'password'],
      scopes: ['openid', ...BLITZ_SCOPES.map(({ name }) => name)].map((name) => ({ name, isDefault: false })),
      withRestSecret: true,
    });
    application = `Basic ${Buffer.from(`everything:${secret}`).toString('base64')}`;
    await blitz.world.newProvider(blitz.tenant, { type: 'vk', name: 'vk_1', storeTokens: true });
  });
  afterAll(async () => {
    await blitz.close();
    // Most requests are refused; some must have got through, or the property says little.
    expect(answered.get(200) ?? 0).toBeGreaterThan(100);
    expect(answered.get(204) ?? 0).toBeGreaterThan(20);
  });

  const token = async (path: string, form: Record<string, string>): Promise<string> => {
    const headers = { authorization: application, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await blitz.rest.ask('POST', path, { headers, body: new URLSearchParams(form).toString() });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return `Bearer ${answer.json.access_token}`;
  };
  const send = async ({ method, path, headers, body }: MadeRequest): Promise<Answer> => {
    const answer = await blitz.rest.ask(method, path, { headers, body });
    answered.set(answer.status, (answered.get(answer.status) ?? 0) + 1);
    return answer;
  };

  it.each(ROWS.map((row) => [row.name, row] as const))('%s', { timeout: 60_000 }, async (_, row) => {
    const user = await blitz.account();
    const system = { grant_type: 'client_credentials', scope: scopesFor('application').join(' ') };
    const own = { grant_type: 'password', username: user.username, password: 'three-wombats-at-dawn' };
    const scope = ['openid', ...scopesFor('user')].join(' ');
    const good = [await token('/blitz/oauth/te', system), await token('/t/master/oauth/token', { ...own, scope })];
    const credentials = [
      ...good,
      ...good,
      ...good,
      ...good,
      blitz.restBasic,
      application,
      '',
      'Bearer nonsense',
      'Basic !',
    ];
    const known = [
      user.id,
      user.id,
      user.id,
      Buffer.from(`usr:${user.id}`).toString('base64url'),
      'vk',
      'vk_1',
      'portal',
      user.username,
    ];
    const requests = requestsFor(row.method, row.path, row.operation, known, credentials);
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
        const answers = await Promise.all(batch.map(send));
        answers.forEach((answer, at) => {
          const { status, text } = answer;
          if (status >= 500 || !isDocumented(answer))
            throw new Error(`${JSON.stringify(batch[at])} is answered with ${status} ${text}`);
        });
        // Taken away, so that a fault counts for its own row alone.
        expect(blitz.rest.faults.splice(0)).toEqual([]);
      }),
      { numRuns: BATCHES, seed: SEED, endOnFailure: true },
    );
  });
});
