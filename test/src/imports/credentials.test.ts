import { describe, expect, it } from 'vitest';
import type { ForeignCredential } from '../../../src/auth-modes/index.ts';
import { readCredentials } from '../../../src/imports/credentials.ts';

const PBKDF2: ForeignCredential = {
  type: 'password',
  credentialData: '{"algorithm":"pbkdf2-sha256","hashIterations":1000}',
  secretData: JSON.stringify({
    value: Buffer.alloc(32, 1).toString('base64'),
    salt: Buffer.alloc(16, 2).toString('base64'),
  }),
};
const UNKNOWN: ForeignCredential = { ...PBKDF2, credentialData: '{"algorithm":"md5","hashIterations":1}' };
const PLAIN: ForeignCredential = { type: 'password', value: 'three-wombats-at-dawn' };
const APP: ForeignCredential = {
  type: 'otp',
  credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
  secretData: '{"value":"abcdefghijklmnopqrst"}',
};
const read = (...credentials: ForeignCredential[]) => {
  const { foreign, faults, ...rest } = readCredentials('ola', credentials);
  return { kinds: foreign.map((one) => one.read.kind), faults: faults.map(({ reason, at }) => [reason, at]), ...rest };
};

describe('credentials of an import', () => {
  it('are a password and apps', () => {
    expect(read(PBKDF2, APP, APP)).toEqual({
      kinds: ['password-hash', 'totp', 'totp'],
      faults: [],
      password: null,
      demandsPassword: false,
    });
    expect(read(PLAIN)).toEqual({ kinds: [], faults: [], password: PLAIN.value, demandsPassword: false });
    expect(read()).toEqual({ kinds: [], faults: [], password: null, demandsPassword: false });
  });

  it('demand a new password where it is temporary, or of an unknown hash', () => {
    expect(read({ ...PLAIN, temporary: true }).demandsPassword).toBe(true);
    expect(read({ ...PBKDF2, temporary: true }).demandsPassword).toBe(true);
    expect(read(UNKNOWN)).toMatchObject({
      kinds: [],
      faults: [['HASH_UNKNOWN', 'credentials.0']],
      demandsPassword: true,
    });
  });

  it('demand none where another password can be read, or what cannot be read is none', () => {
    expect(read(UNKNOWN, PBKDF2).demandsPassword).toBe(false);
    expect(read(PBKDF2, UNKNOWN).demandsPassword).toBe(false);
    expect(read({ type: 'webauthn' })).toMatchObject({
      faults: [['TYPE_UNKNOWN', 'credentials.0']],
      demandsPassword: false,
    });
  });

  it('are at most ten apps', () => {
    const { kinds, faults } = read(...Array(12).fill(APP));
    expect([kinds.length, faults]).toEqual([
      10,
      [
        ['TOTP_LIMIT_REACHED', 'credentials.10'],
        ['TOTP_LIMIT_REACHED', 'credentials.11'],
      ],
    ]);
  });

  it('are the first of several passwords', () => {
    expect(read(PBKDF2, PLAIN)).toMatchObject({ kinds: ['password-hash'], password: null });
    expect(read(PLAIN, PBKDF2)).toMatchObject({
      kinds: [],
      password: PLAIN.value,
      faults: [['DUPLICATE', 'credentials.1']],
    });
  });
});
