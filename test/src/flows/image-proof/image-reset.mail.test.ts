import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import type { ResetSecrets } from '../../../../src/flows/image-proof/index.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { fillTries } from '../../../support/image-flows.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { World } from '../../../support/world.ts';

const EMAIL = 'ada@example.com';

describe('the mail about a lost image', () => {
  let world: World;
  let tenant: KnownTenant;
  let user: User;
  let secrets: ResetSecrets[];
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = (await world.tenant()) as KnownTenant;
    user = await world.newUser(tenant, { username: 'Ada', email: EMAIL });
    secrets = [];
  });

  const resets = () => world.services.imageProofs.resets;
  const anybody = () => new Authority(world.app(tenant), tenant, 'self');
  const ask = (over: { readonly username?: string; readonly email?: string } = {}) =>
    resets().request(anybody(), tenant, {
      username: 'ada',
      email: 'ADA@example.com',
      toAddress: (one) => {
        secrets.push(one);
        return `https://id.example.com/reset#code=${one.code}`;
      },
      ...over,
    });
  const mails = async () => (await world.outbox()).mails.filter(({ behalf }) => behalf?.tenant?.id === tenant.id);
  const reasons = async () =>
    (await world.events(tenant))
      .filter(({ type }) => type === 'image_proof.reset_requested')
      .map(({ subject_id, outcome, reason }) => [subject_id, outcome, reason]);

  it('goes to the account with this name and this address, with a code and a request', async () => {
    await ask();
    const [{ code, requestId }] = secrets as [ResetSecrets];
    expect(await mails()).toMatchObject([{ to: EMAIL, purpose: 'image-reset' }]);
    expect((await mails())[0]!.text).toContain(`https://id.example.com/reset#code=${code}`);
    expect(await reasons()).toEqual([[user.id, 'success', null]]);
    expect(await resets().isRequest(tenant, requestId)).toBe(true);
    expect(await resets().isRequest(tenant, code)).toBe(false);
    expect(await resets().isRequest(await world.tenant(), requestId)).toBe(false);
    world.clock.advance(901);
    expect(await resets().isRequest(tenant, requestId)).toBe(false);
  });

  it('goes to nobody for other names and addresses, with the same answer and rows (negative 45)', async () => {
    const nobody = await world.newUser(tenant, { username: 'Nil', email: null });
    const off = await world.newUser(tenant, { username: 'Off', email: 'off@example.com' });
    await world.services.endAccess.setEnabled(world.system(tenant), off.id, false);
    const rows = () =>
      world.db.orm.em
        .fork()
        .getConnection()
        .execute<{ count: string }[]>(`select count(*) from one_time_codes where tenant_id = '${tenant.id}'`);
    await ask();
    const [{ count: ofRight }] = (await rows()) as [{ count: string }];
    const wrong = [
      { username: 'nobody' },
      { email: 'eve@example.com' },
      { email: '' },
      { username: 'Nil', email: '' },
      { username: 'Off', email: 'off@example.com' },
      { username: '\u0000', email: '\u0000' },
    ];
    for (const given of wrong) expect(await ask(given)).toBeUndefined();
    const [{ count }] = (await rows()) as [{ count: string }];
    expect(Number(count)).toBe(Number(ofRight) * (wrong.length + 1));
    expect(await mails()).toHaveLength(1);
    expect(secrets).toHaveLength(1);
    expect((await reasons()).slice(1)).toEqual([
      [null, 'failure', 'unknown_user'],
      [user.id, 'failure', 'email_other'],
      [user.id, 'failure', 'email_other'],
      [nobody.id, 'failure', 'email_other'],
      [off.id, 'failure', 'account_disabled'],
      [null, 'failure', 'unknown_user'],
    ]);
  });

  it('goes out once in a minute, and five times in an hour', async () => {
    await ask();
    await ask();
    expect((await reasons()).at(-1)).toEqual([user.id, 'failure', 'mailed_before']);
    for (let at = 0; at < 5; at++) {
      world.clock.advance(61);
      await ask();
    }
    expect(await mails()).toHaveLength(5);
    world.clock.advance(3601);
    await ask();
    expect(await mails()).toHaveLength(6);
  });

  it('refuses an address of the network that asks too often', async () => {
    await fillTries(world, tenant, anybody().caller.origin.peerIp);
    expect(await refusalOf(ask())).toBe('TOO_MANY_REQUESTS');
    expect(await mails()).toHaveLength(0);
  });

  it('has the texts of the tenant only where the tenant has a mail server', async () => {
    await world.services.tenants.updateSettings(world.system(tenant), {
      texts: { en: { 'image-reset.subject': 'Own text' } },
    });
    tenant = (await world.services.directory.byId(tenant.id))!;
    await ask();
    expect((await mails())[0]!.subject).toBe(`A new image for ${tenant.name}`);
  });
});
