import { Authority, anonymousCaller } from '../../src/access/index.ts';
import { addressKey, type ProofAct, proofActs } from '../../src/auth-modes/index.ts';
import type { GivenChallenge, SentCommitment } from '../../src/flows/index.ts';
import { addSeconds, type TenantRef } from '../../src/kernel/index.ts';
import type { User } from '../../src/users/index.ts';
import { ImageOwner, ImageProofClient } from './image-proof.ts';
import { TEST_ORIGIN, type World } from './world.ts';

const REQUEST = 'reset-1';

/** The user chooses an image by a code from a mail. */
export async function resetImage(world: World, { id }: TenantRef, user: User): Promise<void> {
  const { enrolment, signIn } = world.services.imageProofs;
  const tenant = (await world.services.directory.byId(id))!;
  const code = await world.db.transaction(() => enrolment.issueReset(tenant, user, REQUEST));
  const { username } = user;
  const actor = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
  const ask = (cipherKey: string) => signIn.challenge({ tenant, username, requestId: REQUEST, actor, cipherKey });
  const sent = await commit(new ImageOwner(tenant.name, username), proofActs.reset(code), ask);
  await enrolment.reset(new Authority(world.app(tenant), tenant, 'tenant'), { ...sent, username, code });
}

/** A user without an image chooses the first one, in a session that has just begun. @returns The user, who knows the image. */
export async function chooseImage(
  world: World,
  tenant: TenantRef,
  { id, username }: Pick<User, 'id' | 'username'>,
): Promise<ImageOwner> {
  const owner = new ImageOwner(tenant.name, username);
  const { change } = world.services.imageProofs;
  const own = new Authority(world.user(tenant, id), tenant, 'self');
  const act = proofActs.change(id);
  const sent = await commit(owner, act, (cipherKey) => change.challenge(own, cipherKey), { old: null });
  await change.change(own, sent);
  return owner;
}

/** A user proves the image for a sign-in under way, as a page of the service does. @returns The ticket. */
export async function proveImage(world: World, owner: ImageOwner, handle: string): Promise<string> {
  const { tenant, username } = owner;
  const client = await ImageProofClient.create();
  const { cipherKey } = client;
  const caller = anonymousCaller(TEST_ORIGIN);
  const named = { tenant, requestId: handle, username, cipherKey };
  const asked = await world.graphql(
    caller,
    'mutation ($input: RequestImageChallengeInput!) { requestImageChallenge(input: $input) { challengeData } }',
    { input: named },
  );
  const challenge = await client.open(asked.data.requestImageChallenge.challengeData);
  const act = proofActs.authenticate(handle);
  const challengeData = await owner.message(client, { challenge, act, audience: audienceOf(owner) });
  const proved = await world.graphql(
    caller,
    'mutation ($input: SignInWithImageInput!) { signInWithImage(input: $input) { ticket } }',
    { input: { ...named, issuerKind: 'API', challengeId: challenge.id, challengeData } },
  );
  return proved.data.signInWithImage.ticket;
}

async function commit(
  owner: ImageOwner,
  act: ProofAct,
  ask: (cipherKey: string) => Promise<GivenChallenge>,
  over: Readonly<Record<string, unknown>> = {},
): Promise<SentCommitment> {
  const client = await ImageProofClient.create();
  const challenge = await client.open((await ask(client.cipherKey)).challengeData);
  const audience = audienceOf(owner);
  const encryptedCommitment = await owner.message(client, { challenge, act, audience, over });
  return { version: 'sv-zkp/1', encryptedCommitment, audience };
}

/** Uses a ticket up, for one request for a sign-in or for none. */
export const redeemTicket = (world: World, tenant: TenantRef, ticket: string, requestId: string | null) =>
  world.services.signInTickets.redeem(tenant, ticket, { requestId, actor: anonymousCaller(TEST_ORIGIN) });

const audienceOf = ({ tenant }: ImageOwner): string => `https://id.example.com/api/oidc/${tenant}`;

/** As if an address had asked for as many resets in a tenant as it may ask for in an hour. */
export async function fillTries({ clock, stores }: World, tenant: TenantRef, peerIp: string | null): Promise<void> {
  const bucket = { key: addressKey(peerIp), count: 100 };
  const one = { kind: 'image-reset-try', expiresAt: addSeconds(clock.now(), 3600) };
  for (let at = 0; at < 100; at++) await stores.oneTimeCodes.putWithin(tenant, one, bucket);
}
