import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

describe('the setting `mailServer` of a tenant', () => {
  let world: World;
  let tenant: TenantRef;
  let first: TestSmtpServer;
  let second: TestSmtpServer;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    first = await TestSmtpServer.start();
    second = await TestSmtpServer.start();
  });
  afterAll(async () => {
    await world.close();
    await Promise.all([first.close(), second.close()]);
  });

  const actor = {
    kind: 'system',
    userId: null,
    clientId: null,
    clientAuth: null,
    sessionId: null,
    origin: TEST_ORIGIN,
  };
  const send = async (of: TenantRef) => {
    const behalf = { tenant: of, actor, subjectId: null };
    const text = { subject: 'Ahoy', text: 'Ahoy', locale: 'en', purpose: 'test' };
    world.services.mailer.send({ to: 'ada@example.com', ...text, behalf });
    const { mails } = await world.outbox();
    return [mails.length, first.mails.length, second.mails.length];
  };
  const set = (mailServer: object | null) =>
    world.services.tenants.updateSettings(world.system(tenant), { mailServer } as never);
  const serverAt = ({ port }: TestSmtpServer) => ({ host: '127.0.0.1', port, from: 'id@harbour.example' });

  it('acts on the next mail, with its password, and on those of the tenant alone', async () => {
    const neighbour = await world.tenant();
    expect(await send(tenant)).toEqual([1, 0, 0]);
    await set({ ...serverAt(first), user: 'id', password: 'p@ss' });
    expect(await send(tenant)).toEqual([1, 1, 0]);
    expect(first.users).toEqual(['id']);
    expect(await send(neighbour)).toEqual([2, 1, 0]);
    await set({ ...serverAt(second), user: null, password: null });
    expect(await send(tenant)).toEqual([2, 1, 1]);
    expect(second.users).toEqual([null]);
    await set(null);
    expect(await send(tenant)).toEqual([3, 1, 1]);
  });

  it('does not act on mails of a tenant that is no more', async () => {
    const gone = await world.tenant({ settings: { mailServer: serverAt(first) } });
    await world.services.tenants.delete(world.system(gone));
    expect(await send(gone)).toEqual([4, 1, 1]);
  });
});
