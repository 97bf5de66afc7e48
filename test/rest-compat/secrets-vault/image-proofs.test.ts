import { beforeEach, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import { type ProofAct, proofActs } from '../../../src/auth-modes/index.ts';
import type { User } from '../../../src/users/index.ts';
import { callField } from '../../support/call-field.ts';
import { fillTries, redeemTicket } from '../../support/image-flows.ts';
import { ImageOwner, ImageProofClient, type MessageParts, type ReadChallenge } from '../../support/image-proof.ts';
import { TestBrowser } from '../../support/sign-in.ts';
import { vaultOfSuite } from '../../support/vault.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const AUDIENCE = 'https://id.example.com/api/oidc/acme';
const SESSION = ['credential:write:self', 'email:change:self'];

const UNAUTHENTICATED = [401, { detail: 'Not authenticated' }];
const FORBIDDEN = [403, { detail: 'Not enough permissions' }];
const REFUSED = [401, { detail: 'Authentication failed' }];
const BAD_REQUEST = [400, { detail: 'Invalid or expired auth request' }];
const BAD_CODE = [400, { detail: 'Invalid or expired code' }];
const BAD_VERSION = [400, { detail: 'Unsupported proto_version' }];
/** The name of the tenant is in no handle of these requests, so that the host or the default names it. */
const UNNAMED = { headers: { host: 'acme.example.com' } };

describe('the image proofs of Secrets Vault', () => {
  const vault = vaultOfSuite();
  let browser: TestBrowser;
  /** Handle of a sign-in under way. */
  let request: string;
  let ada: ImageOwner;
  /** The address of `ada`. */
  let address: string;
  beforeEach(async () => {
    const settings = {
      registration: true,
      emailIsUsername: false,
      uniqueEmail: true,
      attributes: [],
      lockout: { accountLimit: 100, ipLimit: 1000, quickMilliseconds: 0 },
    };
    await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), settings);
    browser = new TestBrowser(vault.world, vault.acme);
    request = await browser.begin();
    ada = new ImageOwner('acme', `ada-${request.slice(-8)}`);
    address = `${ada.username}@example.com`.toLowerCase();
    vault.world.clock.advance(1);
  });

  const post = (path: string, body: object, more: object = {}) =>
    vault.ask('POST', `/api/auth/${path}`, { body, ...more });
  const query = (id: string | null = request) => (id === null ? '' : `?auth_req_id=${id}`);

  async function challenged(username: string, id: string | null = request) {
    const client = await ImageProofClient.create();
    const [status, json] = await post(`challenge${query(id)}`, { username, cipherKey: client.cipherKey }, UNNAMED);
    expect(status).toBe(200);
    expect(json).toEqual({ challenge_data: expect.any(String), proto_version: 'sv-zkp/1' });
    return { client, challenge: await client.open(json.challenge_data) };
  }
  interface Challenged {
    readonly client: ImageProofClient;
    readonly challenge: ReadChallenge;
  }
  const partsOf = ({ challenge }: Challenged, act: ProofAct, over = {}): MessageParts => ({
    challenge,
    act,
    audience: AUDIENCE,
    over,
  });
  const registering = async (owner = ada, id: string | null = request, over: object = {}) => {
    const from = await challenged(owner.username, id);
    const sent = await owner.message(from.client, partsOf(from, proofActs.register(address, id)));
    return { username: owner.username, email: address, encrypted_commitment: sent, proto_version: 'sv-zkp/1', ...over };
  };
  async function register(owner = ada): Promise<User> {
    expect(await post(`register${query()}`, await registering(owner))).toEqual([201, null]);
    return (await vault.world.stores.userStore.findByUsername(vault.acme.id, owner.username))!;
  }
  async function proving(owner = ada, id: string | null = request) {
    const from = await challenged(owner.username, id);
    const sent = await owner.message(from.client, partsOf(from, proofActs.authenticate(id)));
    const { challenge, client } = from;
    return { username: owner.username, cipherKey: client.cipherKey, challenge_id: challenge.id, challenge_data: sent };
  }
  const authenticate = async (body: object, id: string | null = request) =>
    post(`authenticate${query(id)}`, body, UNNAMED);
  const proved = async (owner = ada) => authenticate(await proving(owner));
  const mailsTo = async (to: string, purpose: string) =>
    (await vault.world.outbox()).mails.filter((mail) => mail.to === to && mail.purpose === purpose);
  const last = async (to: string, purpose: string) => (await mailsTo(to, purpose)).at(-1)!.text;
  /** A token in a session of the user. */
  const sessionOf = ({ id }: User, ...permissions: string[]) => vault.userToken(vault.acme, id, ...permissions);
  const faultsOf = (json: { detail: { loc: unknown[]; type: string }[] }) =>
    json.detail.map(({ loc, type }) => [...loc, type].join(' '));

  describe('AUTH-1', () => {
    it('201: makes a user, who signs in with the image, and mails a code', async () => {
      const user = await register();
      expect(user).toMatchObject({ username: ada.username, email: address, emailVerified: false });
      expect((await proved())[0]).toBe(200);
      expect(await last(address, 'verification-link')).toMatch(
        /https:\/\/id\.example\.com\/t\/acme\/oauth\/confirm-email\?code=[\w-]{43}/,
      );
    });

    it('201: without an authorization request, in the tenant of the host', async () => {
      await vault.world.services.tenants.bindHost(vault.world.system(vault.acme), 'acme.example.com');
      const from = await challenged(ada.username, null);
      const audience = 'https://acme.example.com/api/oidc/acme';
      const parts = { ...partsOf(from, proofActs.register(address, null)), audience };
      const encrypted = await ada.message(from.client, parts);
      const body = {
        username: ada.username,
        email: address,
        encrypted_commitment: encrypted,
        proto_version: 'sv-zkp/1',
      };
      expect(await post('register', body, UNNAMED)).toEqual([201, null]);
      await vault.world.services.tenants.unbindHost(vault.world.system(vault.acme), 'acme.example.com');
    });

    it('400: another version, a commitment that is none, and a bad authorization request', async () => {
      const body = await registering();
      expect(await post(`register${query()}`, { ...body, proto_version: 'sv-zkp/2' })).toEqual(BAD_VERSION);
      expect((await post(`register${query()}`, { ...body, encrypted_commitment: 'x' }))[0]).toBe(400);
      expect(await post('register?auth_req_id=x', body)).toEqual(BAD_REQUEST);
      vault.world.clock.advance(3600);
      expect(await post(`register${query()}`, body)).toEqual(BAD_REQUEST);
    });

    it('400: another username than the address, where the address is the username', async () => {
      const settings = { emailIsUsername: true };
      await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), settings);
      expect((await post(`register${query()}`, await registering()))[0]).toBe(400);
    });

    it('403: where the tenant or the client lets nobody register', async () => {
      const { client } = await vault.world.newClient(vault.acme, { isRegistrationEnabled: false });
      request = await browser.begin({}, { clientId: client.clientId });
      expect((await post(`register${query()}`, await registering()))[0]).toBe(403);
      const { client: open } = await vault.world.newClient(vault.acme, { isRegistrationEnabled: true });
      request = await browser.begin({}, { clientId: open.clientId });
      expect((await post(`register${query()}`, await registering()))[0]).toBe(201);
      await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), { registration: false });
      expect((await post(`register${query()}`, await registering(new ImageOwner('acme', 'eve'))))[0]).toBe(403);
    });

    it('400: an address that the rules of the tenant refuse', async () => {
      const email = { name: 'email', isList: false, isUnmodifiable: false };
      const rules = [
        { ...email, validators: [{ max: 3, code: 'LONG', message: 'Too long.' }] },
        { ...email, type: 'number' as const, validators: [] },
      ];
      for (const rule of rules) {
        await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), { attributes: [rule] });
        expect((await post(`register${query()}`, await registering()))[0]).toBe(400);
      }
    });

    it('is refused by the graph with an address that is none', async () => {
      const from = await challenged(ada.username);
      const encryptedCommitment = await ada.message(from.client, partsOf(from, proofActs.register('x', request)));
      const input = {
        tenant: 'acme',
        requestId: request,
        username: ada.username,
        email: 'x',
        encryptedCommitment,
        issuerKind: 'API',
      };
      const caller = anonymousCaller(TEST_ORIGIN);
      const sent = { input: { ...input, version: 'sv-zkp/1' } };
      expect((await callField(vault.world, caller, 'Mutation.registerWithImage', sent)).code).toBe(
        'USER_EMAIL_INVALID',
      );
    });

    it('429: an address that tries to make more than a hundred accounts in an hour', async () => {
      const body = { username: 'x', email: address, encrypted_commitment: 'x', proto_version: 'sv-zkp/1' };
      const statuses: number[] = [];
      for (let tried = 0; tried <= 100; tried++) statuses.push((await post(`register${query()}`, body))[0]);
      expect([...new Set(statuses)]).toEqual([400, 429]);
      vault.world.clock.advance(3600);
    });

    it('409: a taken name or address, after a right proof alone', async () => {
      await register();
      expect((await post(`register${query()}`, await registering()))[0]).toBe(409);
      const namesake = new ImageOwner('acme', `${ada.username}-2`);
      expect((await post(`register${query()}`, await registering(namesake)))[0]).toBe(409);
      expect(
        (await post(`register${query()}`, await registering(ada, request, { encrypted_commitment: 'x' })))[0],
      ).toBe(400);
    });

    it('422: members that are missing or faulty, and an empty authorization request', async () => {
      const body = { username: 'a b', email: 'x', encrypted_commitment: 1, proto_version: 'x' };
      const [status, json] = await post('register?auth_req_id=', body);
      expect(status).toBe(422);
      expect(faultsOf(json)).toEqual([
        'query auth_req_id string_too_short',
        'body username string_pattern_mismatch',
        'body email value_error',
        'body encrypted_commitment string_type',
      ]);
    });
  });

  describe('AUTH-2 and AUTH-3', () => {
    it('200: gives a ticket for the authorization request, once', async () => {
      const user = await register();
      const body = await proving();
      const [status, json] = await authenticate(body);
      expect([status, json]).toEqual([200, { nonce: expect.stringMatching(/^[\w-]{43}$/), need_verify: true }]);
      const ticket = await redeemTicket(vault.world, vault.acme, json.nonce, request);
      expect(ticket).toMatchObject({ userId: user.id, amr: ['pop', 'pin'] });
      expect(await authenticate(body)).toEqual(REFUSED);
    });

    it('200: needs no confirmation of an address that is confirmed, or where the tenant does not demand it', async () => {
      const { id } = await register();
      await vault.world.services.users.update(vault.world.system(vault.acme), id, { emailVerified: true });
      expect((await proved())[1].need_verify).toBe(false);
    });

    it('200: whatever the client tells beside the proof (negative 50)', async () => {
      await register();
      const ber = {
        ber: { count_bits: 9, error_bits: 9, BER_PERCENT: '100.00' },
        image_dim: [0, 0],
        algorithm_version: 'x',
      };
      const logs = [
        null,
        {},
        {
          method: 'NONE',
          face_score: 0,
          unknown: 1,
          liveness: { result: 'FAILED', gestures: ['NOD'], duration_ms: 5 },
        },
        { liveness: { result: 'SKIPPED' } },
        { liveness: null },
      ];
      for (const log_data of logs) {
        expect((await authenticate({ ...(await proving()), ber, log_data }))[0]).toBe(200);
        const wrong = await proving(new ImageOwner('acme', ada.username));
        expect(await authenticate({ ...wrong, ber: null, log_data })).toEqual(REFUSED);
      }
    });

    it('400: an authorization request that is unknown or has expired', async () => {
      await register();
      const { cipherKey } = await ImageProofClient.create();
      const body = await proving();
      for (const id of ['x', `${request.slice(0, -1)}_`]) {
        expect(await post(`challenge${query(id)}`, { username: 'ada', cipherKey })).toEqual(BAD_REQUEST);
        expect(await authenticate(body, id)).toEqual(BAD_REQUEST);
      }
      vault.world.clock.advance(3600);
      expect(await authenticate(body)).toEqual(BAD_REQUEST);
    });

    it('401: for every fault of a proof the same bytes (negatives 21, 22, 28, 32, 33 and 42)', async () => {
      await register();
      const other = await browser.begin();
      const right = await proving();
      const { cipherKey } = await ImageProofClient.create();
      const faults = [
        await authenticate({ ...right, cipherKey }),
        await authenticate(await proving(), other),
        await authenticate({ ...(await proving()), challenge_id: 'x' }),
        await authenticate({ ...(await proving()), challenge_data: 'x' }),
        await authenticate(await proving(new ImageOwner('acme', ada.username))),
        await authenticate(await proving(new ImageOwner('acme', 'nobody'))),
        await authenticate(await proving(new ImageOwner('acme', ' /'.repeat(60)))),
      ];
      expect(new Set(faults.map((fault) => JSON.stringify(fault)))).toEqual(new Set([JSON.stringify(REFUSED)]));
    });

    it('403: a disabled user, after a right proof alone', async () => {
      const { id } = await register();
      await vault.world.services.endAccess.setEnabled(vault.world.system(vault.acme), id, false);
      expect(await proved()).toEqual([403, { detail: 'User disabled' }]);
      expect(await proved(new ImageOwner('acme', ada.username))).toEqual(REFUSED);
    });

    it('422: a key that is none, and telemetry that is none', async () => {
      await register();
      const [status, json] = await post(`challenge${query()}`, { username: 'ada', cipherKey: 'x' });
      expect([status, faultsOf(json)]).toEqual([422, ['body cipherKey value_error']]);
      expect(JSON.stringify(json)).not.toContain('"x"');
      const body = await proving();
      const [code, faults] = await authenticate({ ...body, ber: { ber: 1 }, log_data: { face_score: 2 } });
      expect(code).toBe(422);
      expect(faultsOf(faults)).toEqual([
        'body ber ber model_attributes_type',
        'body ber image_dim missing',
        'body ber algorithm_version missing',
        'body log_data face_score less_than_equal',
      ]);
      expect((await authenticate(body))[0]).toBe(200);
    });

    it('429: names that somebody tried too often, known or not, with the seconds (negative 44)', async () => {
      await register();
      const settings = { lockout: { accountLimit: 2, baseWaitSeconds: 60, quickMilliseconds: 0 } };
      await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), settings);
      for (const username of [ada.username, `nobody-${request.slice(-8)}`]) {
        const wrong = () => proved(new ImageOwner('acme', username));
        const waiting = await proving(new ImageOwner('acme', username));
        expect([await wrong(), await wrong()]).toEqual([REFUSED, REFUSED]);
        const { status, json, headers } = await vault.rest.ask('POST', `/api/auth/authenticate${query()}`, {
          body: waiting,
        });
        expect([status, json, headers['retry-after']]).toEqual([429, { detail: 'Too Many Requests' }, '60']);
        const { cipherKey } = await ImageProofClient.create();
        expect((await post(`challenge${query()}`, { username, cipherKey }))[0]).toBe(429);
      }
    });
  });

  describe('AUTH-11', () => {
    const codeOf = async () => /code=(\S+)/.exec(await last(address, 'verification-link'))![1]!;
    const verify = (code: string) => vault.ask('GET', `/api/auth/verify-email?code=${code}`);

    it('200: confirms the address, once', async () => {
      const { id } = await register();
      const code = await codeOf();
      expect((await vault.rest.ask('HEAD', `/api/auth/verify-email?code=${code}`)).status).toBe(405);
      expect(await verify(code)).toEqual([200, null]);
      expect((await vault.world.stores.userStore.findById(vault.acme.id, id))!.emailVerified).toBe(true);
      expect(await verify(code)).toEqual(BAD_CODE);
      expect(await verify('x')).toEqual(BAD_CODE);
      expect((await vault.ask('GET', '/api/auth/verify-email'))[0]).toBe(422);
    });

    it('the page of the mail confirms it by its button, and uses nothing up before', async () => {
      const { id } = await register();
      const path = `/t/acme/oauth/confirm-email?code=${await codeOf()}`;
      const headers = { accept: 'text/html' };
      const page = await vault.rest.ask('GET', path, { headers });
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('<form method="post">')]);
      expect((await vault.world.stores.userStore.findById(vault.acme.id, id))!.emailVerified).toBe(false);
      const foreign = { ...headers, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
      expect((await vault.rest.ask('POST', path, { headers: foreign })).status).toBe(403);
      const confirmed = await vault.rest.ask('POST', path, { headers });
      expect([confirmed.status, confirmed.text]).toEqual([200, expect.stringContaining('is confirmed')]);
      expect((await vault.world.stores.userStore.findById(vault.acme.id, id))!.emailVerified).toBe(true);
      expect((await vault.rest.ask('POST', path, { headers })).status).toBe(400);
    });
  });

  describe('AUTH-15 and AUTH-16', () => {
    let clientId: string;
    beforeEach(async () => {
      clientId = (await vault.world.newClient(vault.acme)).client.clientId;
    });
    const ask = (body: object, id = clientId, tenant = 'acme') =>
      post(`reset-password/request?client_id=${id}&tenant_id=${tenant}`, body);
    const secrets = async () => {
      const [, code, id] = /#code=([\w-]+)&auth_req_id=([\w-]+)/.exec(await last(address, 'image-reset'))!;
      return { code: code!, id: id! };
    };
    async function resetting(owner: ImageOwner, { code, id }: { readonly code: string; readonly id: string }) {
      const from = await challenged(owner.username, id);
      const sent = await owner.message(from.client, partsOf(from, proofActs.reset(code)));
      return { code, username: owner.username, encrypted_commitment: sent, proto_version: 'sv-zkp/1' };
    }

    it('200: mails a code, by which the user gets another image (negatives 47 and 48)', async () => {
      const { id } = await register();
      expect(await ask({ username: ada.username, email: address })).toEqual([200, null]);
      const mailed = await secrets();
      const other = new ImageOwner('acme', ada.username);
      const body = await resetting(other, mailed);
      expect(await post('reset-password', body)).toEqual([200, null]);
      expect((await vault.world.stores.userStore.findById(vault.acme.id, id))!.emailVerified).toBe(true);
      expect((await proved(other))[0]).toBe(200);
      expect(await proved()).toEqual(REFUSED);
      expect(await post('reset-password', body)).toEqual(BAD_CODE);
    });

    it('200: the same for everybody else, without a mail (negative 45)', async () => {
      await register();
      const before = (await vault.world.outbox()).mails.length;
      const answers = [
        await ask({ username: 'nobody', email: address }),
        await ask({ username: ada.username, email: 'x' }),
        await ask({ username: '', email: '' }),
      ];
      expect(answers).toEqual([
        [200, null],
        [200, null],
        [200, null],
      ]);
      expect((await vault.world.outbox()).mails).toHaveLength(before);
    });

    it('mails nothing to an account with a second factor, and no code resets it', async () => {
      const { id } = await register();
      await ask({ username: ada.username, email: address });
      const mailed = await secrets();
      await vault.world.giveTotp(vault.acme, id);
      const other = new ImageOwner('acme', ada.username);
      expect(await post('reset-password', await resetting(other, mailed))).toEqual(BAD_CODE);
      expect((await proved())[0]).toBe(200);
      vault.world.clock.advance(61);
      const before = (await mailsTo(address, 'image-reset')).length;
      expect(await ask({ username: ada.username, email: address })).toEqual([200, null]);
      expect(await mailsTo(address, 'image-reset')).toHaveLength(before);
      expect((await vault.world.events(vault.acme)).at(-1)).toMatchObject({
        type: 'image_proof.reset_requested',
        reason: 'second_factor',
      });
    });

    it('400: a reset under another spelling of the name, which the secret contains', async () => {
      ada = new ImageOwner('acme', `ä${ada.username}`);
      await vault.world.newUser(vault.acme, { username: ada.username, email: address });
      await ask({ username: ada.username, email: address });
      const mailed = await secrets();
      const other = new ImageOwner('acme', `Ä${ada.username.slice(1)}`);
      expect(await post('reset-password', await resetting(other, mailed))).toEqual(BAD_CODE);
      expect(await post('reset-password', await resetting(ada, mailed))).toEqual([200, null]);
    });

    it('400: the request of a reset is no authorization request', async () => {
      await register();
      await ask({ username: ada.username, email: address });
      const { id } = await secrets();
      expect(await authenticate(await proving(ada, id), id)).toEqual(BAD_REQUEST);
      expect(await post(`register${query(id)}`, await registering())).toEqual(BAD_REQUEST);
    });

    it('400: faults of a reset, all alike; 422 without a member; another version', async () => {
      await register();
      await ask({ username: ada.username, email: address });
      const mailed = await secrets();
      const body = await resetting(new ImageOwner('acme', ada.username), mailed);
      expect(await post('reset-password', { ...body, proto_version: 'x' })).toEqual(BAD_VERSION);
      for (const over of [{ code: 'x' }, { username: 'nobody' }, { encrypted_commitment: 'x' }])
        expect(await post('reset-password', { ...body, ...over })).toEqual(BAD_CODE);
      const [status, json] = await post('reset-password', {});
      expect([status, faultsOf(json)]).toEqual([
        422,
        ['code', 'username', 'encrypted_commitment', 'proto_version'].map((name) => `body ${name} missing`),
      ]);
    });

    it('404: clients and tenants that are not there', async () => {
      const body = { username: ada.username, email: address };
      expect(await ask(body, 'nobody')).toEqual([404, { detail: 'Client not found' }]);
      expect((await ask(body, clientId, 'nowhere'))[0]).toBe(404);
    });

    it('429: an address that asks too often', async () => {
      const { client } = await vault.world.newClient(vault.master);
      await fillTries(vault.world, vault.master, '127.0.0.1');
      expect((await ask({ username: 'x', email: 'x' }, client.clientId, 'master'))[0]).toBe(429);
    });

    it('the page of the mail shows what the tenant demands, and nothing of the code', async () => {
      const order: ('pin' | 'pattern')[] = ['pattern', 'pin'];
      const imageProof = { pinSize: 4, gridSize: 4, order };
      await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), { imageProof });
      const headers = { accept: 'text/html' };
      const { status, text } = await vault.rest.ask('GET', '/t/acme/oauth/image-reset', { headers });
      const state = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!;
      expect([status, JSON.parse(state)]).toEqual([
        200,
        {
          tenant: { name: 'acme', displayName: 'acme' },
          locale: 'en',
          page: 'image-reset',
          demands: { ...imageProof, isPinUsed: true, isPatternUsed: true, isPinShown: true },
        },
      ]);
    });
  });

  describe('AUTH-17 and AUTH-18', () => {
    let user: User;
    let token: string;
    beforeEach(async () => {
      user = await register();
      token = sessionOf(user, ...SESSION);
    });
    async function aux(as = token): Promise<Challenged> {
      const client = await ImageProofClient.create();
      const [status, json] = await post('aux-challenge', { cipherKey: client.cipherKey }, { token: as });
      expect(status).toBe(200);
      return { client, challenge: await client.open(json.challenge_data) };
    }
    async function changing(next: ImageOwner, former: ImageOwner | null, from?: Challenged) {
      const { client, challenge } = from ?? (await aux());
      const parts = partsOf({ client, challenge }, proofActs.change(user.id));
      const act = proofActs.changeFrom(user.id, next.secret.commitment);
      const old = former === null ? null : former.prove(client, { ...parts, act });
      return {
        encrypted_commitment: await next.message(client, { ...parts, over: { old } }),
        proto_version: 'sv-zkp/1',
      };
    }
    const change = (body: object, as = token) => post('change-password', body, { token: as });

    it('200: replaces the image after a proof of the present one, and ends the other sessions', async () => {
      const { session } = await vault.world.signedIn(vault.acme, user.id);
      const next = new ImageOwner('acme', ada.username);
      expect(await change(await changing(next, ada))).toEqual([200, null]);
      expect((await proved(next))[0]).toBe(200);
      expect(await proved()).toEqual(REFUSED);
      expect(await vault.world.services.sessions.findIn(vault.acme.id, session.id)).toBeNull();
    });

    it('401: a first image for an account whose second factor the sign-in did not show', async () => {
      const { id, username } = await vault.world.newUser(vault.acme);
      user = (await vault.world.stores.userStore.findById(vault.acme.id, id))!;
      token = vault.signedInBefore(sessionOf(user, ...SESSION), 1);
      const first = new ImageOwner('acme', username!);
      await vault.world.giveTotp(vault.acme, id);
      expect(await change(await changing(first, null))).toEqual(REFUSED);
      await vault.world.services.users.delete(vault.world.system(vault.acme), id);
    });

    it('400: another version; 401: every fault of the proof (negatives 29, 30 and 49)', async () => {
      const next = new ImageOwner('acme', ada.username);
      expect(await change({ ...(await changing(next, ada)), proto_version: 'x' })).toEqual(BAD_VERSION);
      expect(await change(await changing(next, null))).toEqual(REFUSED);
      expect(await change(await changing(next, next))).toEqual(REFUSED);
      expect(await change(await changing(next, ada, await challenged(ada.username, null)))).toEqual(REFUSED);
      const elsewhere = sessionOf(user, ...SESSION, 'user:read:self');
      expect(await change(await changing(next, ada, await aux(elsewhere)))).toEqual(REFUSED);
    });

    it('403: for users who are there no more', async () => {
      await vault.world.services.users.delete(vault.world.system(vault.acme), user.id);
      expect(await post('aux-challenge', { cipherKey: 'x' }, { token })).toEqual(FORBIDDEN);
      expect(await change({ encrypted_commitment: 'x', proto_version: 'sv-zkp/1' })).toEqual(FORBIDDEN);
    });

    it('401 and 403: for users in a session alone', async () => {
      const body = { cipherKey: 'x' };
      expect(await post('aux-challenge', body)).toEqual(UNAUTHENTICATED);
      const key = await vault.world.newApiKey(vault.acme, user.id, 'USER');
      const others = [
        key.secret,
        vault.token(vault.acme, 'credential:write', 'email:change'),
        sessionOf(user, 'user:read:self'),
      ];
      for (const other of others) {
        expect(await post('aux-challenge', body, { token: other })).toEqual(FORBIDDEN);
        expect(await change({ encrypted_commitment: 'x', proto_version: 'sv-zkp/1' }, other)).toEqual(FORBIDDEN);
      }
    });

    it('422: a key that is none', async () => {
      expect((await post('aux-challenge', { cipherKey: 'x' }, { token }))[0]).toBe(422);
      expect((await change({}))[0]).toBe(422);
    });

    describe('USER-17', () => {
      /** Another address of the user. */
      let other: string;
      beforeEach(() => {
        other = `new-${address}`;
      });
      const path = (id = user.id, tenant = 'acme') => `/api/users/${tenant}/${id}/email`;
      async function emailing(owner = ada, email = other) {
        const from = await aux();
        const parts = partsOf(from, proofActs.updateEmail(user.id, email));
        const challenge_data = await owner.message(from.client, parts);
        return { challenge_id: from.challenge.id, challenge_data, email: other };
      }
      const put = (body: object, as = token, at = path()) => vault.ask('PUT', at, { body, token: as });

      it('200: mails a code to the new address, which AUTH-11 makes that of the user', async () => {
        expect(await put(await emailing())).toEqual([200, null]);
        const [, code] = /code=(\S+)/.exec(await last(other, 'verification-link'))!;
        expect(await vault.ask('GET', `/api/auth/verify-email?code=${code}`)).toEqual([200, null]);
        const after = await vault.world.stores.userStore.findById(vault.acme.id, user.id);
        expect(after).toMatchObject({ email: other, emailVerified: true });
      });

      it('400: a bad address, before the challenge is used; 401: a bad proof (negatives 32 and 34)', async () => {
        const body = await emailing();
        expect((await put({ ...body, email: 'x' }))[0]).toBe(400);
        expect(await put(await emailing(ada, 'eve@example.com'))).toEqual(REFUSED);
        expect(await put(await emailing(new ImageOwner('acme', ada.username)))).toEqual(REFUSED);
        expect(await put(body)).toEqual([200, null]);
        expect((await put(body))[0]).toBe(429);
        vault.world.clock.advance(61);
        expect(await put(body)).toEqual(REFUSED);
      });

      it('409: an address or username that another account got meanwhile', async () => {
        const settings = { emailIsUsername: true };
        const codeTo = async (to: string) => /code=(\S+)/.exec(await last(to, 'verification-link'))![1]!;
        const code = async () => ({ input: { tenant: 'acme', code: await codeTo(other) } });
        const confirm = async () =>
          (await callField(vault.world, anonymousCaller(TEST_ORIGIN), 'Mutation.confirmEmail', await code())).code;
        expect(await put(await emailing())).toEqual([200, null]);
        const rival = await vault.world.newUser(vault.acme, { email: other });
        expect(await confirm()).toBe('USER_EMAIL_TAKEN');
        const { input } = await code();
        expect((await vault.ask('GET', `/api/auth/verify-email?code=${input.code}`))[0]).toBe(409);
        await vault.world.services.users.delete(vault.world.system(vault.acme), rival.id);
        await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), settings);
        await vault.world.newUser(vault.acme, { username: other, email: other });
        expect(await confirm()).toBe('USER_USERNAME_TAKEN');
      });

      it('403: a user who is there no more', async () => {
        const body = { challenge_id: 'x', challenge_data: 'x', email: other };
        await vault.world.services.users.delete(vault.world.system(vault.acme), user.id);
        expect(await put(body)).toEqual(FORBIDDEN);
      });

      it('403: another user, another tenant, and callers without a session', async () => {
        const eve = await vault.world.newUser(vault.acme);
        const body = { challenge_id: 'x', challenge_data: 'x', email: other };
        expect(await put(body, token, path(eve.id))).toEqual(FORBIDDEN);
        expect(await put(body, token, path('nobody'))).toEqual(FORBIDDEN);
        expect(await put(body, token, path(user.id, 'master'))).toEqual(FORBIDDEN);
        expect(await put(body, vault.token(vault.acme, 'email:change'))).toEqual(FORBIDDEN);
      });

      it('422: members of another type', async () => {
        const [status, json] = await put({ challenge_id: 1, email: null });
        expect([status, faultsOf(json)]).toEqual([
          422,
          ['body challenge_id string_type', 'body challenge_data missing', 'body email string_type'],
        ]);
      });
    });
  });
});
