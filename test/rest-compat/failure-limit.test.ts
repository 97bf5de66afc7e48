import type { Context, Middleware } from 'koa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIALECTS, mountRestCompat } from '../../rest-compat/index.ts';
import { FAILURE_LIMIT, limitFailures } from '../../src/server/http/failure-limit.ts';
import { AnswerChecker } from '../support/api-description.ts';
import { ENGINE_OPTIONS, RestClient, worldHost } from '../support/rest.ts';
import { World } from '../support/world.ts';

/** Calls the second middleware for what the first one lets pass. */
const inTurn =
  (first: Middleware, second: Middleware): Middleware =>
  (ctx, next) =>
    first(ctx, () => second(ctx, next));

describe('an address that failed to authenticate too often', () => {
  let world: World;
  let client: RestClient;
  beforeAll(async () => {
    world = await World.open();
    const { middleware, refuse } = mountRestCompat(await worldHost(world, []), ENGINE_OPTIONS);
    const limit = limitFailures({ trustedProxies: [], refuse: (ctx: Context, error) => refuse(ctx, error) });
    client = await RestClient.serve(inTurn(limit, middleware));
    for (let failure = 0; failure < FAILURE_LIMIT.failures; failure++)
      await client.ask('GET', '/blitz/api/v3/users/7', { token: 'no-token' });
  });
  afterAll(async () => {
    await client.close();
    await world.close();
  });

  it.each([
    ['GET', '/blitz/api/v3/users/7', { type: 'process_error', error: 'too_many_requests' }],
    ['GET', '/realms/master/users', { error: 'HTTP 429 Too Many Requests' }],
    ['POST', '/t/master/oauth/token', { error: 'temporarily_unavailable' }],
    ['GET', '/api/nothing', { detail: 'Too Many Requests' }],
    ['GET', '/health', { detail: 'Too Many Requests' }],
    ['GET', '/scim/v2/master/Nothing', { status: '429', detail: 'Too Many Requests' }],
    ['POST', '/master/token', { error: 'temporarily_unavailable' }],
  ])('gets the refusal of the API that it calls: %s %s', async (method, path, body) => {
    const answer = await client.ask(method, path);
    expect(answer.status).toBe(429);
    expect(answer.json).toMatchObject(body);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(new AnswerChecker(DIALECTS).departureOf(method, path, answer)).toBeNull();
  });

  it('gets a page where people sign in', async () => {
    const answer = await client.ask('GET', '/t/master/oauth/authorize', { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(429);
    expect(answer.text).toContain('TOO_MANY_REQUESTS');
  });

  it('gets the refusal of the API at a path that does not exist', async () => {
    expect((await client.ask('GET', '/t/master/oauth/nothing')).json).toMatchObject({
      error: 'temporarily_unavailable',
    });
  });

  it('gets the refusal of the node at a path that no API owns', async () => {
    const answer = await client.ask('GET', '/openapi/blitz.json');
    expect(answer.status).toBe(429);
    expect(answer.json).toEqual({ error: 'TOO_MANY_REQUESTS', message: expect.any(String) });
  });
});
