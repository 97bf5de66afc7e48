import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type Caller } from '../../../../src/access/index.ts';
import { proofActs } from '../../../../src/auth-modes/index.ts';
import type { SentCommitment } from '../../../../src/flows/index.ts';
import { newId } from '../../../../src/kernel/index.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import type { User } from '../../../../src/users/index.ts';
import {
  ImageOwner,
  ImageProofClient,
  type MessageParts,
  newSecret,
  type ReadChallenge,
} from '../../../support/image-proof.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const ACTOR = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
const NEW_EMAIL = 'new@example.com';
const toConfirmation = (code: string) => `https://id.example.com/confirm?code=${code}`;

describe('changing what an image protects', () => {
  let world: World;
  let tenant: KnownTenant;
  let user: User;
  let caller: Caller;
  /** The person with the present image. */
  let ada: ImageOwner;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    const lockout = { accountLimit: 100, quickMilliseconds: 0, exemptKnownDevices: false };
    tenant = await world.tenant({ settings: { registration: true, lockout } });
    user = await world.newUser(tenant, { username: 'Ada', email: 'ada@example.com' });
    caller = await signedIn();
    ada = new ImageOwner(tenant.name, 'Ada');
    await proofs().change(own(), await sent(ada, null));
    world.clock.advance(1);
  });

  const proofs = () => world.services.imageProofs.change;
  const own = (as = caller) => new Authority(as, tenant, 'self');
  const audience = () => `https://id.example.com/api/oidc/${tenant.name}`;
  async function signedIn(): Promise<Caller> {
    const { session } = await world.signedIn(tenant, user.id);
    return { ...world.user(tenant, user.id), sessionId: session.id };
  }
  async function challenged(as = caller): Promise<{ client: ImageProofClient; challenge: ReadChallenge }> {
    const client = await ImageProofClient.create();
    const { challengeData, version } = await proofs().challenge(own(as), client.cipherKey);
    expect(version).toBe('sv-zkp/1');
    return { client, challenge: await client.open(challengeData) };
  }
  /** A message that changes to the image of `next`. @param former Who proves the present image; null: nobody. */
  async function sent(next: ImageOwner, former: ImageOwner | null, from?: Awaited<ReturnType<typeof challenged>>) {
    const { client, challenge } = from ?? (await challenged());
    const { commitment } = next.secret;
    const parts = { challenge, act: proofActs.change(user.id), audience: audience() };
    const act = proofActs.changeFrom(user.id, commitment);
    const old = former === null ? null : former.prove(client, { ...parts, act });
    return message(next, client, { ...parts, over: { old } });
  }
  async function message(owner: ImageOwner, client: ImageProofClient, parts: MessageParts): Promise<SentCommitment> {
    const encryptedCommitment = await owner.message(client, parts);
    return { version: 'sv-zkp/1', encryptedCommitment, audience: audience() };
  }
  const other = () => new ImageOwner(tenant.name, 'Ada', newSecret());
  async function signIn(owner: ImageOwner) {
    const { signIn: flow } = world.services.imageProofs;
    const client = await ImageProofClient.create();
    const named = { tenant, username: 'Ada', requestId: null, actor: ACTOR, cipherKey: client.cipherKey };
    const challenge = await client.open((await flow.challenge(named)).challengeData);
    const parts = { challenge, act: proofActs.authenticate(null), audience: audience() };
    const challengeData = await owner.message(client, parts);
    return flow.authenticate({ ...named, audience: audience(), challengeId: challenge.id, challengeData });
  }

  it('replaces the image after a proof of the present one, and ends the other sessions (negative 47)', async () => {
    const elsewhere = await signedIn();
    const next = other();
    await proofs().change(own(), await sent(next, ada));
    expect(await refusalOf(signIn(ada))).toBe('IMAGE_PROOF_REFUSED');
    expect((await signIn(next)).user.id).toBe(user.id);
    expect(await world.services.sessions.findIn(tenant.id, elsewhere.sessionId!)).toBeNull();
    expect(await world.services.sessions.findIn(tenant.id, caller.sessionId!)).not.toBeNull();
    expect((await world.eventTypes(tenant)).filter((type) => type === 'image_proof.changed')).toHaveLength(2);
  });

  it('refuses a change without a proof of the present image, or with a wrong one (negative 49)', async () => {
    expect(await refusalOf(proofs().change(own(), await sent(other(), null)))).toBe('IMAGE_PROOF_REFUSED');
    expect(await refusalOf(proofs().change(own(), await sent(other(), other())))).toBe('IMAGE_PROOF_REFUSED');
    const failures = (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed');
    expect(failures.map(({ reason, params }) => ({ reason, params }))).toEqual([
      { reason: 'wrong_proof', params: { method: 'image-proof', purpose: 'change' } },
      { reason: 'wrong_proof', params: { method: 'image-proof', purpose: 'change' } },
    ]);
    expect((await signIn(ada)).user.id).toBe(user.id);
  });

  it('refuses a proof of the present image that is for another new one (negative 34)', async () => {
    const { client, challenge } = await challenged();
    const parts = { challenge, act: proofActs.change(user.id), audience: audience() };
    const act = proofActs.changeFrom(user.id, other().secret.commitment);
    const old = ada.prove(client, { ...parts, act });
    const moved = await message(other(), client, { ...parts, over: { old } });
    expect(await refusalOf(proofs().change(own(), moved))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('gives a first image only shortly after a sign-in, and to an account that has none', async () => {
    user = await world.newUser(tenant, { username: 'Eve' });
    caller = await signedIn();
    const eve = () => new ImageOwner(tenant.name, 'Eve', newSecret());
    expect(await refusalOf(proofs().change(own(), await sent(eve(), eve())))).toBe('IMAGE_PROOF_REFUSED');
    const late = { ...caller, authTime: new Date(world.clock.now().getTime() - 301_000) };
    expect(await refusalOf(proofs().change(own(late), await sent(eve(), null)))).toBe('IMAGE_PROOF_REFUSED');
    const both = await Promise.all([sent(eve(), null), sent(eve(), null)]);
    const outcomes = await Promise.all(both.map((given) => refusalOf(proofs().change(own(), given))));
    expect(outcomes.sort()).toEqual(['IMAGE_PROOF_REFUSED', null]);
  });

  it('takes a challenge in its session, once, and no public one (negatives 22, 29 and 30)', async () => {
    const elsewhere = await signedIn();
    const foreign = await sent(other(), ada, await challenged(elsewhere));
    expect(await refusalOf(proofs().change(own(), foreign))).toBe('IMAGE_PROOF_REFUSED');
    const client = await ImageProofClient.create();
    const named = { tenant, username: 'Ada', requestId: null, actor: ACTOR, cipherKey: client.cipherKey };
    const { challengeData } = await world.services.imageProofs.signIn.challenge(named);
    const open = { client, challenge: await client.open(challengeData) };
    expect(await refusalOf(proofs().change(own(), await sent(other(), ada, open)))).toBe('IMAGE_PROOF_REFUSED');
    const aux = await challenged();
    const parts = { challenge: aux.challenge, act: proofActs.authenticate(null), audience: audience() };
    const signing = await ada.message(aux.client, parts);
    const misused = { ...named, cipherKey: aux.client.cipherKey, audience: audience(), challengeId: aux.challenge.id };
    const attempt = world.services.imageProofs.signIn.authenticate({ ...misused, challengeData: signing });
    expect(await refusalOf(attempt)).toBe('IMAGE_PROOF_REFUSED');
    const next = other();
    const given = await sent(next, ada);
    await proofs().change(own(), given);
    expect(await refusalOf(proofs().change(own(), given))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('refuses what is no message, another version, and a key that is none', async () => {
    const given = await sent(other(), ada);
    expect(await refusalOf(proofs().change(own(), { ...given, version: 'x' }))).toBe('IMAGE_PROOF_VERSION_UNSUPPORTED');
    expect(await refusalOf(proofs().change(own(), { ...given, encryptedCommitment: 'x' }))).toBe('IMAGE_PROOF_REFUSED');
    expect(await refusalOf(proofs().challenge(own(), 'x'))).toBe('IMAGE_PROOF_KEY_INVALID');
  });

  it('refuses a new commitment that its sender does not know', async () => {
    const { client, challenge } = await challenged();
    const parts = { challenge, act: proofActs.change(user.id), audience: audience() };
    const act = proofActs.changeFrom(user.id, newSecret().commitment);
    const over = { ...other().prove(client, parts), old: ada.prove(client, { ...parts, act }) };
    const given = await message(other(), client, { ...parts, over });
    expect(await refusalOf(proofs().change(own(), given))).toBe('IMAGE_PROOF_REFUSED');
  });

  it('is for users in a session of the tenant', async () => {
    const { cipherKey } = await ImageProofClient.create();
    const neighbour = await world.tenant();
    const strangers = [
      own({ ...caller, sessionId: null }),
      own(world.app(tenant)),
      new Authority(caller, neighbour, 'all'),
    ];
    for (const stranger of strangers)
      expect(await refusalOf(proofs().challenge(stranger, cipherKey))).toBe('FORBIDDEN');
    expect(await refusalOf(proofs().challenge(own({ ...caller, userId: newId() }), cipherKey))).toBe('USER_NOT_FOUND');
  });

  describe('of an e-mail address', () => {
    async function proved(owner = ada, email = NEW_EMAIL, over = {}) {
      const { client, challenge } = await challenged();
      const parts = { challenge, act: proofActs.updateEmail(user.id, email), audience: audience() };
      const challengeData = await owner.message(client, parts);
      return {
        email: NEW_EMAIL,
        challengeId: challenge.id,
        challengeData,
        audience: audience(),
        toConfirmation,
        ...over,
      };
    }
    const prove = async (given: ReturnType<typeof proved>) =>
      proofs().requestEmailChange(own(), (await world.services.directory.byId(tenant.id))!, await given);
    const stored = async () => (await world.stores.userStore.findById(tenant.id, user.id))!;
    const confirm = async (code: string) =>
      world.services.emailConfirmations.confirm(
        world.system(tenant),
        (await world.services.directory.byId(tenant.id))!,
        code,
      );
    /** The codes that were mailed to the new address, oldest first. */
    const mailed = async () =>
      (await world.outbox()).mails
        .filter(({ to, behalf }) => to === NEW_EMAIL && behalf?.subjectId === user.id)
        .map(({ text }) => /code=(\S+)/.exec(text)![1]!);

    it('takes a proof for this address, and has the address once the code of the mail was used', async () => {
      await world.services.users.update(world.system(tenant), user.id, { emailVerified: true });
      const given = proved();
      await prove(given);
      // A mail a minute, and a proof works once.
      expect(await refusalOf(prove(given))).toBe('TOO_MANY_REQUESTS');
      world.clock.advance(61);
      expect(await refusalOf(prove(given))).toBe('IMAGE_PROOF_REFUSED');
      expect((await stored()).email).toBe('ada@example.com');
      const [code] = await mailed();
      await confirm(code!);
      expect(await stored()).toMatchObject({ email: NEW_EMAIL, emailVerified: true });
      const told = (await world.outbox()).mails.filter(({ to }) => to === 'ada@example.com');
      expect(told.map(({ purpose }) => purpose)).toContain('email-changed');
      expect(await refusalOf(confirm(code!))).toBe('EMAIL_CONFIRMATION_INVALID');
    });

    it('is outdated by a newer one, and by another image', async () => {
      await prove(proved());
      world.clock.advance(61);
      await prove(proved());
      const [former, code] = (await mailed()).slice(-2);
      expect(await refusalOf(confirm(former!))).toBe('EMAIL_CONFIRMATION_INVALID');
      await proofs().change(own(), await sent(other(), ada));
      expect(await refusalOf(confirm(code!))).toBe('EMAIL_CONFIRMATION_INVALID');
    });

    it('uses no challenge up for an address that is none', async () => {
      const given = await proved();
      const refused = { ...given, email: 'no address' };
      expect(await refusalOf(prove(Promise.resolve(refused)))).toBe('USER_EMAIL_INVALID');
      expect(await refusalOf(prove(Promise.resolve(given)))).toBeNull();
    });

    it('is refused with another image, another address, or another challenge (negatives 32, 33 and 34)', async () => {
      expect(await refusalOf(prove(proved(other())))).toBe('IMAGE_PROOF_REFUSED');
      expect(await refusalOf(prove(proved(ada, 'eve@example.com')))).toBe('IMAGE_PROOF_REFUSED');
      const { challengeId } = await proved();
      expect(await refusalOf(prove(proved(ada, NEW_EMAIL, { challengeId })))).toBe('IMAGE_PROOF_REFUSED');
      expect(await refusalOf(prove(proved(ada, NEW_EMAIL, { challengeData: 'x' })))).toBe('IMAGE_PROOF_REFUSED');
      expect(await refusalOf(prove(proved(ada, NEW_EMAIL, { challengeId: 'x' })))).toBe('IMAGE_PROOF_REFUSED');
    });
  });
});
