import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { proofActs } from '../../../../src/auth-modes/index.ts';
import type { AskChallenge, ProveSignIn } from '../../../../src/flows/index.ts';
import { addSeconds, type IdentityError, newId } from '../../../../src/kernel/index.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { redeemTicket } from '../../../support/image-flows.ts';
import { ImageOwner, ImageProofClient, newSecret, type ReadChallenge } from '../../../support/image-proof.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const REQUEST = 'req-1';
const ACTOR = { clientId: 'shop', clientAuth: null, origin: TEST_ORIGIN };
const lockout = { accountLimit: 3, quickMilliseconds: 0, baseWaitSeconds: 60 };

const toConfirmation = (code: string) => `https://id.example.com/confirm?code=${code}`;

describe('signing in with an image', () => {
  let world: World;
  let tenant: KnownTenant;
  let user: User;
  let ada: ImageOwner;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant({ settings: { lockout, registration: true } });
    ada = new ImageOwner(tenant.name, 'Ada');
    user = await register(ada);
    world.clock.advance(1);
  });

  const proofs = () => world.services.imageProofs;
  const audienceOf = (of = tenant) => `https://id.example.com/api/oidc/${of.name}`;

  async function register(owner: ImageOwner, of = tenant): Promise<User> {
    const client = await ImageProofClient.create();
    const email = `${owner.username.toLowerCase()}@example.com`;
    const given = await ask({ tenant: of, username: owner.username, requestId: null, cipherKey: client.cipherKey });
    const challenge = await client.open(given.challengeData);
    const act = proofActs.register(email, null);
    const audience = audienceOf(of);
    const encryptedCommitment = await owner.message(client, { challenge, act, audience });
    const sent = { version: 'sv-zkp/1', encryptedCommitment, audience };
    const input = { ...sent, username: owner.username, email, requestId: null, isOpenAtClient: true, toConfirmation };
    return proofs().enrolment.register(world.system(of), input);
  }

  const ask = (over: Partial<AskChallenge> & Pick<AskChallenge, 'cipherKey'>) =>
    proofs().signIn.challenge({ tenant, username: 'Ada', requestId: REQUEST, actor: ACTOR, ...over });

  interface Attempt {
    readonly input: ProveSignIn;
    readonly client: ImageProofClient;
    readonly challenge: ReadChallenge;
  }
  /** A right attempt, of which tests change parts. @param srv The key for which the message is encrypted. Default: that of the challenge. */
  async function attempt(
    owner = ada,
    requestId: string | null = REQUEST,
    of = tenant,
    srv: ReadChallenge['srv'] | null = null,
  ): Promise<Attempt> {
    const client = await ImageProofClient.create();
    const { cipherKey } = client;
    const named = { tenant: of, username: owner.username, requestId, actor: ACTOR, cipherKey };
    const challenge = await client.open((await proofs().signIn.challenge(named)).challengeData);
    const audience = audienceOf(of);
    const act = proofActs.authenticate(requestId);
    const parts = { challenge: { ...challenge, srv: srv ?? challenge.srv }, act, audience };
    const challengeData = await owner.message(client, parts);
    return { client, challenge, input: { ...named, audience, challengeId: challenge.id, challengeData } };
  }
  const authenticate = (input: ProveSignIn) => proofs().signIn.authenticate(input);
  const refusalWith = async (over: Partial<ProveSignIn>): Promise<string | null> =>
    refusalOf(authenticate({ ...(await attempt()).input, ...over }));
  const failures = async () => (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed');

  it('takes what was encrypted for the former key for as long as a challenge lives (negative 14)', async () => {
    const kidOf = ({ challenge }: Attempt) => challenge.srv.kid;
    const { kid } = await world.services.oauth.keys.rotateAgreementKey(world.system(tenant));
    world.clock.advance(119);
    const before = await attempt();
    expect(kidOf(before)).not.toBe(kid);
    world.clock.advance(1);
    const after = await attempt();
    expect(kidOf(after)).toBe(kid);
    expect((await authenticate(after.input)).user.id).toBe(user.id);
    // The challenges live on, and one message more is for the former key.
    const { srv } = before.challenge;
    world.clock.advance(118);
    const [early, late] = [await attempt(ada, REQUEST, tenant, srv), await attempt(ada, REQUEST, tenant, srv)];
    expect((await authenticate(before.input)).user.id).toBe(user.id);
    world.clock.advance(1);
    expect((await authenticate(early.input)).user.id).toBe(user.id);
    world.clock.advance(1);
    expect(await refusalOf(authenticate(late.input))).toBe('IMAGE_PROOF_REFUSED');
    expect((await authenticate((await attempt()).input)).user.id).toBe(user.id);
  });

  it('gives a ticket for a right proof, in any case of the name (negative 54)', async () => {
    const { input } = await attempt();
    const { user: proved, ticket } = await authenticate(input);
    expect(proved.id).toBe(user.id);
    const redeemed = await redeemTicket(world, tenant, ticket, REQUEST);
    expect(redeemed).toMatchObject({ userId: user.id, amr: ['pop', 'pin'] });
    const shouted = new ImageOwner(tenant.name, 'ADA', ada.secret);
    expect((await authenticate((await attempt(shouted)).input)).user.id).toBe(user.id);
    expect(await failures()).toEqual([]);
  });

  it.each([
    [true, false, ['pop', 'pin']],
    [false, true, ['pop', 'pin']],
    [false, false, ['pop']],
  ])('shows `pin` where a PIN (%s) or a pattern (%s) belongs to the image', async (isPinUsed, isPatternUsed, amr) => {
    const { input } = await attempt();
    const { settings } = tenant;
    const asked = { ...settings, imageProof: { ...settings.imageProof, isPinUsed, isPatternUsed } };
    const { ticket } = await authenticate({ ...input, tenant: { ...tenant, settings: asked } });
    expect((await redeemTicket(world, tenant, ticket, REQUEST)).amr).toEqual(amr);
  });

  it('takes a challenge without a request for a sign-in, and a key on X25519', async () => {
    expect((await authenticate((await attempt(ada, null)).input)).user.id).toBe(user.id);
    const client = await ImageProofClient.create('X25519');
    const challenge = await client.open((await ask({ cipherKey: client.cipherKey })).challengeData);
    const audience = audienceOf();
    const challengeData = await ada.message(client, { challenge, act: proofActs.authenticate(REQUEST), audience });
    const named = { tenant, username: 'Ada', requestId: REQUEST, actor: ACTOR, cipherKey: client.cipherKey };
    const proved = await authenticate({ ...named, audience, challengeId: challenge.id, challengeData });
    expect(proved.user.id).toBe(user.id);
  });

  it('uses a challenge up, right or wrong (negatives 22 and 23)', async () => {
    const { input } = await attempt();
    await authenticate(input);
    expect(await refusalOf(authenticate(input))).toBe('IMAGE_PROOF_REFUSED');
    const other = await attempt();
    expect(await refusalOf(authenticate({ ...other.input, challengeData: 'wrong' }))).toBe('IMAGE_PROOF_REFUSED');
    expect(await refusalOf(authenticate(other.input))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('lets one of two simultaneous attempts with a challenge pass (negative 24)', async () => {
    const { input } = await attempt();
    const outcomes = await Promise.allSettled([authenticate(input), authenticate(input)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('ends a challenge after two minutes (negative 25)', async () => {
    const early = await attempt();
    world.clock.advance(119);
    expect((await authenticate(early.input)).user.id).toBe(user.id);
    const late = await attempt();
    world.clock.advance(121);
    expect(await refusalOf(authenticate(late.input))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('refuses what was made for another key, user, tenant, request or deployment (negatives 21, 26, 27, 28, 34)', async () => {
    const { cipherKey } = await ImageProofClient.create();
    expect(await refusalWith({ cipherKey })).toBe('IMAGE_PROOF_REFUSED');
    expect(await refusalWith({ requestId: 'req-2' })).toBe('IMAGE_PROOF_REFUSED');
    world.clock.advance(901);
    expect(await refusalWith({ requestId: null })).toBe('IMAGE_PROOF_REFUSED');
    expect(await refusalWith({ audience: 'https://evil.example/api/oidc/acme' })).toBe('IMAGE_PROOF_REFUSED');
    world.clock.advance(901);
    const bob = new ImageOwner(tenant.name, 'Bob');
    await register(bob);
    const { input } = await attempt(bob);
    expect(await refusalWith({ challengeId: input.challengeId })).toBe('IMAGE_PROOF_REFUSED');
    expect(await refusalOf(authenticate({ ...(await attempt()).input, username: 'Bob' }))).toBe('IMAGE_PROOF_REFUSED');
    const neighbour = await world.tenant({ settings: { registration: true } });
    await register(new ImageOwner(neighbour.name, 'Ada', ada.secret), neighbour);
    expect(await refusalWith({ tenant: neighbour })).toBe('IMAGE_PROOF_REFUSED');
  });

  it('refuses an id that is not the one in the message (negative 32)', async () => {
    const [first, second] = [await attempt(), await attempt()];
    const mixed = { ...first.input, challengeData: second.input.challengeData };
    expect(await refusalOf(authenticate(mixed))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('refuses another image, PIN or pattern (negative 33)', async () => {
    const wrong = new ImageOwner(tenant.name, 'Ada', newSecret());
    expect(await refusalOf(authenticate((await attempt(wrong)).input))).toBe('IMAGE_PROOF_REFUSED');
    expect((await failures()).at(-1)).toMatchObject({
      subject_id: user.id,
      reason: 'wrong_proof',
      params: { method: 'image-proof' },
    });
  });

  it('refuses a key that is none, and uses no challenge up', async () => {
    const { input } = await attempt();
    expect(await refusalOf(authenticate({ ...input, cipherKey: 'x' }))).toBe('IMAGE_PROOF_KEY_INVALID');
    expect(await refusalOf(ask({ cipherKey: 'x' }))).toBe('IMAGE_PROOF_KEY_INVALID');
    expect((await authenticate(input)).user.id).toBe(user.id);
  });

  it('withdraws the oldest challenges of an address for a name, and none of another address (negative 31)', async () => {
    const origin = { ...TEST_ORIGIN, peerIp: '198.51.100.2' };
    const client = await ImageProofClient.create();
    const far = await ask({ cipherKey: client.cipherKey, actor: { ...ACTOR, origin } });
    const elsewhere = await client.open(far.challengeData);
    const first = await attempt();
    for (let at = 0; at < 10; at++) {
      world.clock.advance(1);
      await ask({ cipherKey: client.cipherKey });
    }
    expect(await refusalOf(authenticate(first.input))).toBe('IMAGE_PROOF_REFUSED');
    const audience = audienceOf();
    const act = proofActs.authenticate(REQUEST);
    const challengeData = await ada.message(client, { challenge: elsewhere, act, audience });
    const named = { tenant, username: 'Ada', requestId: REQUEST, actor: ACTOR, cipherKey: client.cipherKey };
    const proved = await authenticate({ ...named, audience, challengeId: elsewhere.id, challengeData });
    expect(proved.user.id).toBe(user.id);
  });

  it('answers alike for every name (negatives 40, 41, 42 and 43)', async () => {
    const without = await world.newUser(tenant, { username: 'Nil' });
    const disabled = new ImageOwner(tenant.name, 'Off');
    const { id } = await register(disabled);
    await world.services.endAccess.setEnabled(world.system(tenant), id, false);
    const challenges = [];
    const refusals = [];
    for (const username of ['Ada', 'Nil', 'Off', 'Nobody', '\u0000 '.repeat(40)]) {
      const client = await ImageProofClient.create();
      const { challengeData } = await ask({ username, cipherKey: client.cipherKey });
      const challenge = await client.open(challengeData);
      const again = await client.open((await ask({ username, cipherKey: client.cipherKey })).challengeData);
      expect(again.salt).toBe(challenge.salt);
      challenges.push({ length: challengeData.length, members: Object.keys(challenge) });
      const wrong = new ImageOwner(tenant.name, username);
      const { code, kind, message, fields } = await authenticate((await attempt(wrong)).input).then(
        () => expect.unreachable('it was not refused'),
        (error: IdentityError) => error,
      );
      refusals.push({ code, kind, message, fields });
    }
    expect(new Set(challenges.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(new Set(refusals.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(without.enabled).toBe(true);
  });

  it('keeps the salt of a name when somebody registers it (negative 43)', async () => {
    const saltOf = async (username: string) => {
      const client = await ImageProofClient.create();
      return (await client.open((await ask({ username, cipherKey: client.cipherKey })).challengeData)).salt;
    };
    const before = await saltOf('Eve');
    await register(new ImageOwner(tenant.name, 'Eve'));
    expect(await saltOf('eve')).toBe(before);
    expect(await saltOf('Ada')).not.toBe(before);
  });

  it('tells that an account is disabled only after a right proof', async () => {
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
    expect(await refusalOf(authenticate((await attempt()).input))).toBe('SIGN_IN_ACCOUNT_DISABLED');
    const wrong = new ImageOwner(tenant.name, 'Ada', newSecret());
    expect(await refusalOf(authenticate((await attempt(wrong)).input))).toBe('IMAGE_PROOF_REFUSED');
    expect((await failures()).at(-1)?.reason).toBe('account_disabled');
  });

  it.each(['Ada', 'Nobody'])(
    'blocks %s after too many attempts, and tells how long (negative 44)',
    async (username) => {
      const owner = username === 'Ada' ? ada : new ImageOwner(tenant.name, username);
      const right = await attempt(owner);
      for (let at = 0; at < lockout.accountLimit; at++) {
        world.clock.advance(1);
        const wrong = new ImageOwner(tenant.name, username, newSecret());
        expect(await refusalOf(authenticate((await attempt(wrong)).input))).toBe('IMAGE_PROOF_REFUSED');
      }
      const blocked = await authenticate(right.input).catch((error: IdentityError) => error);
      expect(blocked).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 60 });
      const { cipherKey } = right.input;
      expect(await refusalOf(ask({ username, cipherKey }))).toBe('TOO_MANY_REQUESTS');
      world.clock.advance(61);
      // The block used no challenge up.
      const expected = username === 'Ada' ? 'fulfilled' : 'rejected';
      expect((await Promise.allSettled([authenticate(right.input)]))[0]!.status).toBe(expected);
    },
  );

  it.each([
    ['an address', () => 'ada@example.com', 'nobody@example.com'],
    ['an id', () => user.id, newId()],
  ])(
    'is blocked by wrong passwords under %s, whether or not somebody has it (check 43)',
    async (_what, known, unknown) => {
      const { cipherKey } = await ImageProofClient.create();
      for (const identifier of [known(), unknown]) {
        for (let at = 0; at < lockout.accountLimit; at++) {
          world.clock.advance(1);
          const wrong = { tenant, identifier, password: 'wrong', origin: TEST_ORIGIN, client: null };
          expect(await refusalOf(world.services.signIn.verifyPassword(wrong))).toBe('SIGN_IN_REFUSED');
        }
        expect(await refusalOf(ask({ username: identifier, cipherKey }))).toBe('TOO_MANY_REQUESTS');
      }
    },
  );

  it('is refused with an address, and counts for its account', async () => {
    const byAddress = new ImageOwner(tenant.name, 'ada@example.com', ada.secret);
    const right = await attempt();
    for (let at = 0; at < lockout.accountLimit; at++) {
      world.clock.advance(1);
      expect(await refusalOf(authenticate((await attempt(byAddress)).input))).toBe('IMAGE_PROOF_REFUSED');
    }
    expect((await failures()).at(-1)).toMatchObject({ subject_id: user.id, reason: 'wrong_proof' });
    expect(await refusalOf(authenticate(right.input))).toBe('TOO_MANY_REQUESTS');
  });

  it('is lost with another name, and stays with another case of it (negative 54)', async () => {
    const rename = (username: string) => world.services.users.update(world.system(tenant), user.id, { username });
    const stored = async () =>
      (await world.stores.credentials.ofUser(tenant.id, user.id)).filter(({ type }) => type === 'image-proof').length;
    await rename('ADA');
    expect((await authenticate((await attempt()).input)).user.id).toBe(user.id);
    expect(await stored()).toBe(1);
    await rename('Bea');
    expect(await stored()).toBe(0);
    expect(await world.eventTypes(tenant)).toContain('credential.removed');
    const bea = new ImageOwner(tenant.name, 'Bea', ada.secret);
    expect(await refusalOf(authenticate((await attempt(bea)).input))).toBe('IMAGE_PROOF_REFUSED');
    await rename('Ada');
    expect(await refusalOf(authenticate((await attempt()).input))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('counts what a page tells of liveness after a right proof alone (negative 50)', async () => {
    const liveness = { result: 'passed', durationMs: 1200 } as const;
    const start = world.clock.now();
    const period = { start: addSeconds(start, -60), end: addSeconds(start, 60), resolution: 'minute' } as const;
    const totals = async () => (await world.services.liveness.report(world.system(tenant), period)).totals;
    const failed = { result: 'failed', durationMs: null } as const;
    expect((await authenticate({ ...(await attempt()).input, liveness: failed })).user.id).toBe(user.id);
    const wrong = new ImageOwner(tenant.name, 'Ada', newSecret());
    const refused = authenticate({ ...(await attempt(wrong)).input, liveness });
    expect(await refusalOf(refused)).toBe('IMAGE_PROOF_REFUSED');
    await authenticate({ ...(await attempt()).input, liveness });
    expect(await totals()).toEqual({ total: 2, passed: 1, failed: 1, skipped: 0, averageDurationMs: 1200 });
  });

  it('stores neither what was typed nor anything of the secret (negative 53)', async () => {
    const { input } = await attempt();
    await authenticate(input);
    await attempt();
    const rows = await world.db.orm.em
      .fork()
      .getConnection()
      .execute(
        `select (select json_agg(c)::text from credentials c) as credentials,
        (select json_agg(o)::text from one_time_codes o) as codes, (select json_agg(e)::text from security_events e) as events`,
      );
    const stored = JSON.stringify(rows);
    const { x, commitment } = ada.secret;
    for (const secret of [x, commitment])
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(stored).not.toContain(Buffer.from(secret).toString(form));
    expect(stored).not.toContain(input.challengeId);
    expect(stored).not.toContain(REQUEST);
  });
});
