import { Authority } from '../../src/access/index.ts';
import { addressKey, type ProofAct, proofActs } from '../../src/auth-modes/index.ts';
import type { GivenChallenge, SentCommitment } from '../../src/flows/index.ts';
import { addSeconds, type TenantRef } from '../../src/kernel/index.ts';
import type { User } from '../../src/users/index.ts';
import { ImageOwner, ImageProofClient } from './image-proof.ts';
import { TEST_ORIGIN, type World } from './world.ts';

const REQUEST = 'reset-1';

/** The user chooses an image by a code from a mail. */
export async function resetImage(world: World, tenant: TenantRef, user: User): Promise<void> {
  const { enrolment, signIn } = world.services.imageProofs;
  const code = await world.db.transaction(() => enrolment.issueReset(tenant, user, REQUEST));
  const { username } = user;
  const actor = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
  const ask = (cipherKey: string) => signIn.challenge({ tenant, username, requestId: REQUEST, actor, cipherKey });
  const sent = await commit(tenant, username, proofActs.reset(code), ask);
  await enrolment.reset(new Authority(world.app(tenant), tenant, 'tenant'), { ...sent, username, code });
}

/** A user without an image chooses the first one, in a session that has just begun. */
export async function chooseImage(world: World, tenant: TenantRef, { id, username }: User): Promise<void> {
  const { change } = world.services.imageProofs;
  const own = new Authority(world.user(tenant, id), tenant, 'self');
  const act = proofActs.change(id);
  const sent = await commit(tenant, username, act, (cipherKey) => change.challenge(own, cipherKey), { old: null });
  await change.change(own, sent);
}

async function commit(
  tenant: TenantRef,
  username: string,
  act: ProofAct,
  ask: (cipherKey: string) => Promise<GivenChallenge>,
  over: Readonly<Record<string, unknown>> = {},
): Promise<SentCommitment> {
  const client = await ImageProofClient.create();
  const challenge = await client.open((await ask(client.cipherKey)).challengeData);
  const audience = `https://id.example.com/api/oidc/${tenant.name}`;
  const owner = new ImageOwner(tenant.name, username);
  const encryptedCommitment = await owner.message(client, { challenge, act, audience, over });
  return { version: 'sv-zkp/1', encryptedCommitment, audience };
}

/** As if an address had asked for as many resets in a tenant as it may ask for in an hour. */
export async function fillTries({ clock, stores }: World, tenant: TenantRef, peerIp: string | null): Promise<void> {
  const bucket = { key: addressKey(peerIp), count: 100 };
  const one = { kind: 'image-reset-try', expiresAt: addSeconds(clock.now(), 3600) };
  for (let at = 0; at < 100; at++) await stores.oneTimeCodes.putWithin(tenant, one, bucket);
}
