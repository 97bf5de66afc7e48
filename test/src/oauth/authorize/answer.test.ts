import { describe, expect, it } from 'vitest';
import { answerTo } from '../../../../src/oauth/authorize/answer.ts';
import type { ReturnAddress } from '../../../../src/oauth/authorize/request.ts';

const ISSUER = { url: 'https://id.example.com/t/acme' };
const ISS = 'iss=https%3A%2F%2Fid.example.com%2Ft%2Facme';
const STATES = ['st', ' "\'<>&%00+#?\r\n', '\u{1F642} ä', '%2B+%20', '__proto__'];

const answer = (to: Partial<ReturnAddress>, result: Record<string, string> = { code: 'c' }) =>
  answerTo({ redirectUri: 'https://app.example/cb', responseMode: 'query', state: null, ...to }, ISSUER, result);
const addressOf = (to: Partial<ReturnAddress>) => {
  const made = answer(to);
  return made.kind === 'redirect' ? made.redirectTo : made.kind;
};

describe('the answer to an application', () => {
  it.each([
    ['https://app.example/cb', `https://app.example/cb?code=c&${ISS}`],
    ['https://app.example', `https://app.example?code=c&${ISS}`],
    ['https://app.example/cb?', `https://app.example/cb?code=c&${ISS}`],
    ['https://app.example/cb?x=%20y', `https://app.example/cb?x=%20y&code=c&${ISS}`],
    ['https://app.example/cb?x=1&', `https://app.example/cb?x=1&code=c&${ISS}`],
    ['com.example.app:/cb', `com.example.app:/cb?code=c&${ISS}`],
  ])('is added to the query of the address, which stays as it was registered: %s', (redirectUri, expected) => {
    expect(addressOf({ redirectUri })).toBe(expected);
  });

  it('is the fragment of the address where that was asked for', () => {
    expect(addressOf({ redirectUri: 'https://app.example/cb?x=1', responseMode: 'fragment' })).toBe(
      `https://app.example/cb?x=1#code=c&${ISS}`,
    );
  });

  it('is a form where that was asked for', () => {
    expect(answer({ responseMode: 'form_post', state: 's' })).toEqual({
      kind: 'post',
      action: 'https://app.example/cb',
      fields: [
        { name: 'code', value: 'c' },
        { name: 'state', value: 's' },
        { name: 'iss', value: ISSUER.url },
      ],
    });
  });

  it.each(STATES)('has the state byte for byte: %j', (state) => {
    const sent = (address: string, separator: string) =>
      new URLSearchParams(address.slice(address.indexOf(separator) + 1)).getAll('state');
    expect(sent(addressOf({ state }), '?')).toEqual([state]);
    expect(sent(addressOf({ state, responseMode: 'fragment' }), '#')).toEqual([state]);
    const form = answer({ state, responseMode: 'form_post' });
    expect(form.kind === 'post' && form.fields.filter(({ name }) => name === 'state')).toEqual([
      { name: 'state', value: state },
    ]);
  });

  it.each(['query', 'fragment', 'form_post'] as const)(
    'names the issuer, errors too (check 12): %s',
    (responseMode) => {
      for (const result of [{ code: 'c' }, { error: 'access_denied', error_description: 'No.' }])
        expect(JSON.stringify(answer({ responseMode }, result))).toContain(
          responseMode === 'form_post' ? ISSUER.url : encodeURIComponent(ISSUER.url),
        );
    },
  );
});
