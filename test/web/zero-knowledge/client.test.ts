import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ImageProofClient } from '../../../web/zero-knowledge/client.ts';
import { ProofError } from '../../../web/zero-knowledge/errors.ts';
import { encodeFactor, type ProofFactor } from '../../../web/zero-knowledge/factor.ts';
import { hashImage, MAX_IMAGE_BYTES } from '../../../web/zero-knowledge/image.ts';
import { encodePassword, type SecretRequest, toSecret } from '../../../web/zero-knowledge/secret.ts';
import { TransportError } from '../../../web/zero-knowledge/transport-error.ts';
import { AUDIENCE, SERVER_KID } from '../../src/auth-modes/image-proof/vectors.ts';
import { PureService } from './pure-service.ts';

const EMAIL = 'alice@example.com';
const REQUEST = 'request-1';
const RULES = { pinSize: 6, gridSide: 3 } as const;
const PIN: ProofFactor = { kind: 'pin', digits: '271828' };
const PATTERN: ProofFactor = { kind: 'pattern', side: 3, points: [0, 1, 2, 5, 8] };
const image = (text: string): Blob => new Blob([text]);
const CHOICE = { image: image('a picture of a cat'), factor: PIN };
const OTHER = { image: image('a picture of a dog'), factor: PATTERN };

/** The derivation without the part that takes time, which the vectors test. */
const derived: Uint8Array[] = [];
async function deriveFast({ image: file, factor, identity, salt }: SecretRequest) {
  const text = `${encodeFactor(factor)}/${Buffer.from(salt).toString('hex')}`;
  const secret = toSecret(encodePassword(await hashImage(file), text), identity);
  derived.push(secret.x);
  return secret;
}

let service: PureService;
let client: ImageProofClient;
const newClient = (over: Partial<ConstructorParameters<typeof ImageProofClient>[0]> = {}) =>
  new ImageProofClient({ transport: service, tenant: 'acme', audience: AUDIENCE, derive: deriveFast, ...over });
const register = (over: object = {}) =>
  client.register({ username: 'Alice', email: EMAIL, choice: CHOICE, rules: RULES, requestId: REQUEST, ...over });
const signIn = (over: object = {}, from = client) =>
  from.signIn({ username: 'alice', choice: CHOICE, requestId: REQUEST, ...over });
const enter = () => {
  service.session = { username: 'Alice', userId: 'user-alice', sessionId: 'session-1' };
};
const OWN = { username: 'alice', userId: 'user-alice' };

beforeEach(() => {
  derived.length = 0;
  service = new PureService();
  client = newClient();
});
afterEach(() => vi.restoreAllMocks());

