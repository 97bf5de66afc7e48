import { describe, expect, it } from 'vitest';
import type { EventTypeRow, SecurityEvent } from '../../../../src/events/index.ts';
import { EVENT_CATALOGUE, EVENT_TYPES, type EventName } from '../../../../src/modules.ts';

const event = (type: string, over: Partial<SecurityEvent> = {}): SecurityEvent =>
  ({ tenantId: 't', type, subjectId: null, clientId: null, sessionId: null, params: {}, ...over }) as SecurityEvent;

/** An event as an application records it without further details: it has the client and session of the application. */
const ACTING = { clientId: 'acting-app', sessionId: 'acting-session' };

describe('whose access an event ends', () => {
  it('is declared by the row of its type, which does not compile without it', () => {
    // @ts-expect-error A row without `ends`.
    const row: EventTypeRow = { category: 'user', description: 'Something happened.' };
    expect(Object.values(EVENT_TYPES)).not.toContainEqual(row);
    for (const type of Object.keys(EVENT_TYPES) as EventName[]) {
      const named = event(type, { subjectId: 'anna', clientId: 'app', sessionId: 's1' });
      expect(EVENT_CATALOGUE.readEndedAccess(named)?.kind ?? 'nothing').toBe(EVENT_TYPES[type].ends);
    }
  });

  it('is the account that an event of an account names, with the family and the token', () => {
    const over = { ...ACTING, subjectId: 'anna', params: { grantId: 'g1', tokenId: 'j1' } };
    expect(EVENT_CATALOGUE.readEndedAccess(event('token.revoked', over))).toEqual({
      kind: 'subject',
      userId: 'anna',
      grantId: 'g1',
      tokenId: 'j1',
      clientId: 'acting-app',
    });
  });

  it('is the token of an application, with the client it was issued to', () => {
    const over = { clientId: 'app', params: { tokenId: 'j1' } };
    expect(EVENT_CATALOGUE.readEndedAccess(event('token.revoked', over))).toMatchObject({
      userId: null,
      tokenId: 'j1',
      clientId: 'app',
    });
  });

  it('is the whole tenant if an event names no account, whichever client acted', () => {
    const over = { ...ACTING, params: { roleId: 'r', holderKind: 'group', holderId: 'g' } };
    expect(EVENT_CATALOGUE.readEndedAccess(event('role_grant.removed', over))).toEqual({ kind: 'tenant' });
  });

  it('is the wider scope if an event does not name what its type ends', () => {
    expect(EVENT_CATALOGUE.readEndedAccess(event('client.updated'))).toEqual({ kind: 'tenant' });
    expect(EVENT_CATALOGUE.readEndedAccess(event('session.revoked'))).toEqual({ kind: 'tenant' });
    expect(EVENT_CATALOGUE.readEndedAccess(event('session.revoked', { subjectId: 'anna' }))).toMatchObject({
      userId: 'anna',
    });
  });

  it('is the whole tenant for a type that a newer node wrote', () => {
    for (const type of ['passport.withdrawn', 'constructor'])
      expect(EVENT_CATALOGUE.readEndedAccess(event(type, { subjectId: 'anna' }))).toEqual({ kind: 'tenant' });
  });
});
