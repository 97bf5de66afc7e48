import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { loadRistretto255, type Ristretto255 } from '../../../../src/auth-modes/image-proof/ristretto.ts';
import { proofActs } from '../../../../src/auth-modes/index.ts';
import type { ProveSignIn } from '../../../../src/flows/index.ts';
import type { IdentityError } from '../../../../src/kernel/index.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { resetImage } from '../../../support/image-flows.ts';
import { ImageOwner, ImageProofClient, newSecret } from '../../../support/image-proof.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const OPERATIONS = ['isElement', 'reduce', 'derive', 'combine'] as const;
/** Whom the names mean: nobody, a user without an image, one with an image, and one who is disabled. */
const NAMES = ['nobody', 'nil', 'ada', 'off'] as const;

describe('an image proof of a name that nobody has', () => {
  let world: World;
  let tenant: KnownTenant;
  let group: Ristretto255;
  let statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
    group = await loadRistretto255();
    const lockout = { accountLimit: 1000, ipLimit: 1000, quickMilliseconds: 0 };
    tenant = await world.tenant({ settings: { lockout } });
    for (const username of NAMES.slice(1)) await world.newUser(tenant, { username, email: `${username}@example.com` });
    for (const username of ['ada', 'off']) await resetImage(world, tenant, await userOf(username));
    await world.services.endAccess.setEnabled(world.system(tenant), (await userOf('off')).id, false);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clock.advance(61));
  afterEach(() => vi.restoreAllMocks());

  const userOf = async (username: string) => (await world.stores.userStore.findByUsername(tenant.id, username))!;
  const audience = () => `https://id.example.com/api/oidc/${tenant.name}`;
  const actor = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
  const proofs = () => world.services.imageProofs;

  async function challenged(username: string) {
    const client = await ImageProofClient.create();
    const named = { tenant, username, requestId: null, actor, cipherKey: client.cipherKey };
    return { client, named, given: await proofs().signIn.challenge(named) };
  }
  async function attempt(owner: ImageOwner): Promise<ProveSignIn> {
    const { client, named, given } = await challenged(owner.username);
    const challenge = await client.open(given.challengeData);
    const act = proofActs.authenticate(null);
    const challengeData = await owner.message(client, { challenge, act, audience: audience() });
    return { ...named, audience: audience(), challengeId: challenge.id, challengeData };
  }
  const refusal = (input: ProveSignIn) =>
    proofs()
      .signIn.authenticate(input)
      .then(
        () => expect.unreachable('it was not refused'),
        ({ code, kind, message, fields }: IdentityError) => ({ code, kind, message, fields }),
      );

  /** What is done for a name: statements, and operations of the group with the sizes of what they get. */
  async function workOf(act: () => Promise<unknown>) {
    const spies = OPERATIONS.map((name) => [name, vi.spyOn(group, name)] as const);
    statements = [];
    const result = await act();
    const operations = Object.fromEntries(
      spies.map(([name, spy]) => [name, spy.mock.calls.map((args) => args.map(({ length }) => length))]),
    );
    vi.restoreAllMocks();
    return { operations, result, statements: [...statements] };
  }
  const ofEach = async <T>(act: (name: string) => Promise<T>): Promise<T[]> => {
    const done: T[] = [];
    for (const name of NAMES) done.push(await act(name));
    return done;
  };
  const expectAlike = <T>([first, ...others]: T[]): void => {
    for (const other of others) expect(other).toEqual(first);
  };

  it('begins with the same statements, and a challenge of the same length (negative 46)', async () => {
    await challenged('nobody');
    const all = await ofEach((name) =>
      workOf(async () => {
        const { client, given } = await challenged(name);
        const members = Object.entries(await client.open(given.challengeData));
        const shape = members.map(([member, value]) => [member, typeof value === 'string' ? value.length : member]);
        return [given.challengeData.length, given.version, shape];
      }),
    );
    expect(all[0]!.statements.length).toBeGreaterThan(0);
    expectAlike(all);
  });

  it('takes the same statements and operations of the group, for the same refusal (negative 46)', async () => {
    await refusal(await attempt(new ImageOwner(tenant.name, 'nobody')));
    const all = await ofEach(async (name) => {
      const wrong = await attempt(new ImageOwner(tenant.name, name));
      return workOf(() => refusal(wrong));
    });
    const [{ operations, statements: done }] = all as [(typeof all)[number]];
    expect(operations).toEqual({ isElement: [[32]], reduce: [[64]], derive: [[64]], combine: [[32, 32, 32]] });
    expect(done.length).toBeGreaterThan(0);
    expectAlike(all);
  });

  it('takes the same statements where somebody asks for another image (negatives 45 and 46)', async () => {
    const anybody = new Authority(world.app(tenant), tenant, 'self');
    const toAddress = () => 'https://id.example.com/reset';
    const ask = (username: string) =>
      proofs().resets.request(anybody, tenant, { username, email: 'eve@example.com', toAddress });
    await ask('nobody');
    expectAlike(await ofEach((name) => workOf(() => ask(name))));
  });

  it('is refused although it would be right for the commitment of the name (negative 40)', async () => {
    const forged = newSecret();
    for (const name of ['nobody', 'nil']) {
      const input = await attempt(new ImageOwner(tenant.name, name, forged));
      // As if somebody had found the secret of the commitment that the name has in place of one.
      vi.spyOn(group, 'derive').mockReturnValue(forged.commitment);
      const combine = vi.spyOn(group, 'combine');
      const isElement = vi.spyOn(group, 'isElement');
      expect(await refusal(input)).toMatchObject({ code: 'IMAGE_PROOF_REFUSED' });
      const [[nonceCommitment]] = isElement.mock.calls as [[Uint8Array]];
      // The equation held.
      expect(Buffer.from(combine.mock.results[0]!.value as Uint8Array).equals(nonceCommitment)).toBe(true);
      vi.restoreAllMocks();
    }
    const ada = new ImageOwner(tenant.name, 'ada', forged);
    const input = await attempt(ada);
    vi.spyOn(group, 'derive').mockReturnValue(forged.commitment);
    expect(await refusal(input)).toMatchObject({ code: 'IMAGE_PROOF_REFUSED' });
  });
});
