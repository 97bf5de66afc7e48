import { describe, expect, it, vi } from 'vitest';
import { audienceOf } from '../../../web/zero-knowledge/client.ts';
import { FetchTransport } from '../../../web/zero-knowledge/fetch-transport.ts';
import { TransportError } from '../../../web/zero-knowledge/transport-error.ts';

const COMMITMENT = { version: 'sv-zkp/1', encryptedCommitment: 'jwe', logData: null };
const BIT_ERRORS = {
  countBits: 1024,
  errorBits: 3,
  errorPercent: '0.29',
  imageSize: [1024, 768],
  algorithmVersion: 'decoder-2',
} as const;
const CHALLENGE = { challenge_data: 'jwe', proto_version: 'sv-zkp/1' };

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** A transport to a service that gives one answer, and what was sent to it. */
function transportTo(answer: () => Response | Promise<Response>, accessToken: string | null = 'token') {
  const sent: Sent[] = [];
  const transport = new FetchTransport({
    baseUrl: 'https://id.example.com',
    tenant: 'acme',
    accessToken: () => accessToken,
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init! });
      return answer();
    },
  });
  return { transport, sent };
}

const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, init);
const refusal =
  (status: number, body: unknown, headers = {}) =>
  () =>
    json(body, { status, headers });
const bodyOf = ({ init }: Sent): unknown => JSON.parse(String(init.body));
const headersOf = ({ init }: Sent) => new Headers(init.headers);

