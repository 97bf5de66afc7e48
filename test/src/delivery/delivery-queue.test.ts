import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type DeliveryOutcome,
  DeliveryQueue,
  type Mail,
  PermanentDeliveryError,
  SilentServerError,
} from '../../../src/delivery/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { Mailbox } from '../../support/mailbox.ts';
import { refusalOf } from '../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

let world: World;
let tenant: TenantRef;
let mailbox: Mailbox<Mail>;
let outcomes: [to: string, outcome: DeliveryOutcome][];
let errors: unknown[];

beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
});
afterAll(() => world.close());
beforeEach(() => {
  mailbox = new Mailbox<Mail>();
  outcomes = [];
  errors = [];
});

const actor = {
  kind: 'system',
  userId: null,
  clientId: null,
  clientAuth: null,
  sessionId: null,
  origin: TEST_ORIGIN,
};
const mail = (to = 'ada@example.com'): Mail => ({
  to,
  subject: 'Hello',
  text: 'A secret',
  locale: 'en',
  purpose: 'test',
  behalf: { tenant, actor, subjectId: null },
});

function queue(over: Partial<ConstructorParameters<typeof DeliveryQueue<Mail>>[0]> = {}): DeliveryQueue<Mail> {
  return new DeliveryQueue<Mail>({
    transport: mailbox,
    report: async ({ to }, outcome) => outcomes.push([to, outcome]),
    detached: (work) => world.db.detached(work),
    onError: (error) => errors.push(error),
    retryDelaysMs: [0, 0],
    ...over,
  });
}

