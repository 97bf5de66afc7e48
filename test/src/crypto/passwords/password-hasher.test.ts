import * as argon2 from '@node-rs/argon2';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../../../src/crypto/index.ts';

vi.mock('@node-rs/argon2', { spy: true });

/** Cheap, so that a test takes a millisecond. */
const CHEAP = { memoryKiB: 64, timeCost: 2 } as const;
const hasher = new PasswordHasher(CHEAP);

beforeEach(() => {
  vi.mocked(argon2.hash).mockClear();
  vi.mocked(argon2.verify).mockClear();
});

describe('password hashing', () => {
  it('uses Argon2id with the minimum of OWASP by default: 19 MiB, 2 passes, 1 lane (check 49)', async () => {
    expect(await new PasswordHasher().hash('correct horse')).toMatch(
      /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  it('salts, so that equal passwords have unequal hashes', async () => {
    expect(await hasher.hash('same')).not.toBe(await hasher.hash('same'));
  });

  it('tells how a hash was made, without its salt', async () => {
    const strong = new PasswordHasher({ memoryKiB: 72, timeCost: 3, parallelism: 2 });
    const hashing = { algorithm: 'argon2id', memoryKib: 72, iterations: 3, parallelism: 2, hashBytes: 32 };
    expect(hasher.describe(await strong.hash('reef'))).toEqual(hashing);
    expect(() => hasher.describe('$2b$10$nothing')).toThrow('is not an Argon2id PHC string');
  });

  it('accepts the right password and nothing near it', async () => {
    const phc = await hasher.hash('Tr0ub4dor&3 ');
    expect(await hasher.verify('Tr0ub4dor&3 ', phc)).toEqual({ ok: true, needsRehash: false });
    for (const wrong of ['Tr0ub4dor&3', 'tr0ub4dor&3 ', 'Tr0ub4dor&3 x', '']) {
      expect(await hasher.verify(wrong, phc)).toEqual({ ok: false, needsRehash: false });
    }
  });

  it('verifies the whole value, to the last of 1024 bytes (check 41)', async () => {
    const phc = await hasher.hash(`${'a'.repeat(1023)}b`);
    expect((await hasher.verify('a'.repeat(1024), phc)).ok).toBe(false);
    expect((await hasher.verify(`${'a'.repeat(1023)}b`, phc)).ok).toBe(true);
  });

  it('takes composed, decomposed and compatible spellings as one password (NFKC)', async () => {
    const phc = await hasher.hash('caf\u00e9 \ufb01n');
    expect((await hasher.verify('cafe\u0301 fin', phc)).ok).toBe(true);
  });

  it("verifies a hash of the reference implementation with that hash's own parameters", async () => {
    const phc = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    // Its salt has 8 bytes, ours have 16.
    expect(await new PasswordHasher().verify('password', phc)).toEqual({ ok: true, needsRehash: true });
  });

  it.each([
    ['memory', { memoryKiB: 128, timeCost: 2 }],
    ['passes', { memoryKiB: 64, timeCost: 3 }],
    ['lanes', { memoryKiB: 64, timeCost: 2, parallelism: 2 }],
  ])('asks for a new hash when the stored one has fewer %s, but only of the right password', async (_name, current) => {
    const old = await hasher.hash('right');
    const raised = new PasswordHasher(current);
    expect(await raised.verify('right', old)).toEqual({ ok: true, needsRehash: true });
    expect(await raised.verify('wrong', old)).toEqual({ ok: false, needsRehash: false });
  });

  it('does not replace a hash that is stronger than needed', async () => {
    const strong = await new PasswordHasher({ memoryKiB: 128, timeCost: 3 }).hash('right');
    expect(await hasher.verify('right', strong)).toEqual({ ok: true, needsRehash: false });
  });

  it.each([
    '',
    'plain',
    '$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQ$AAAA',
    '$argon2id$v=19$m=64',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])('fails on the stored text %j without quoting it', async (phc) => {
    await expect(hasher.verify('any', phc)).rejects.toThrow(/^A stored password hash is not an Argon2id PHC string\.$/);
  });
});

describe('password hashing: an account that does not exist', () => {
  it('costs what a real one costs and never succeeds (check 43)', async () => {
    const real = argon2.parseOptions(await hasher.hash('any'));
    expect(await hasher.verifyNothing('any')).toEqual({ ok: false, needsRehash: false });
    const [phc] = vi.mocked(argon2.verify).mock.lastCall ?? [];
    expect(argon2.parseOptions(phc ?? '')).toEqual(real);
  });

  it('refuses an overlong password and a full queue as a real one does', async () => {
    await expect(hasher.verifyNothing('a'.repeat(1025))).rejects.toMatchObject({ code: 'PASSWORD_TOO_LONG' });
    const narrow = new PasswordHasher({ ...CHEAP, concurrency: 1, queueLimit: 0 });
    const first = narrow.verifyNothing('a');
    await expect(narrow.verifyNothing('b')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await first;
  });
});

describe('password hashing: bounds', () => {
  it('refuses more than 1024 bytes before any work, without repeating the password', async () => {
    const phc = await hasher.hash('short');
    vi.mocked(argon2.hash).mockClear();
    const long = 'ж'.repeat(513);
    const refusal = { code: 'PASSWORD_TOO_LONG', kind: 'invalid', message: 'A password may have at most 1024 bytes.' };
    await expect(hasher.hash(long)).rejects.toMatchObject(refusal);
    await expect(hasher.verify(long, phc)).rejects.toMatchObject(refusal);
    expect(argon2.hash).not.toHaveBeenCalled();
    expect(argon2.verify).not.toHaveBeenCalled();
  });

  it('counts bytes as typed, not as normalised', async () => {
    // U+FDFA is 3 bytes, its NFKC form 33.
    await expect(hasher.hash('\ufdfa'.repeat(341))).resolves.toMatch(/^\$argon2id/);
  });

  it('sheds with 503 when the queue is full, and hashing and verifying share that queue', async () => {
    const narrow = new PasswordHasher({ ...CHEAP, concurrency: 1, queueLimit: 1 });
    const phc = await narrow.hash('a');
    const accepted = [narrow.hash('a'), narrow.verify('a', phc)];
    await expect(narrow.hash('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    await Promise.all(accepted);
    expect((await narrow.verify('a', phc)).ok).toBe(true);
  });

  it('lets 64 wait for each running hash by default', async () => {
    const one = new PasswordHasher({ ...CHEAP, concurrency: 1 });
    const results = await Promise.allSettled(Array.from({ length: 66 }, () => one.hash('a')));
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
  });
});
