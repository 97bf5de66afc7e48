import { describe, expect, it } from 'vitest';
import { MasterKey, Sealer } from '../../../src/crypto/index.ts';
import { IdentityError } from '../../../src/kernel/index.ts';
import { type MailServerChange, toStoredMailServer } from '../../../src/tenants/mail-server.ts';

const TENANT = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const sealer = new Sealer(MasterKey.fromText('0123456789abcdef'.repeat(4)), 'mail-server');
const store = (change: MailServerChange, stored: ReturnType<typeof toStoredMailServer> | null = null) =>
  toStoredMailServer(sealer, TENANT, change, stored);
const SERVER = { host: 'mail.harbour.example', port: 465, isTls: true, user: 'post', from: 'id@harbour.example' };
/** How callers who do not know the password write it. */
const UNKNOWN: readonly Partial<MailServerChange>[] = [{}, { password: '**********' }];

describe('a server for mails', () => {
  it('has the password sealed for its tenant alone', () => {
    const stored = store({ ...SERVER, password: 'Low tide 7' });
    expect(stored).toMatchObject({ ...SERVER, isStartTls: false, replyTo: null });
    expect(JSON.stringify(stored)).not.toContain('Low tide');
    const context = `tenants ${TENANT} mail-server`;
    expect(sealer.open(stored.passwordSealed!, context).toString()).toBe('Low tide 7');
    expect(() => sealer.open(stored.passwordSealed!, 'tenants other mail-server')).toThrow('does not open');
  });

  it('keeps its password when what APIs show in its place is written back, and has none where there was none', () => {
    const stored = store({ ...SERVER, password: 'Low tide 7' });
    const masked = { ...SERVER, password: '**********' };
    expect(store(masked, stored)).toEqual(stored);
    expect(store({ ...masked, replyTo: 'desk@harbour.example' }, stored)).toEqual({
      ...stored,
      replyTo: 'desk@harbour.example',
    });
    for (const before of [null, { ...stored, passwordSealed: null }])
      expect(store(masked, before)).toMatchObject({ passwordSealed: null });
  });

  it('keeps a password that is not named while the server and the user name stay', () => {
    const stored = store({ ...SERVER, password: 'Low tide 7' });
    const { passwordSealed } = stored;
    expect(store({ ...SERVER, from: 'no-reply@harbour.example' }, stored)).toMatchObject({ passwordSealed });
    expect(store({ ...SERVER, password: null }, stored)).toMatchObject({ passwordSealed: null });
    expect(store(SERVER)).toMatchObject({ passwordSealed: null });
  });

  it.each<[string, Partial<MailServerChange>]>([
    ['another host', { host: 'mail.thief.example' }],
    ['another port', { port: 25 }],
    ['no encryption', { isTls: false }],
    ['another encryption', { isStartTls: true }],
    ['another user name', { user: 'thief' }],
  ])('does not send the stored password to %s', (_, change) => {
    const stored = store({ ...SERVER, password: 'Low tide 7' });
    for (const unknown of UNKNOWN) {
      try {
        store({ ...SERVER, ...change, ...unknown }, stored);
        expect.unreachable();
      } catch (error) {
        if (!(error instanceof IdentityError)) throw error;
        expect([error.code, error.fields?.[0]?.path]).toEqual(['INVALID_INPUT', 'input.settings.mailServer.password']);
      }
    }
    expect(store({ ...SERVER, ...change, password: 'New' }, stored)).toMatchObject(change);
  });

  it('is the same where the same password is written again', () => {
    const stored = store({ ...SERVER, password: 'Low tide 7' });
    expect(store({ ...SERVER, password: 'Low tide 7' }, stored)).toEqual(stored);
    expect(store({ ...SERVER, password: 'High tide' }, stored)).not.toEqual(stored);
  });
});
