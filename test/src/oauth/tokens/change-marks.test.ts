import { describe, expect, it } from 'vitest';
import type { SecurityEvent } from '../../../../src/events/index.ts';
import { EVENT_CATALOGUE } from '../../../../src/modules.ts';
import { ChangeMarks, markKeys } from '../../../../src/oauth/tokens/change-marks.ts';

const event = (change: Partial<SecurityEvent>) =>
  ({
    type: 'user.disabled',
    tenantId: 't',
    subjectId: null,
    clientId: null,
    sessionId: null,
    params: {},
    ...change,
  }) as SecurityEvent;

describe('marks of changes', () => {
  it('make states stale that were read before the change, but not after it', () => {
    const marks = new ChangeMarks(EVENT_CATALOGUE);
    const keys = [markKeys.user('t', 'anna')];
    const before = marks.now();
    expect(marks.isCurrent(before, keys)).toBe(true);
    marks.onEvents([event({ subjectId: 'anna' })]);
    expect(marks.isCurrent(before, keys)).toBe(false);
    expect(marks.isCurrent(marks.now(), keys)).toBe(true);
  });

  it.each([
    ['session.revoked', { sessionId: 's1' }, markKeys.session('t', 's1')],
    ['token.revoked', { params: { tokenId: 'j1' } }, markKeys.token('t', 'j1')],
    ['refresh_token.reused', { params: { grantId: 'g1' } }, markKeys.grant('t', 'g1')],
    ['client.updated', { clientId: 'app' }, markKeys.client('t', 'app')],
    ['user.state_changed', { subjectId: 'anna' }, markKeys.user('t', 'anna')],
    ['role_grant.removed', { clientId: 'acting-app', params: { holderKind: 'group' } }, markKeys.tenant('t')],
    ['tenant.sessions_revoked', {}, markKeys.tenant('t')],
  ] as const)('are left by %s', (type, change, key) => {
    const marks = new ChangeMarks(EVENT_CATALOGUE);
    const before = marks.now();
    marks.onEvents([event({ type, ...change })]);
    expect(marks.isCurrent(before, [key])).toBe(false);
  });

  it('affect neither another tenant nor states that the event does not concern', () => {
    const marks = new ChangeMarks(EVENT_CATALOGUE);
    const before = marks.now();
    marks.onEvents([event({ subjectId: 'anna', sessionId: 's1' })]);
    expect(marks.isCurrent(before, [markKeys.user('other', 'anna'), markKeys.session('t', 's1')])).toBe(true);
  });

  it('are set on the account, family and token that an event names, and on a session only by events of sessions', () => {
    const marks = new ChangeMarks(EVENT_CATALOGUE);
    const before = marks.now();
    marks.onEvents([event({ type: 'session.revoked', subjectId: 'anna', sessionId: 's1' })]);
    expect(marks.isCurrent(before, [markKeys.user('t', 'anna')])).toBe(true);
    marks.onEvents([event({ type: 'token.revoked', subjectId: 'anna', params: { grantId: 'g1' } })]);
    expect(marks.isCurrent(before, [markKeys.user('t', 'anna')])).toBe(false);
    expect(marks.isCurrent(before, [markKeys.grant('t', 'g1')])).toBe(false);
  });

  it('are not set by events of issued or refused tokens', () => {
    const marks = new ChangeMarks(EVENT_CATALOGUE);
    const before = marks.now();
    marks.onEvents([event({ type: 'token.issued', subjectId: 'anna', params: { tokenId: 'j', grantId: 'g' } })]);
    expect(marks.isCurrent(before, [markKeys.user('t', 'anna'), markKeys.token('t', 'j')])).toBe(true);
  });

  it('that had to be dropped make all older states stale', () => {
    const marks = new ChangeMarks(EVENT_CATALOGUE, 2);
    const before = marks.now();
    for (const subjectId of ['a', 'b', 'c']) marks.onEvents([event({ subjectId })]);
    expect(marks.isCurrent(before, [markKeys.user('t', 'unrelated')])).toBe(false);
    expect(marks.isCurrent(marks.now(), [markKeys.user('t', 'a')])).toBe(true);
  });

  it('are kept up to the capacity, and those that changed last the longest', () => {
    const marks = new ChangeMarks(EVENT_CATALOGUE, 2);
    const mark = (...subjectIds: string[]) => marks.onEvents(subjectIds.map((subjectId) => event({ subjectId })));
    const isCurrent = (readAt: number, user: string) => marks.isCurrent(readAt, [markKeys.user('t', user)]);
    mark('a', 'b');
    expect(isCurrent(0, 'unrelated')).toBe(true);
    const readAt = marks.now();
    // The mark of b is now the oldest, so that it is the one to be dropped.
    mark('a', 'c');
    expect(isCurrent(readAt, 'unrelated')).toBe(true);
    expect(isCurrent(readAt, 'a')).toBe(false);
    mark('d');
    expect(isCurrent(readAt, 'unrelated')).toBe(false);
  });
});
