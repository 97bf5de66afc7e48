import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { type ProofAct, proofActs } from '../../../../src/auth-modes/index.ts';
import type { RegisterWithImage, ResetImage } from '../../../../src/flows/index.ts';
import { newId, type TenantId } from '../../../../src/kernel/index.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { b64u, ImageOwner, ImageProofClient, newSecret } from '../../../support/image-proof.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const REQUEST = 'req-1';
const RESET_REQUEST = 'reset-1';
const EMAIL = 'ada@example.com';
const ACTOR = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
const IDENTITY = Buffer.alloc(32);
const toConfirmation = (code: string) => `https://id.example.com/confirm?code=${code}`;

describe('choosing an image', () => {
  let world: World;
  let tenant: KnownTenant;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant({ settings: { registration: true, lockout: { ipLimit: 3 } } });
    world.clock.advance(1);
  });

  const proofs = () => world.services.imageProofs;
  const audienceOf = () => `https://id.example.com/api/oidc/${tenant.name}`;

  /** A challenge for a name, and what a client encrypts after it. */
  async function commit(owner: ImageOwner, act: ProofAct, requestId: string | null, over = {}, name = owner.username) {
    const client = await ImageProofClient.create();
    const asked = { tenant, username: name, requestId, actor: ACTOR, cipherKey: client.cipherKey };
    const challenge = await client.open((await proofs().signIn.challenge(asked)).challengeData);
    const audience = audienceOf();
    const encryptedCommitment = await owner.message(client, { challenge, act, audience, over });
    return { version: 'sv-zkp/1', encryptedCommitment, audience };
  }
  async function signIn(owner: ImageOwner) {
    const client = await ImageProofClient.create();
    const named = { tenant, username: owner.username, requestId: null, actor: ACTOR, cipherKey: client.cipherKey };
    const challenge = await client.open((await proofs().signIn.challenge(named)).challengeData);
    const audience = audienceOf();
    const act = proofActs.authenticate(null);
    const challengeData = await owner.message(client, { challenge, act, audience });
    return proofs().signIn.authenticate({ ...named, audience, challengeId: challenge.id, challengeData });
  }

  describe('at registration', () => {
    const input = async (owner: ImageOwner, over: Partial<RegisterWithImage> = {}): Promise<RegisterWithImage> => {
      const sent = await commit(owner, proofActs.register(EMAIL, REQUEST), REQUEST);
      return {
        ...sent,
        username: owner.username,
        email: EMAIL,
        requestId: REQUEST,
        isOpenAtClient: true,
        toConfirmation,
        ...over,
      };
    };
    const register = (given: RegisterWithImage) => proofs().enrolment.register(world.system(tenant), given);
    const refusal = async (over: Partial<RegisterWithImage>) =>
      refusalOf(register(await input(new ImageOwner(tenant.name, 'Ada'), over)));

    it('makes an account that signs in with the image', async () => {
      const ada = new ImageOwner(tenant.name, 'Ada');
      const user = await register(await input(ada));
      expect(user).toMatchObject({ username: 'Ada', email: EMAIL, emailVerified: false });
      expect((await signIn(ada)).user.id).toBe(user.id);
      expect(await world.eventTypes(tenant)).toEqual(expect.arrayContaining(['user.created', 'credential.added']));
      expect(await refusalOf(signIn(new ImageOwner(tenant.name, 'Ada')))).toBe('IMAGE_PROOF_REFUSED');
    });

    it.each(['sv-zkp/01', 'SV-ZKP/1', '', 'sv-zkp/2'])('refuses the version %j (negative 52)', async (version) => {
      expect(await refusal({ version })).toBe('IMAGE_PROOF_VERSION_UNSUPPORTED');
    });

    it('is closed where the tenant or the application says so', async () => {
      expect(await refusal({ isOpenAtClient: false })).toBe('IMAGE_PROOF_REGISTRATION_CLOSED');
      const given = await input(new ImageOwner(tenant.name, 'Ada'));
      const gone = world.system({ ...tenant, id: newId() as TenantId });
      expect(await refusalOf(proofs().enrolment.register(gone, given))).toBe('IMAGE_PROOF_REGISTRATION_CLOSED');
      await world.services.tenants.updateSettings(world.system(tenant), { registration: false });
      expect(await refusal({})).toBe('IMAGE_PROOF_REGISTRATION_CLOSED');
    });

    it('refuses a proof that is bound to another address, request or name (negatives 28 and 34)', async () => {
      expect(await refusal({ email: 'eve@example.com' })).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
      expect(await refusal({ requestId: null })).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
      expect(await refusal({ username: 'Eve' })).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
      expect(await refusal({ encryptedCommitment: 'x' })).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
      expect(await refusal({ audience: 'https://evil.example' })).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
    });

    it.each([
      ['the identity', IDENTITY],
      ['no element', Buffer.from(`01${'00'.repeat(31)}`, 'hex')],
      ['the commitment of somebody else', Buffer.from(newSecret().commitment)],
    ])('refuses %s as commitment (negatives 1 and 3)', async (_what, bytes) => {
      const ada = new ImageOwner(tenant.name, 'Ada');
      const sent = await commit(ada, proofActs.register(EMAIL, REQUEST), REQUEST, { Y: b64u(bytes) });
      expect(await refusalOf(register({ ...(await input(ada)), ...sent }))).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
    });

    it('tells that a name is taken only after a right proof, whose challenge is used up', async () => {
      const ada = new ImageOwner(tenant.name, 'Ada');
      const first = await input(ada);
      await register(first);
      expect(await refusalOf(register(first))).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
      expect(await refusal({})).toBe('USER_USERNAME_TAKEN');
      expect(await refusal({ encryptedCommitment: 'x' })).toBe('IMAGE_PROOF_COMMITMENT_INVALID');
    });
  });

  describe('after a reset', () => {
    let user: User;
    let code: string;
    beforeEach(async () => {
      user = await world.newUser(tenant, { username: 'Ada', email: EMAIL });
      code = await issue();
    });
    const issue = () => world.db.transaction(() => proofs().enrolment.issueReset(tenant, user, RESET_REQUEST));
    const input = async (owner: ImageOwner, given = code, requestId: string | null = RESET_REQUEST) => {
      const sent = await commit(owner, proofActs.reset(given), requestId);
      return { ...sent, username: owner.username, code: given };
    };
    const reset = (given: ResetImage) =>
      proofs().enrolment.reset(new Authority(world.app(tenant), tenant, 'tenant'), given);

    it('replaces the image, ends the sessions and confirms the address (negatives 47 and 48)', async () => {
      const ada = new ImageOwner(tenant.name, 'Ada');
      const { session } = await world.signedIn(tenant, user.id);
      await reset(await input(ada));
      expect((await signIn(ada)).user).toMatchObject({ id: user.id, emailVerified: true });
      expect(await world.services.sessions.findIn(tenant.id, session.id)).toBeNull();
      expect(await world.eventTypes(tenant)).toContain('image_proof.reset');
      code = await world.db.transaction(async () =>
        proofs().enrolment.issueReset(
          tenant,
          (await world.stores.userStore.findById(tenant.id, user.id))!,
          RESET_REQUEST,
        ),
      );
      const other = new ImageOwner(tenant.name, 'Ada');
      await reset(await input(other));
      expect(await refusalOf(signIn(ada))).toBe('IMAGE_PROOF_REFUSED');
      expect((await signIn(other)).user.id).toBe(user.id);
    });

    it('ends what gave access to an account whose address nobody had confirmed', async () => {
      const former = await world.givePassword(tenant, user.id);
      user = (await world.stores.userStore.findById(tenant.id, user.id))!;
      code = await issue();
      await reset(await input(new ImageOwner(tenant.name, 'Ada')));
      expect(await world.services.passwords.verify(tenant.id, user.id, former)).toBe(false);
      await world.givePassword(tenant, user.id, former);
      user = (await world.stores.userStore.findById(tenant.id, user.id))!;
      code = await issue();
      await reset(await input(new ImageOwner(tenant.name, 'Ada')));
      expect(await world.services.passwords.verify(tenant.id, user.id, former)).toBe(true);
    });

    it('takes a code once, for its user, for 15 minutes, and the newest alone (negative 48)', async () => {
      const ada = new ImageOwner(tenant.name, 'Ada');
      await world.newUser(tenant, { username: 'Eve', email: 'eve@example.com' });
      expect(await refusalOf(reset(await input(new ImageOwner(tenant.name, 'Eve'))))).toBe('IMAGE_PROOF_CODE_INVALID');
      const former = code;
      code = await issue();
      expect(await refusalOf(reset(await input(ada, former)))).toBe('IMAGE_PROOF_CODE_INVALID');
      const late = await input(ada);
      await reset(await input(ada));
      expect(await refusalOf(reset(late))).toBe('IMAGE_PROOF_CODE_INVALID');
    });

    it('lets one of two simultaneous resets with a code pass', async () => {
      const both = [await input(new ImageOwner(tenant.name, 'Ada')), await input(new ImageOwner(tenant.name, 'Ada'))];
      const outcomes = await Promise.all(both.map((given) => refusalOf(reset(given))));
      expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1);
    });

    it('takes no code that has expired (negative 48)', async () => {
      world.clock.advance(901);
      expect(await refusalOf(reset(await input(new ImageOwner(tenant.name, 'Ada'))))).toBe('IMAGE_PROOF_CODE_INVALID');
    });

    it('refuses a proof for another code or request, and blocks the address after too many', async () => {
      const ada = new ImageOwner(tenant.name, 'Ada');
      const moved = { ...(await input(ada, 'another code')), code };
      expect(await refusalOf(reset(moved))).toBe('IMAGE_PROOF_CODE_INVALID');
      expect(await refusalOf(reset(await input(ada, code, null)))).toBe('IMAGE_PROOF_CODE_INVALID');
      expect(await refusalOf(reset(await input(ada, 'unknown')))).toBe('IMAGE_PROOF_CODE_INVALID');
      expect(await refusalOf(reset(await input(ada)))).toBe('TOO_MANY_REQUESTS');
    });

    it.each(['disabled', 'with another address', 'without an address', 'changed'])(
      'refuses an account that is %s by now',
      async (what) => {
        const given = await input(new ImageOwner(tenant.name, 'Ada'));
        if (what === 'disabled') await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
        if (what === 'without an address')
          await world.services.users.update(world.system(tenant), user.id, { email: null });
        if (what === 'with another address')
          await world.services.users.update(world.system(tenant), user.id, { email: 'other@example.com' });
        if (what === 'changed') await world.givePassword(tenant, user.id);
        expect(await refusalOf(reset(given))).toBe('IMAGE_PROOF_CODE_INVALID');
      },
    );

    it('refuses another version', async () => {
      const given = { ...(await input(new ImageOwner(tenant.name, 'Ada'))), version: 'sv-zkp/2' };
      expect(await refusalOf(reset(given))).toBe('IMAGE_PROOF_VERSION_UNSUPPORTED');
    });
  });
});
