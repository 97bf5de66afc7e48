import { describe, expect, it } from 'vitest';
import { NEVER_SIGNED_IN } from '../../../../src/access/index.ts';
import { type FamilyParts, familyLife } from '../../../../src/oauth/grants/family-life.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z').getTime();
const at = (seconds: number) => new Date(NOW + seconds * 1000);
const GRANT = { revokedAt: null, createdAt: at(0), expiresAt: at(300), authTime: at(0) };
const USER = { enabled: true, inactiveSince: null, notBefore: null };
const SESSION = { idleExpiresAt: at(200), expiresAt: at(400) };

const lifeOf = (over: object, endsWithUnusedSession = true) =>
  familyLife({ grant: GRANT, user: USER, session: undefined, ...over } as unknown as FamilyParts, {
    endsWithUnusedSession,
  });

describe('the life of a token family', () => {
  it('ends with the grant, or with the session where that is earlier, unused or expired', () => {
    expect(lifeOf({})).toEqual({ untilMs: at(300).getTime() });
    expect(lifeOf({ session: SESSION })).toEqual({ untilMs: at(200).getTime() });
    expect(lifeOf({ session: { idleExpiresAt: at(500), expiresAt: at(100) } })).toEqual({ untilMs: at(100).getTime() });
    expect(lifeOf({ session: { idleExpiresAt: at(500), expiresAt: at(400) } })).toEqual({ untilMs: at(300).getTime() });
  });

  it.each<[string, object]>([
    ['grant-revoked', { grant: null }],
    ['grant-revoked', { grant: { ...GRANT, revokedAt: at(1) } }],
    ['user-disabled', { user: null }],
    ['user-disabled', { user: { ...USER, enabled: false } }],
    ['user-disabled', { user: { ...USER, inactiveSince: at(-1) } }],
    ['user-not-before', { user: { ...USER, notBefore: at(0.001) } }],
    ['session-ended', { session: null }],
  ])('is over, %s, with %j', (dead, over) => expect(lifeOf(over)).toEqual({ dead }));

  it('ends with the grant alone at a kind of issuer whose families outlive unused sessions, but not with a session that was ended', () => {
    expect(lifeOf({ session: SESSION }, false)).toEqual({ untilMs: at(300).getTime() });
    expect(lifeOf({ session: null }, false)).toEqual({ dead: 'session-ended' });
  });

  it('ends with a session that runs out wherever somebody acts as the user', () => {
    const grant = { ...GRANT, authTime: NEVER_SIGNED_IN };
    expect(lifeOf({ grant, session: SESSION }, false)).toEqual({ untilMs: at(200).getTime() });
  });

  it('goes on for a grant made at the very moment from which tokens count', () => {
    expect(lifeOf({ user: { ...USER, notBefore: at(0) } })).toHaveProperty('untilMs');
  });

  it('is over before its end, whatever the session says', () => {
    expect(lifeOf({ grant: { ...GRANT, revokedAt: at(1) }, session: SESSION })).toEqual({ dead: 'grant-revoked' });
  });
});