describe('the library against the service', () => {
  it('registers a user and signs in, whatever the case of the name', async () => {
    await register();
    expect(service.users.get('alice')?.email).toBe(EMAIL);
    await expect(signIn()).resolves.toEqual({ nonce: 'ticket-1', mustVerifyEmail: false });
    await expect(signIn({ username: 'ALICE' })).resolves.toMatchObject({ nonce: 'ticket-1' });
  });

  it('signs in without a request of an application', async () => {
    await register({ requestId: undefined });
    await expect(signIn({ requestId: undefined })).resolves.toMatchObject({ nonce: 'ticket-1' });
  });

  it('tells beside a sign-in what a client measured, else nothing', async () => {
    await register();
    const authenticate = vi.spyOn(service, 'authenticate');
    const bitErrors = { countBits: 8, errorBits: 1, errorPercent: '12.50', imageSize: [2, 2], algorithmVersion: '1' };
    const logData = { method: 'PIN', durationMilliseconds: 5 };
    await signIn({ bitErrors, logData });
    expect(authenticate).toHaveBeenLastCalledWith(expect.objectContaining({ bitErrors, logData }));
    await signIn();
    expect(authenticate).toHaveBeenLastCalledWith(expect.objectContaining({ bitErrors: null, logData: null }));
  });

  it.each([
    ['PIN', { choice: { ...CHOICE, factor: { kind: 'pin', digits: '271829' } } }],
    ['pattern in place of a PIN', { choice: { ...CHOICE, factor: PATTERN } }],
    ['byte of the image', { choice: { ...CHOICE, image: image('a picture of a cas') } }],
    ['name', { username: 'bob' }],
  ])('is refused with another %s (negative 33)', async (_what, over) => {
    await register();
    await expect(signIn(over)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
  });

  it('is refused for another tenant or deployment (negatives 33 and 34)', async () => {
    await register();
    const elsewhere = [{ tenant: 'other' }, { audience: 'https://idp.example/api/oidc/other' }];
    for (const over of elsewhere) await expect(signIn({}, newClient(over))).rejects.toBeInstanceOf(TransportError);
  });

  it('replaces a forgotten image, with the code of the mail alone', async () => {
    await register();
    const reset = { username: 'alice', requestId: 'reset-1', choice: OTHER, rules: RULES };
    await expect(client.reset({ ...reset, code: 'code-2' })).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
    await client.reset({ ...reset, code: PureService.RESET_CODE });
    await expect(signIn()).rejects.toBeInstanceOf(TransportError);
    await expect(signIn({ choice: OTHER })).resolves.toMatchObject({ nonce: 'ticket-1' });
  });

  it('changes an image by a proof of the present one alone (negatives 47 and 49)', async () => {
    await register();
    enter();
    const change = { ...OWN, choice: OTHER, rules: RULES };
    for (const former of [null, OTHER]) await expect(client.change({ ...change, former })).rejects.toThrow();
    await client.change({ ...change, former: CHOICE });
    await expect(signIn()).rejects.toBeInstanceOf(TransportError);
    await expect(signIn({ choice: OTHER })).resolves.toMatchObject({ nonce: 'ticket-1' });
  });

  it('changes the address by a proof of the image', async () => {
    await register();
    enter();
    const email = 'new@example.com';
    await expect(client.updateEmail({ ...OWN, email, choice: OTHER })).rejects.toBeInstanceOf(TransportError);
    expect(service.users.get('alice')?.email).toBe(EMAIL);
    await client.updateEmail({ ...OWN, email, choice: CHOICE });
    expect(service.users.get('alice')?.email).toBe(email);
  });

  it('asks for a new challenge with a new key each time, and proves anew (negative 39)', async () => {
    await register();
    await signIn();
    await signIn();
    expect(new Set(service.sent).size).toBe(service.sent.length);
  });

  it('takes the key of the service that it expects, and no other one', async () => {
    await register();
    await expect(signIn({}, newClient({ serviceKeyId: SERVER_KID }))).resolves.toBeDefined();
    const other = newClient({ serviceKeyId: 'x'.repeat(43) });
    await expect(signIn({}, other)).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
  });

  it('does not answer a challenge that was asked for two minutes ago (negative 25)', async () => {
    await register();
    const before = service.sent.length;
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const late = newClient({
      derive: (request) => {
        now += 120_000;
        return deriveFast(request);
      },
    });
    await expect(signIn({}, late)).rejects.toMatchObject({ code: 'CHALLENGE_EXPIRED' });
    expect(service.sent).toHaveLength(before + 1);
  });
});

describe('secrets', () => {
  it('are overwritten after use, also when the service refuses', async () => {
    await register();
    await expect(signIn({ choice: OTHER })).rejects.toThrow();
    enter();
    await client.change({ ...OWN, choice: OTHER, former: CHOICE, rules: RULES });
    expect(derived).toHaveLength(4);
    for (const x of derived) expect(x.every((byte) => byte === 0)).toBe(true);
  });

  it('are in nothing that is sent (negative 53)', async () => {
    const secrets: string[] = [];
    client = newClient({
      derive: async (request) => {
        const secret = await deriveFast(request);
        secrets.push(Buffer.from(secret.x).toString('base64url'), Buffer.from(secret.x).toString('hex'));
        return secret;
      },
    });
    await register();
    await signIn();
    const sent = service.sent.join('\n');
    expect(secrets).toHaveLength(4);
    for (const secret of [...secrets, '271828', 'a picture of a cat']) expect(sent).not.toContain(secret);
  });
});

describe('what cannot be proved', () => {
  it.each([
    ['an empty image', { choice: { image: image(''), factor: PIN } }, 'IMAGE_EMPTY'],
    ['a text in place of a file', { choice: { image: 'cat.png', factor: PIN } }, 'IMAGE_UNREADABLE'],
    ['a PIN of 5 digits', { choice: { ...CHOICE, factor: { kind: 'pin', digits: '27182' } } }, 'PIN_INVALID'],
    ['neither PIN nor pattern', { choice: { ...CHOICE, factor: { kind: 'none' } } }, 'PIN_INVALID'],
    ['a pattern of another grid', { choice: { ...CHOICE, factor: { ...PATTERN, side: 4 } } }, 'PATTERN_INVALID'],
  ])('asks for no challenge: %s', async (_what, over, code) => {
    await expect(register(over)).rejects.toMatchObject({ code });
    await expect(register(over)).rejects.toBeInstanceOf(ProofError);
    expect(service.sent).toEqual([]);
  });

  it('an image of more than 20 MiB, of which nothing is read', async () => {
    const huge = new Blob([new Uint8Array(MAX_IMAGE_BYTES + 1)]);
    const stream = vi.spyOn(huge, 'stream');
    await expect(register({ choice: { image: huge, factor: PIN } })).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    expect(stream).not.toHaveBeenCalled();
    expect(service.sent).toEqual([]);
  });
});
