import { describe, expect, it } from 'vitest';
import {
  type ChallengeOwner,
  isChallengeOf,
  newChallenge,
  provedChallenge,
} from '../../../../src/auth-modes/image-proof/challenge.ts';
import { readCipherKey } from '../../../../src/auth-modes/image-proof/cipher-key.ts';
import { CIPHER_KEY, THUMBPRINT } from './vectors.ts';

const KEY = readCipherKey(CIPHER_KEY)!;
const SESSION = { userId: 'u1', sessionId: 's1' };
const OWNER: ChallengeOwner = { username: 'alice', requestId: 'req-1', session: null };

describe('a challenge for an image proof', () => {
  it('is of its owner alone (negatives 26, 28, 29 and 30)', () => {
    const { record } = newChallenge(OWNER, KEY);
    expect(isChallengeOf(record, { ...OWNER })).toBe(true);
    const others: ChallengeOwner[] = [
      { ...OWNER, username: 'bob' },
      { ...OWNER, requestId: 'req-2' },
      { ...OWNER, requestId: null },
      { ...OWNER, requestId: '' },
      { ...OWNER, session: SESSION },
    ];
    for (const other of others) expect(isChallengeOf(record, other)).toBe(false);
    const aux = newChallenge({ ...OWNER, requestId: null, session: SESSION }, KEY).record;
    expect(isChallengeOf(aux, { ...OWNER, requestId: null })).toBe(false);
    for (const session of [
      { ...SESSION, sessionId: 's2' },
      { ...SESSION, userId: 'u2' },
    ])
      expect(isChallengeOf(aux, { ...OWNER, requestId: null, session })).toBe(false);
    expect(isChallengeOf(aux, { ...OWNER, requestId: null, session: { ...SESSION } })).toBe(true);
  });

  it('is new each time, and stores nothing that was typed', () => {
    const first = newChallenge(OWNER, KEY);
    const second = newChallenge(OWNER, KEY);
    expect(first.id).not.toBe(second.id);
    expect(first.record.nonce).not.toBe(second.record.nonce);
    expect(first.record.name).toBe(second.record.name);
    expect(JSON.stringify(first.record)).not.toMatch(/alice|req-1/);
    const long = newChallenge({ ...OWNER, username: '\u0000x'.repeat(100_000) }, KEY);
    expect(JSON.stringify(long.record).length).toBe(JSON.stringify(first.record).length);
  });

  it('has an id of 16 bytes and a nonce of 32, and the key for which it was made', () => {
    const { id, record } = newChallenge(OWNER, KEY);
    const proved = provedChallenge(id, record);
    expect([proved.id.length, proved.nonce.length]).toEqual([16, 32]);
    expect(proved.thumbprint).toEqual(THUMBPRINT);
    expect(id).toMatch(/^[\w-]{22}$/);
  });
});
