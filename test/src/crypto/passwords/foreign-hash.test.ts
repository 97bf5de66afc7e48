import { describe, expect, it } from 'vitest';
import { type ForeignHashParts, PasswordHasher, writeForeignHash } from '../../../../src/crypto/index.ts';

const bytes = (base64: string) => Buffer.from(base64, 'base64');
const SALT = Buffer.from('saltSALTsaltSALTsaltSALTsaltSALTsalt');
/** RFC 6070, the fifth vector. */
const SHA1: ForeignHashParts = {
  kind: 'pbkdf2',
  digest: 'sha1',
  iterations: 4096,
  salt: SALT,
  key: Buffer.from('3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038', 'hex'),
};
/** From the manual of the reference implementation of Argon2. */
const ARGON2: Extract<ForeignHashParts, { kind: 'argon2' }> = {
  kind: 'argon2',
  type: 'i',
  version: 19,
  memoryKib: 65_536,
  iterations: 2,
  parallelism: 4,
  salt: Buffer.from('somesalt'),
  key: bytes('RdescudvJCsgt3ub+b+dWRWJTmaaJObG'),
};
/** From an encyclopaedia's page on bcrypt. */
const BCRYPT = '$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW';

describe('a hash that another service made', () => {
  const hasher = new PasswordHasher({ memoryKiB: 64, timeCost: 1 });

  it.each<[string, ForeignHashParts, string]>([
    ['PBKDF2 with SHA-1', SHA1, 'passwordPASSWORDpassword'],
    ['Argon2', ARGON2, 'password'],
    ['bcrypt', { kind: 'bcrypt', text: BCRYPT }, 'abc123xyz'],
  ])('of %s is verified, and is to be replaced', async (_, parts, password) => {
    const stored = writeForeignHash(parts)!;
    expect(stored).toMatch(/^\$raw\$/);
    expect(await hasher.verify(password, stored)).toEqual({ ok: true, needsRehash: true });
    expect(await hasher.verify(`${password}!`, stored)).toEqual({ ok: false, needsRehash: false });
  });

  it('is of the password as it was typed, and bcrypt reads 72 bytes of it', async () => {
    const decomposed = 'e\u0301';
    const text = '$2b$04$tBCvTQkGs6cvIhQK0SIsDOkt3h.E5sKzl4Qh9yW5cVYkpm4yHk5v6';
    const other = writeForeignHash({ kind: 'bcrypt', text })!;
    expect((await hasher.verify('anything', other)).ok).toBe(false);
    const { hash } = await import('@node-rs/bcrypt');
    const stored = writeForeignHash({ kind: 'bcrypt', text: await hash(decomposed, 4) })!;
    expect((await hasher.verify(decomposed, stored)).ok).toBe(true);
    expect((await hasher.verify(decomposed.normalize('NFC'), stored)).ok).toBe(false);
    const long = writeForeignHash({ kind: 'bcrypt', text: await hash('x'.repeat(72), 4) })!;
    expect((await hasher.verify('x'.repeat(90), long)).ok).toBe(true);
  });

  it('says how it was made', () => {
    const describeParts = (parts: ForeignHashParts) => hasher.describe(writeForeignHash(parts)!);
    expect(describeParts(SHA1)).toEqual({
      algorithm: 'pbkdf2-sha1',
      iterations: 4096,
      memoryKib: null,
      parallelism: null,
      hashBytes: 25,
    });
    expect(describeParts(ARGON2)).toEqual({
      algorithm: 'argon2i',
      iterations: 2,
      memoryKib: 65_536,
      parallelism: 4,
      hashBytes: 24,
    });
    expect(describeParts({ kind: 'bcrypt', text: BCRYPT })).toMatchObject({ algorithm: 'bcrypt', iterations: 4096 });
  });

  it.each<[string, ForeignHashParts]>([
    ['no iteration', { ...SHA1, iterations: 0 }],
    ['too many iterations', { ...SHA1, iterations: 1_300_001 }],
    ['iterations that are no whole number', { ...SHA1, iterations: 1.5 }],
    ['iterations that are no number', { ...SHA1, iterations: Number.NaN }],
    ['a short salt', { ...SHA1, salt: Buffer.alloc(7) }],
    ['a short key', { ...SHA1, key: Buffer.alloc(15) }],
    ['a long key', { ...SHA1, key: Buffer.alloc(129) }],
    ['no salt', { ...SHA1, salt: Buffer.alloc(0) }],
    ['too much memory', { ...ARGON2, memoryKib: 262_145 }],
    ['too little memory for its lanes', { ...ARGON2, memoryKib: 31 }],
    ['too much work', { ...ARGON2, memoryKib: 65_536, iterations: 9 }],
    ['too many passes', { ...ARGON2, iterations: 17 }],
    ['too many lanes', { ...ARGON2, parallelism: 17 }],
    ['no lanes', { ...ARGON2, parallelism: 0 }],
    ['a short key of Argon2', { ...ARGON2, key: Buffer.alloc(15) }],
    ['a short salt of Argon2', { ...ARGON2, salt: Buffer.alloc(7) }],
    ['a long salt of Argon2', { ...ARGON2, salt: Buffer.alloc(129) }],
    ['memory that is no number', { ...ARGON2, memoryKib: Number.NaN }],
    ['too high a cost', { kind: 'bcrypt', text: BCRYPT.replace('$12$', '$15$') }],
    ['too low a cost', { kind: 'bcrypt', text: BCRYPT.replace('$12$', '$03$') }],
    ['the version of a faulty program', { kind: 'bcrypt', text: BCRYPT.replace('$2a$', '$2x$') }],
    ['a text that is cut', { kind: 'bcrypt', text: BCRYPT.slice(0, -1) }],
    ['another text', { kind: 'bcrypt', text: '$argon2id$' }],
  ])('is not taken with %s', (_, parts) => {
    expect(writeForeignHash(parts)).toBeNull();
  });

  it('is taken with as many iterations as OWASP recommends', () => {
    expect(writeForeignHash({ ...SHA1, iterations: 1_300_000 })).toMatch(/^\$raw\$pbkdf2-sha1\$i=1300000\$/);
  });

  it('is a fault of the service where it is stored and cannot be read', async () => {
    for (const stored of ['$raw$', '$raw$scrypt$x', '$raw$pbkdf2-sha1$i=1$!$!', '$raw$argon2id$v=19$m=8,t=1,p=1$x$x'])
      await expect(hasher.verify('x', stored)).rejects.toThrow('cannot be read');
  });
});
