import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { USER_KIND } from '../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { proofActs } from '../../../src/auth-modes/index.ts';
import { ImageOwner, ImageProofClient } from '../../support/image-proof.ts';
import { linkIn, textOf } from '../../support/mailed-links.ts';
import { TestBrowser } from '../../support/sign-in.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { vaultOfSuite } from '../../support/vault.ts';

const AUDIENCE = 'https://id.example.com/api/oidc/acme';
const PAGE = 'https://id.example.com/t/acme/oauth/image-reset';
const BAD_CODE = [400, { detail: 'Invalid or expired code' }];
const REFUSED = [401, { detail: 'Authentication failed' }];

describe('the first image of users of Secrets Vault', () => {
  const vault = vaultOfSuite();
  let server: TestSmtpServer;
  let token: string;
  let count = 0;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    token = vault.token(vault.acme, 'user:read', 'user:create', 'group:read');
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    server.clear();
    await setServer({ host: '127.0.0.1', port: server.port, from: 'id@acme.example' });
  });

  const setServer = (mailServer: object | null) =>
    vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), { mailServer } as never);
  const ask = (method: string, path: string, body: object) => vault.ask(method, path, { token, body });
  /** A name that is an address. */
  const newName = () => `mate-${++count}@acme.example`;
  const user = (username: string, more: object = {}) => ({
    user_id: username.split('@')[0],
    username,
    email: username,
    tenant_id: 'acme',
    ...more,
  });
  const received = async () => {
    await vault.world.outbox();
    return server.mails.map(({ to }) => to.join()).sort();
  };
  const post = (path: string, body: object) => vault.ask('POST', `/api/auth/${path}`, { body });
  async function challenged(username: string, requestId: string) {
    const client = await ImageProofClient.create();
    const [status, json] = await post(`challenge?auth_req_id=${requestId}`, { username, cipherKey: client.cipherKey });
    expect(status).toBe(200);
    return { client, challenge: await client.open(json.challenge_data) };
  }
  /** The user chooses an image on the page of the link. */
  async function choose(owner: ImageOwner, { hash }: URL) {
    const secrets = new URLSearchParams(hash.slice(1));
    const [code, requestId] = [secrets.get('code')!, secrets.get('auth_req_id')!];
    const { client, challenge } = await challenged(owner.username, requestId);
    const parts = { challenge, act: proofActs.reset(code), audience: AUDIENCE };
    const encrypted_commitment = await owner.message(client, parts);
    return post('reset-password', { code, username: owner.username, encrypted_commitment, proto_version: 'sv-zkp/1' });
  }
  async function signIn(owner: ImageOwner) {
    const requestId = await new TestBrowser(vault.world, vault.acme).begin();
    const { client, challenge } = await challenged(owner.username, requestId);
    const parts = { challenge, act: proofActs.authenticate(requestId), audience: AUDIENCE };
    const challenge_data = await owner.message(client, parts);
    const { cipherKey } = client;
    const proof = { username: owner.username, cipherKey, challenge_id: challenge.id, challenge_data };
    return post(`authenticate?auth_req_id=${requestId}`, proof);
  }

  const MAKERS = {
    'USER-7': (name: string) => ask('POST', '/api/users/acme', user(name)),
    'USER-8': (name: string) => ask('POST', '/api/users/acme/batch', { users: [user(name)] }),
    'SCIM-6': (userName: string) =>
      ask('POST', '/scim/v2/acme/Users', { schemas: [USER_KIND.schema], userName, password: 'dropped' }),
  };

  it.each(Object.entries(MAKERS))('%s: is chosen by the link of a mail, once, for a day', async (_id, make) => {
    const name = newName();
    expect((await make(name))[0]).toBeLessThan(300);
    expect(await received()).toEqual([name]);
    const [mail] = server.mails;
    expect(textOf(mail!)).toContain('An account was made for you at acme.');
    const link = linkIn(mail!);
    expect(`${link.origin}${link.pathname}${link.search}`).toBe(PAGE);
    const owner = new ImageOwner('acme', name);
    expect(await signIn(owner)).toEqual(REFUSED);
    vault.world.clock.advance(86_000);
    expect(await choose(new ImageOwner('acme', 'somebody'), link)).toEqual(BAD_CODE);
    expect(await choose(owner, link)).toEqual([200, null]);
    expect((await signIn(owner))[0]).toBe(200);
    expect(await choose(new ImageOwner('acme', name), link)).toEqual(BAD_CODE);
    const made = await vault.world.stores.userStore.findByUsername(vault.acme.id, name);
    expect(made!.emailVerified).toBe(true);
    const asked = (await vault.world.events(vault.acme)).filter(({ type }) => type === 'image_proof.reset_requested');
    expect(asked.at(-1)).toMatchObject({ subject_id: made!.id, outcome: 'success', client_id: 'test-app' });
    expect(JSON.stringify(asked)).not.toContain(new URLSearchParams(link.hash.slice(1)).get('code'));
  });

  it('is not chosen by a link of more than a day ago', async () => {
    const name = newName();
    await MAKERS['USER-7'](name);
    await received();
    const link = linkIn(server.mails[0]!);
    const secrets = new URLSearchParams(link.hash.slice(1));
    vault.world.clock.advance(86_400);
    const { cipherKey } = await ImageProofClient.create();
    const [status] = await post(`challenge?auth_req_id=${secrets.get('auth_req_id')}`, { username: name, cipherKey });
    expect(status).toBe(400);
  });

  it('counts as a mail about a lost image, of which a user gets one a minute', async () => {
    const name = newName();
    await MAKERS['USER-7'](name);
    const { client } = await vault.world.newClient(vault.acme);
    const path = `reset-password/request?client_id=${client.clientId}&tenant_id=acme`;
    expect(await post(path, { username: name, email: name })).toEqual([200, null]);
    expect(await received()).toEqual([name]);
  });

  it('USER-8: is mailed to each user who was made and may sign in', async () => {
    const [taken, one, other, off, failed] = [newName(), newName(), newName(), newName(), newName()];
    await ask('POST', '/api/users/acme', user(taken));
    const users = [
      user(one),
      user(taken),
      user(off, { is_disabled: true }),
      user(other),
      user(failed, { roles: ['x'] }),
    ];
    expect((await ask('POST', '/api/users/acme/batch', { users }))[1].success_created_count).toBe(3);
    expect(await received()).toEqual([taken, one, other].sort());
  });

  it('USER-8: is mailed to as many as the queue takes at once, and the log names the others', async () => {
    const users = Array.from({ length: 260 }, () => user(newName()));
    expect((await ask('POST', '/api/users/acme/batch', { users }))[1].success_created_count).toBe(260);
    const delivered = await received();
    const full = (await vault.world.events(vault.acme)).filter(({ reason }) => reason === 'queue_full');
    expect(new Set(delivered).size).toBe(delivered.length);
    expect(delivered.length + full.length).toBe(260);
    expect(delivered.length).toBeGreaterThanOrEqual(250);
  });

  it.each(Object.entries(MAKERS))('%s: is not mailed where the tenant has no mail server', async (_id, make) => {
    await setServer(null);
    expect((await make(newName()))[0]).toBeLessThan(300);
    expect(await received()).toEqual([]);
    expect((await vault.world.outbox()).mails).toEqual([]);
  });

  it('SCIM-6: is not mailed to a user who is not active', async () => {
    const body = { schemas: [USER_KIND.schema], userName: newName(), active: false };
    expect((await ask('POST', '/scim/v2/acme/Users', body))[0]).toBe(201);
    expect(await received()).toEqual([]);
  });
});
