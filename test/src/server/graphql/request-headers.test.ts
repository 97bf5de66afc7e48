import type { Context } from 'koa';
import { describe, expect, it, vi } from 'vitest';
import {
  chooseAnswerType,
  headersOfJsonPost,
  headersOfRequest,
  LEGACY_JSON,
  RESPONSE_JSON,
} from '../../../../src/server/graphql/request-headers.ts';

function contextOf(headers: Record<string, string>, chosen: string | false = LEGACY_JSON) {
  const accepts = vi.fn(() => chosen);
  return { ctx: { req: { headers }, accepts } as unknown as Context, accepts };
}

describe('the media type of an answer', () => {
  it.each([{}, { accept: LEGACY_JSON }])('is the older one for the headers %j, without reading them', (headers) => {
    const { ctx, accepts } = contextOf(headers);
    expect(chooseAnswerType(ctx)).toBe(LEGACY_JSON);
    expect(accepts).not.toHaveBeenCalled();
  });

  it.each([
    ['a chosen one', RESPONSE_JSON],
    ['none', false],
  ] as const)('is read once for each text of the header: %s', (name, chosen) => {
    const { ctx, accepts } = contextOf({ accept: `text/${name.replace(' ', '-')}` }, chosen);
    expect([1, 2, 3].map(() => chooseAnswerType(ctx))).toEqual([chosen, chosen, chosen]);
    expect(accepts).toHaveBeenCalledTimes(1);
  });

  it('is not remembered for a text of more than 256 characters', () => {
    const { ctx, accepts } = contextOf({ accept: `a/${'x'.repeat(255)}` }, false);
    chooseAnswerType(ctx);
    chooseAnswerType(ctx);
    expect(accepts).toHaveBeenCalledTimes(2);
  });
});

describe('the headers that Apollo Server gets', () => {
  it('are the same object for all JSON posts with one media type, and have no type to parse', () => {
    const { ctx } = contextOf({ accept: '*/*', 'content-type': 'application/json', authorization: 'Bearer x' });
    const headers = headersOfJsonPost(ctx, RESPONSE_JSON);
    expect(headersOfJsonPost(ctx, RESPONSE_JSON)).toBe(headers);
    expect(headersOfJsonPost(ctx, LEGACY_JSON)).not.toBe(headers);
    expect([headers.answerType, Object.fromEntries(headers)]).toEqual([
      RESPONSE_JSON,
      { accept: '', 'apollo-require-preflight': LEGACY_JSON },
    ]);
  });

  it('have what a client accepts when that is no media type of the graph', () => {
    const { ctx } = contextOf({ accept: 'text/html' });
    expect(headersOfJsonPost(ctx, false).get('accept')).toBe('text/html');
    expect(headersOfRequest(ctx, false).get('accept')).toBe('text/html');
  });

  it('prove nothing that the request does not prove when it is no post', () => {
    const { ctx } = contextOf({ accept: '*/*', 'content-type': 'text/plain', cookie: 'a=b' });
    expect(Object.fromEntries(headersOfRequest(ctx, LEGACY_JSON))).toEqual({
      accept: '',
      'content-type': 'text/plain',
    });
  });
});
