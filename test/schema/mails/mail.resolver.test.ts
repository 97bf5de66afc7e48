import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toGlobalId } from '../../../schema/global-id.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { World } from '../../support/world.ts';

const SEND = `mutation ($input: SendAccountMailInput!) { sendAccountMail(input: $input) { isSent } }`;
const TEST = `mutation ($tenant: String) { sendTestMail(input: { tenant: $tenant }) { to } }`;

describe('mails to users in the graph', () => {
  let world: World;
  let tenant: TenantRef;
  let server: TestSmtpServer;
  beforeAll(async () => {
    world = await World.open();
    server = await TestSmtpServer.start();
    const mailServer = { host: '127.0.0.1', port: server.port, from: 'id@harbour.example' };
    tenant = await world.tenant({ displayName: 'The harbour', settings: { mailServer } as never });
  });
  afterAll(async () => {
    await world.close();
    await server.close();
  });

  const send = async (userId: string, input: object = {}, scopes: readonly string[] = ['mail:send']) =>
    world.graphql(world.app(tenant, ...scopes), SEND, {
      input: { userId: toGlobalId('User', tenant, userId), kind: 'TEST', ...input },
    });

  it('are sent in the name of the tenant while the caller waits', async () => {
    const { id } = await world.newUser(tenant, { email: 'mia@sea.example', locale: 'ru' });
    expect((await send(id)).data.sendAccountMail).toEqual({ isSent: true });
    expect(server.mails.at(-1)!.to).toEqual(['mia@sea.example']);
    expect(server.mails.at(-1)!.raw).toMatch(/^Content-Language: ru\r$/m);
    const verified = await world.newUser(tenant, { email: 'ada@sea.example', emailVerified: true });
    expect((await send(verified.id, { kind: 'VERIFY_EMAIL' })).data.sendAccountMail).toEqual({ isSent: false });
    expect(server.mails).toHaveLength(1);
  });

  it('are refused with what is wrong', async () => {
    const { id } = await world.newUser(tenant, { email: 'nobody@sea.example' });
    const lonely = await world.newUser(tenant, { email: null });
    expect((await send(id)).code).toBe('MAIL_NOT_SENT');
    expect((await send(lonely.id)).code).toBe('MAIL_RECIPIENT_MISSING');
    expect((await send('6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11')).code).toBe('USER_NOT_FOUND');
    const { code, errors } = await send(id, { kind: 'WELCOME', portalUrl: 'ftp://pier.example' });
    expect([code, errors[0]!.extensions['fields']]).toMatchObject(['MAIL_LINK_INVALID', [{ path: 'input.portalUrl' }]]);
    expect((await send(id, { supportEmail: 'nobody' })).code).toBe('INVALID_INPUT');
    expect((await send(id, {}, ['user:write', 'setting:write'])).code).toBe('FORBIDDEN');
    const bare = await world.tenant();
    const user = await world.newUser(bare, { email: 'mia@sea.example' });
    const input = { userId: toGlobalId('User', bare, user.id), kind: 'TEST' };
    expect((await world.graphql(world.app(bare, 'mail:send'), SEND, { input })).code).toBe('MAIL_SERVER_MISSING');
  });

  it('test the server of the tenant, to the address of the caller', async () => {
    const { id } = await world.newUser(tenant, { email: 'boss@harbour.example' });
    const caller = world.user(tenant, id, 'mail:send');
    expect((await world.graphql(caller, TEST)).data.sendTestMail).toEqual({ to: 'boss@harbour.example' });
    expect((await world.graphql(world.app(tenant, 'mail:send'), TEST)).code).toBe('MAIL_RECIPIENT_MISSING');
    const blocked = await world.newUser(tenant, { email: 'full@harbour.example' });
    expect((await world.graphql(world.user(tenant, blocked.id, 'mail:send'), TEST)).code).toBe('MAIL_NOT_SENT');
    const bare = await world.tenant();
    const user = await world.newUser(bare, { email: 'boss@bare.example' });
    expect((await world.graphql(world.user(bare, user.id, 'mail:send'), TEST)).code).toBe('MAIL_SERVER_MISSING');
    expect((await world.graphql(world.user(tenant, id, 'user:write'), TEST)).code).toBe('FORBIDDEN');
  });

  it('test a server that is not stored, for callers who may change settings', async () => {
    const bare = await world.tenant();
    const { id } = await world.newUser(bare, { email: 'boss@bare.example' });
    const TRY = 'mutation ($server: MailServerInput) { sendTestMail(input: { server: $server }) { to } }';
    const other = { host: '127.0.0.1', port: server.port, from: 'try@bare.example' };
    const attempt = (tried: object, ...scopes: string[]) =>
      world.graphql(world.user(bare, id, 'mail:send', ...scopes), TRY, { server: tried });
    expect((await attempt(other)).code).toBe('FORBIDDEN');
    expect((await attempt(other, 'setting:write')).data.sendTestMail).toEqual({ to: 'boss@bare.example' });
    expect(server.mails.at(-1)).toMatchObject({ from: 'try@bare.example', to: ['boss@bare.example'] });
    const { code, errors } = await attempt({ ...other, host: 'a b' }, 'setting:write');
    expect([code, errors[0]!.extensions['fields']]).toMatchObject([
      'TENANT_SETTING_INVALID',
      [{ path: 'input.server.host' }],
    ]);
    expect((await world.graphql(world.user(bare, id, 'mail:send'), TEST)).code).toBe('MAIL_SERVER_MISSING');
  });

  it('do not send the stored password to another server', async () => {
    const own = await world.tenant();
    const { id } = await world.newUser(own, { email: 'boss@own.example' });
    const stored = { host: '127.0.0.1', port: server.port, from: 'id@own.example', user: 'post', password: 'ebb-7' };
    await world.services.tenants.updateSettings(world.system(own), { mailServer: stored });
    const TRY = 'mutation ($server: MailServerInput) { sendTestMail(input: { server: $server }) { to } }';
    const caller = world.user(own, id, 'mail:send', 'setting:write');
    const other = { ...stored, host: 'localhost', password: '**********' };
    const { code, errors } = await world.graphql(caller, TRY, { server: other });
    expect([code, errors[0]!.extensions['fields']]).toMatchObject([
      'INVALID_INPUT',
      [{ path: 'input.server.password' }],
    ]);
  });
});