describe('the transport', () => {
  it('asks for a challenge, for a request for a sign-in or for none', async () => {
    const { transport, sent } = transportTo(() => json(CHALLENGE));
    const request = { username: 'alice', cipherKey: 'key' };
    const answer = { challengeData: 'jwe', version: 'sv-zkp/1' };
    expect(await transport.askChallenge({ ...request, requestId: 'req&1' })).toEqual(answer);
    expect(await transport.askChallenge({ ...request, requestId: null })).toEqual(answer);
    expect(sent.map(({ url }) => url)).toEqual([
      'https://id.example.com/api/auth/challenge?auth_req_id=req%261',
      'https://id.example.com/api/auth/challenge',
    ]);
    expect(bodyOf(sent[0]!)).toEqual(request);
    expect(headersOf(sent[0]!).get('authorization')).toBeNull();
    expect(sent[0]!.init).toMatchObject({ method: 'POST', redirect: 'error', referrerPolicy: 'no-referrer' });
  });

  it('sends a proof, and gives the ticket', async () => {
    const { transport, sent } = transportTo(() => json({ nonce: 'ticket', need_verify: true }));
    const message = { username: 'alice', cipherKey: 'key', challengeId: 'id', challengeData: 'jwe', requestId: 'r' };
    const logData = { userAgent: 'test', method: 'PIN', durationMilliseconds: 5 } as const;
    const ticket = await transport.authenticate({ ...message, logData, bitErrors: BIT_ERRORS });
    expect(ticket).toEqual({ nonce: 'ticket', mustVerifyEmail: true });
    expect(sent[0]!.url).toBe('https://id.example.com/api/auth/authenticate?auth_req_id=r');
    expect(bodyOf(sent[0]!)).toEqual({
      username: 'alice',
      cipherKey: 'key',
      challenge_id: 'id',
      challenge_data: 'jwe',
      ber: {
        ber: { count_bits: 1024, error_bits: 3, BER_PERCENT: '0.29' },
        image_dim: [1024, 768],
        algorithm_version: 'decoder-2',
      },
      log_data: { user_agent: 'test', method: 'PIN', duration_ms: 5 },
    });
    expect(transport.signInAddress(ticket, 'r&s')).toBe(
      'https://id.example.com/api/auth/sign-in?oid_nonce=ticket&auth_req_id=r%26s',
    );
  });

  it('sends no report of a decoder, and no log, where a client has none', async () => {
    const { transport, sent } = transportTo(() => json({ nonce: 'ticket', need_verify: false }));
    const message = { username: 'alice', cipherKey: 'key', challengeId: 'id', challengeData: 'jwe', requestId: null };
    await transport.authenticate({ ...message, logData: null, bitErrors: null });
    expect(bodyOf(sent[0]!)).toMatchObject({ ber: null, log_data: null });
  });

  it('sends commitments of registrations and resets', async () => {
    const { transport, sent } = transportTo(() => json(null, { status: 201 }));
    await transport.register({ username: 'alice', email: 'a@example.com', requestId: null, ...COMMITMENT });
    await transport.reset({ username: 'alice', code: 'code', ...COMMITMENT });
    await transport.requestReset({ clientId: 'app', username: 'alice', email: 'a@example.com' });
    const commitment = { encrypted_commitment: 'jwe', proto_version: 'sv-zkp/1', log_data: null };
    expect(sent.map(({ url }) => url)).toEqual([
      'https://id.example.com/api/auth/register',
      'https://id.example.com/api/auth/reset-password',
      'https://id.example.com/api/auth/reset-password/request?client_id=app&tenant_id=acme',
    ]);
    expect(sent.map(bodyOf)).toEqual([
      { username: 'alice', email: 'a@example.com', ...commitment },
      { code: 'code', username: 'alice', ...commitment },
      { username: 'alice', email: 'a@example.com' },
    ]);
  });

  it('sends the access token with changes of an account', async () => {
    const { transport, sent } = transportTo(() => json(CHALLENGE));
    await transport.askOwnChallenge('key');
    await transport.change(COMMITMENT);
    await transport.updateEmail({ userId: 'a/b', email: 'b@example.com', challengeId: 'id', challengeData: 'jwe' });
    expect(sent.map(({ url, init }) => `${init.method} ${url}`)).toEqual([
      'POST https://id.example.com/api/auth/aux-challenge',
      'POST https://id.example.com/api/auth/change-password',
      'PUT https://id.example.com/api/users/acme/a%2Fb/email',
    ]);
    for (const one of sent) expect(headersOf(one).get('authorization')).toBe('Bearer token');
    expect(bodyOf(sent[2]!)).toEqual({ challenge_id: 'id', challenge_data: 'jwe', email: 'b@example.com' });
  });

  it('sends no change of an account without an access token', async () => {
    const { transport, sent } = transportTo(() => json(CHALLENGE), null);
    await expect(transport.askOwnChallenge('key')).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      status: null,
    });
    expect(sent).toEqual([]);
  });

  it.each([
    [400, 'REQUEST_REFUSED'],
    [401, 'AUTHENTICATION_FAILED'],
    [403, 'FORBIDDEN'],
    [404, 'ANSWER_INVALID'],
    [409, 'TAKEN'],
    [413, 'REQUEST_REFUSED'],
    [500, 'SERVICE_UNAVAILABLE'],
    [503, 'SERVICE_UNAVAILABLE'],
  ])('says what status %i means', async (status, code) => {
    const { transport } = transportTo(refusal(status, { detail: 'A sentence.' }));
    const error = await transport.change(COMMITMENT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code, status, detail: 'A sentence.', inputFaults: [], retryAfterSeconds: null });
  });

  it('says for how long it is blocked', async () => {
    const retry = (value: string) =>
      transportTo(refusal(429, { detail: 'Too Many Requests' }, { 'retry-after': value })).transport;
    await expect(retry('60').change(COMMITMENT)).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: 60,
    });
    for (const value of ['Sat, 28 Nov 2026 10:00:00 GMT', '-1', '1e9', '99999999999'])
      await expect(retry(value).change(COMMITMENT)).rejects.toMatchObject({ retryAfterSeconds: null });
  });

  it('says which members are not valid', async () => {
    const faults = [{ loc: ['body', 'users', 2, 'email'], type: 'value_error', msg: 'x' }, null, { loc: 'body' }, 'x'];
    const { transport } = transportTo(refusal(422, { detail: faults }));
    await expect(transport.change(COMMITMENT)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      detail: null,
      inputFaults: [{ path: ['body', 'users', '2', 'email'], type: 'value_error' }],
    });
  });

  it.each([
    ['an answer of a proxy', () => new Response('<html>', { status: 502 }), 'SERVICE_UNAVAILABLE'],
    ['an answer without challenge', () => json({ proto_version: 'sv-zkp/1' }), 'ANSWER_INVALID'],
    ['an answer without version', () => json({ challenge_data: 'jwe' }), 'ANSWER_INVALID'],
    ['null', () => json(null), 'ANSWER_INVALID'],
    ['a page', () => new Response('<html>'), 'ANSWER_INVALID'],
    ['no answer', () => Promise.reject(new TypeError('fetch failed')), 'UNREACHABLE'],
  ])('does not take %s for a challenge', async (_what, answer, code) => {
    await expect(transportTo(answer).transport.askOwnChallenge('key')).rejects.toMatchObject({ code });
  });

  it('does not take an answer without ticket for a sign-in', async () => {
    const message = { username: 'a', cipherKey: 'k', challengeId: 'i', challengeData: 'j', requestId: null };
    for (const answer of [{ need_verify: false }, { nonce: 'n' }, { nonce: 1, need_verify: false }]) {
      const { transport } = transportTo(() => json(answer));
      await expect(transport.authenticate({ ...message, logData: null, bitErrors: null })).rejects.toMatchObject({
        code: 'ANSWER_INVALID',
      });
    }
  });

  it('uses fetch of the browser unless it is given another one', async () => {
    const given = vi.spyOn(globalThis, 'fetch').mockResolvedValue(json(CHALLENGE));
    const transport = new FetchTransport({ baseUrl: 'https://id.example.com', tenant: 'acme' });
    await expect(transport.askChallenge({ username: 'a', cipherKey: 'k', requestId: null })).resolves.toBeDefined();
    expect(given).toHaveBeenCalledOnce();
    given.mockRestore();
    await expect(transport.askOwnChallenge('key')).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });
});

describe('the audience', () => {
  it('is the issuer of the service for a tenant', () => {
    expect(audienceOf('https://idp.example/', 'acme')).toBe('https://idp.example/api/oidc/acme');
    expect(audienceOf('https://idp.example:8443', 'acme')).toBe('https://idp.example:8443/api/oidc/acme');
  });
});
