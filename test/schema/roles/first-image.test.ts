import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { textOf } from '../../support/mailed-links.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { World } from '../../support/world.ts';

const SCOPES = [
  'user:create',
  'password:set',
  'tenant:import',
  'auth-mode:write',
  'credential:write',
  'group-member:write',
];
const PASSWORD = 'three-wombats-at-dawn';
const PROVISION = 'mutation ($input: ProvisionUserInput!) { provisionUser(input: $input) { subject } }';
const CREATE_MANY = 'mutation ($input: CreateUsersInput!) { createUsers(input: $input) { results { subject } } }';

describe('the mail about the first image of new users', () => {
  let world: World;
  let server: TestSmtpServer;
  let tenant: TenantRef;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
    server = await TestSmtpServer.start();
    const mailServer = { host: '127.0.0.1', port: server.port, from: 'id@harbour.example' };
    const texts = { de: { 'first-image.subject': 'Willkommen an Bord' } };
    const settings = { mailServer, texts } as never;
    tenant = await world.tenant({ displayName: 'The harbour', settings });
  });
  afterAll(async () => {
    await world.close();
    await server.close();
  });
  beforeEach(() => server.clear());

  const account = (more: object = {}) => ({ username: `mate${++count}`, email: `mate${count}@sea.example`, ...more });
  const run = async (document: string, input: object) => {
    const { errors, code } = await world.graphql(world.app(tenant, ...SCOPES), document, { input });
    await world.outbox();
    return [errors.length === 0 ? null : code, server.mails.length];
  };
  const provision = (more: object) => run(PROVISION, { ...account(), isFirstImageMailed: true, ...more });
  const createMany = (users: object[], more: object = { isFirstImageMailed: true }) =>
    run(CREATE_MANY, { users, ...more });

  it('has the texts of the tenant, in the language of the user', async () => {
    expect(await provision({ locale: 'de' })).toEqual([null, 1]);
    expect(server.mails[0]!.raw).toContain('Subject: Willkommen an Bord');
    expect(textOf(server.mails[0]!)).toContain('ein Konto bei The harbour');
  });

  it('is sent where it is asked for alone', async () => {
    expect(await provision({ isFirstImageMailed: false })).toEqual([null, 0]);
    expect(await provision({ isFirstImageMailed: null })).toEqual([null, 0]);
    expect(await createMany([account()], {})).toEqual([null, 0]);
    expect(await createMany([account(), account()])).toEqual([null, 2]);
  });

  it('is not sent to users who can sign in, or cannot be reached', async () => {
    const stored = { type: 'password', value: PASSWORD };
    const totp = {
      type: 'otp',
      credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
      secretData: '{"value":"abcdefghijklmnopqrst"}',
    };
    for (const more of [
      { password: PASSWORD },
      { credentials: [stored] },
      { credentials: [totp] },
      { email: null },
      { isEnabled: false },
    ])
      expect([more, await provision(more)]).toEqual([more, [null, 0]]);
    expect(await createMany([account({ email: null }), account({ isEnabled: false })])).toEqual([null, 0]);
  });

  it('is not sent when the account is refused', async () => {
    expect(await provision({ groups: [{ path: 'nowhere' }] })).toEqual(['GROUP_NOT_FOUND', 0]);
    expect(await provision({ email: 'nobody' })).toEqual(['USER_EMAIL_INVALID', 0]);
  });
});