describe('outgoing messages', () => {
  it('are sent without making the caller wait, and their outcome is reported', async () => {
    const outgoing = queue();
    expect(outgoing.send(mail())).toBeUndefined();
    await outgoing.idle();
    expect(mailbox.messages).toHaveLength(1);
    expect(outcomes).toEqual([['ada@example.com', { sent: true }]]);
  });

  it('leave after the commit of the change they belong to', async () => {
    const outgoing = queue();
    await world.db.transaction(async () => {
      outgoing.send(mail());
      await outgoing.idle();
      expect(mailbox.attempts).toEqual([]);
    });
    await outgoing.idle();
    expect(mailbox.messages).toHaveLength(1);
  });

  it('do not leave when the change is undone, and give their place back', async () => {
    const outgoing = queue({ capacity: 1 });
    const undone = world.db.transaction(async () => {
      outgoing.send(mail());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    outgoing.send(mail('second@example.com'));
    await outgoing.idle();
    expect(mailbox.messages.map(({ to }) => to)).toEqual(['second@example.com']);
  });

  it('are tried again a bounded number of times', async () => {
    mailbox.failures.push(new Error('once'), new Error('twice'));
    const outgoing = queue();
    outgoing.send(mail());
    await outgoing.idle();
    expect(mailbox.attempts).toHaveLength(3);
    expect(errors).toHaveLength(2);
    mailbox.failures.push(new Error('1'), new Error('2'), new Error('3'));
    outgoing.send(mail('far@example.com'));
    await outgoing.idle();
    expect(mailbox.failures).toEqual([]);
    expect(outcomes).toEqual([
      ['ada@example.com', { sent: true }],
      ['far@example.com', { sent: false, reason: 'unreachable' }],
    ]);
  });

  it('are not tried again when the other side refused them for good', async () => {
    mailbox.failures.push(new PermanentDeliveryError('no such mailbox'));
    const outgoing = queue();
    outgoing.send(mail());
    await outgoing.idle();
    expect(mailbox.attempts).toHaveLength(1);
    expect(outcomes).toEqual([['ada@example.com', { sent: false, reason: 'refused' }]]);
  });

  it('are refused while too many wait, which undoes the change', async () => {
    mailbox.failures.push(new Error('not now'));
    const outgoing = queue({ capacity: 1, retryDelaysMs: [3_600_000] });
    outgoing.send(mail());
    const change = world.db.transaction(async () => outgoing.send(mail()));
    expect(await refusalOf(change)).toBe('SERVICE_UNAVAILABLE');
    await outgoing.stop();
    outgoing.send(mail());
    await outgoing.idle();
    expect(mailbox.messages).toHaveLength(2);
  });

  it('of one tenant are refused while too many of it wait, and those of others are not', async () => {
    mailbox.failures.push(new Error('not now'));
    const outgoing = queue({ tenantCapacity: 1, retryDelaysMs: [3_600_000] });
    const { id } = await world.tenant();
    outgoing.send(mail());
    expect(await refusalOf(world.db.transaction(async () => outgoing.send(mail())))).toBe('SERVICE_UNAVAILABLE');
    outgoing.send({ ...mail('other@example.com'), behalf: { ...mail().behalf, tenant: { id } } });
    await outgoing.stop();
    outgoing.send(mail('again@example.com'));
    await outgoing.idle();
    expect(mailbox.messages.map(({ to }) => to).sort()).toEqual([
      'ada@example.com',
      'again@example.com',
      'other@example.com',
    ]);
  });

  it('of a tenant whose own server was silent wait in few places, and in one more for each that it takes', async () => {
    for (let at = 0; at < 4; at++) mailbox.failures.push(new SilentServerError('silent'));
    const outgoing = queue({ tenantCapacity: 4, silentCapacity: 1, retryDelaysMs: [3_600_000] });
    for (let at = 0; at < 4; at++) outgoing.send(mail(`${at}@example.com`));
    await setImmediate();
    expect(outcomes.map(([, outcome]) => outcome)).toEqual(Array(3).fill({ sent: false, reason: 'unreachable' }));
    expect(() => outgoing.send(mail())).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    await outgoing.stop();
    expect(mailbox.messages).toHaveLength(1);
    mailbox.failures.push(...Array(3).fill(new Error('not now')));
    outgoing.send(mail());
    outgoing.send(mail());
    expect(() => outgoing.send(mail())).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    await outgoing.idle();
  });

  const TRIED = {
    host: 'mail.example.com',
    port: null,
    isTls: false,
    isStartTls: false,
    user: null,
    password: null,
    from: 'id@example.com',
    fromName: null,
    replyTo: null,
    replyToName: null,
    envelopeFrom: null,
  };

  it('of a tenant have all their places after another server, which was only tried, was silent', async () => {
    mailbox.failures.push(new SilentServerError('silent'), new Error('not now'), new Error('not now'));
    const outgoing = queue({ tenantCapacity: 2, silentCapacity: 1, retryDelaysMs: [3_600_000] });
    expect(await refusalOf(outgoing.sendNow({ ...mail(), server: TRIED }))).toBe('MAIL_NOT_SENT');
    outgoing.send(mail());
    outgoing.send(mail());
    await outgoing.stop();
    expect(mailbox.messages).toHaveLength(2);
  });

  it('of a tenant whose own server was silent have no more places after another server took a mail', async () => {
    const outgoing = queue({ tenantCapacity: 3, silentCapacity: 1 });
    mailbox.failures.push(new SilentServerError('silent'));
    expect(await refusalOf(outgoing.sendNow(mail()))).toBe('MAIL_NOT_SENT');
    await outgoing.sendNow({ ...mail(), server: TRIED });
    mailbox.failures.push(new Error('not now'));
    outgoing.send(mail());
    expect(() => outgoing.send(mail())).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    await outgoing.idle();
  });

  it('of the other tenants have all their places meanwhile', async () => {
    mailbox.failures.push(new SilentServerError('silent'), new Error('not now'), new Error('not now'));
    const { id } = await world.tenant();
    const ofOther = { ...mail('other@example.com'), behalf: { ...mail().behalf, tenant: { id } } };
    const outgoing = queue({ tenantCapacity: 2, silentCapacity: 1, retryDelaysMs: [3_600_000] });
    outgoing.send(mail());
    await setImmediate();
    outgoing.send(ofOther);
    outgoing.send(ofOther);
    expect(() => outgoing.send(mail())).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    await outgoing.stop();
    expect(mailbox.messages).toHaveLength(3);
  });

  it('that are only offered are reported as failed instead', async () => {
    mailbox.failures.push(new Error('not now'));
    const outgoing = queue({ capacity: 1, retryDelaysMs: [3_600_000] });
    outgoing.send(mail());
    await world.db.transaction(async () => outgoing.offer(mail('notice@example.com')));
    await outgoing.stop();
    outgoing.offer(mail('later@example.com'));
    await outgoing.idle();
    expect(mailbox.messages.map(({ to }) => to)).toEqual(['ada@example.com', 'later@example.com']);
    expect(outcomes).toContainEqual(['notice@example.com', { sent: false, reason: 'queue_full' }]);
  });

  it('get a last attempt when the node stops, however long the next one is away', async () => {
    mailbox.failures.push(new Error('not now'));
    const outgoing = queue({ retryDelaysMs: [3_600_000, 3_600_000] });
    outgoing.send(mail());
    await outgoing.stop();
    expect(mailbox.messages).toHaveLength(1);
    expect(mailbox.isClosed).toBe(true);
    expect(outcomes).toEqual([['ada@example.com', { sent: true }]]);
  });

  it('go on when the report of one fails', async () => {
    const outgoing = queue({
      report: async () => {
        throw new Error('the log is away');
      },
    });
    outgoing.send(mail());
    outgoing.send(mail());
    await outgoing.idle();
    expect(mailbox.messages).toHaveLength(2);
    expect(errors).toHaveLength(2);
  });

  it('are recorded as events that name purpose and recipient, never the text', async () => {
    world.services.mailer.send(mail());
    await world.outbox();
    await world.services.smsSender.idle();
    const [event] = (await world.events(tenant)).filter(({ type }) => type === 'mail.sent');
    expect(event).toMatchObject({ params: { channel: 'mail', purpose: 'test', to: 'ada@example.com' } });
    expect(JSON.stringify(event)).not.toContain('A secret');
  });
});

describe('a message whose sender waits', () => {
  it('is sent at once, and its outcome is reported', async () => {
    await queue().sendNow(mail());
    expect([mailbox.messages.length, outcomes]).toEqual([1, [['ada@example.com', { sent: true }]]]);
  });

  it('is tried once, and refused with the outcome reported', async () => {
    mailbox.failures.push(new Error('not now'), new PermanentDeliveryError('never'));
    const outgoing = queue();
    expect(await refusalOf(outgoing.sendNow(mail()))).toBe('MAIL_NOT_SENT');
    expect(await refusalOf(outgoing.sendNow(mail()))).toBe('MAIL_NOT_SENT');
    expect(mailbox.attempts).toHaveLength(2);
    expect(outcomes.map(([, outcome]) => outcome)).toEqual([
      { sent: false, reason: 'unreachable' },
      { sent: false, reason: 'refused' },
    ]);
    expect(errors).toHaveLength(2);
  });

  it('is given up with the patience, so that it does not go out after it was reported as failed', async () => {
    const seen: (AbortSignal | undefined)[] = [];
    const deliver = async (_: Mail, signal?: AbortSignal) => {
      seen.push(signal);
      await once(signal!, 'abort');
      throw new Error('ended');
    };
    const outgoing = queue({ transport: { deliver, close: () => undefined }, patienceMs: 20 });
    expect(await refusalOf(outgoing.sendNow(mail()))).toBe('MAIL_NOT_SENT');
    await outgoing.idle();
    expect(seen.map((signal) => signal?.aborted)).toEqual([true]);
    expect(outcomes).toHaveLength(1);
  });

  it('is not waited for longer than the patience, and keeps its place until the attempt has ended', async () => {
    let end = (): void => undefined;
    const silent = { deliver: () => new Promise<void>((resolve) => (end = resolve)), close: () => undefined };
    const outgoing = queue({ transport: silent, patienceMs: 20, tenantCapacity: 1 });
    expect(await refusalOf(outgoing.sendNow(mail()))).toBe('MAIL_NOT_SENT');
    expect(outcomes).toEqual([['ada@example.com', { sent: false, reason: 'unreachable' }]]);
    expect(await refusalOf(outgoing.sendNow(mail()))).toBe('SERVICE_UNAVAILABLE');
    end();
    await outgoing.idle();
    await expect(queue({ tenantCapacity: 1 }).sendNow(mail())).resolves.toBeUndefined();
    expect(outcomes).toHaveLength(2);
  });
});
