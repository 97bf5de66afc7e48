import { randomUUID } from 'node:crypto';
import { proofActs } from '../src/auth-modes/image-proof/transcript.ts';
import { ImageOwner, ImageProofClient } from '../test/support/image-proof.ts';
import { beginSignIn } from './browsers.ts';
import { jsonHeaders, makeApp, oncePerWorld, requestOwnToken, runGraphql } from './fixtures.ts';
import type { ImageProver } from './image-answers.ts';
import type { Subject } from './servers.ts';

/** A user who has an image, at a client. */
export interface ImageUser extends ImageProver {
  /** The public key of the client. */
  readonly cipherKey: string;
}

const TENANT = 'demo';
/** An address makes 100 accounts in an hour at most. */
const USERS = 64;

/** Where a request of a sign-in under way goes. */
export const imagePath = (name: string, requestId: string): string => `/api/auth/${name}?auth_req_id=${requestId}`;

/** Users of the tenant `demo` who made their accounts with an image, and a sign-in that is under way. */
export const makeImageUsers = oncePerWorld(async (world): Promise<readonly ImageUser[]> => {
  const subject = await world.server('idgraph');
  const { clientId } = await makeApp(world);
  const requestId = await beginSignIn(subject.url, clientId);
  await allowRegistration(subject, true);
  const users: ImageUser[] = [];
  for (let number = 0; number < USERS; number++) users.push(await register(subject.url, requestId, `image-${number}`));
  await allowRegistration(subject, false);
  return users;
});

async function allowRegistration(subject: Subject, registration: boolean): Promise<void> {
  const query = 'mutation ($input: UpdateTenantSettingsInput!) { updateTenantSettings(input: $input) { __typename } }';
  const input = { tenant: TENANT, settings: { registration } };
  await runGraphql(subject, await requestOwnToken(subject, null), query, { input });
}

async function register(url: string, requestId: string, username: string): Promise<ImageUser> {
  const post = async (name: string, body: object): Promise<Response> => {
    const headers = jsonHeaders(null);
    const answer = await fetch(`${url}${imagePath(name, requestId)}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${name} was answered with ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const client = await ImageProofClient.create();
  const owner = new ImageOwner(TENANT, username);
  const { cipherKey, privateJwk } = client;
  const given = (await (await post('challenge', { username, cipherKey })).json()) as { challenge_data: string };
  const challenge = await client.open(given.challenge_data);
  const audience = `${url}/api/oidc/${TENANT}`;
  const email = `${randomUUID()}@example.com`;
  const act = proofActs.register(email, requestId);
  const commitment = await owner.message(client, { challenge, act, audience });
  await post('register', { username, email, encrypted_commitment: commitment, proto_version: challenge.v });
  return { tenant: TENANT, username, requestId, audience, secret: owner.secret, privateJwk, cipherKey };
}
