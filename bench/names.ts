import { proofActs } from '../src/auth-modes/image-proof/transcript.ts';
import { ImageOwner, ImageProofClient, newSecret } from '../test/support/image-proof.ts';
import type { BenchArguments } from './arguments.ts';
import { BenchCluster } from './database.ts';
import { jsonHeaders, requestOwnToken, runGraphql } from './fixtures.ts';
import { Generator } from './load.ts';
import { type NameTimes, writeNameTable } from './name-table.ts';
import type { Subject } from './servers.ts';
import { World } from './world.ts';

/**
 * `npm run bench -- names`: how long refusals of sign-ins by an image take, for names that users have and for names that nobody has. It
 * shows times and judges nothing: tests count the work in place of measuring it.
 */

/** Where requests that name no tenant go. */
const TENANT = 'master';
/** Of each kind. An address makes 100 accounts in an hour at most, and an account is blocked after 1,000 failures. */
const NAMES = 60;
const KINDS = ['with an image', 'without an image', 'nobody'] as const;
type Kind = (typeof KINDS)[number];

const LOCKOUT = { accountLimit: 1000, ipLimit: 0, quickMilliseconds: 0, tenantBudget: 0 };

/** All have the same length. */
const nameOf = (kind: Kind, number: number): string => `name-${KINDS.indexOf(kind)}-${String(number).padStart(2, '0')}`;

async function post(url: string, path: string, body: object, expected: number): Promise<Response> {
  const request = { method: 'POST', headers: jsonHeaders(null), body: JSON.stringify(body) };
  const answer = await fetch(`${url}/api/auth/${path}`, request);
  if (answer.status !== expected) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  return answer;
}

interface Challenged {
  readonly client: ImageProofClient;
  readonly challenge: Awaited<ReturnType<ImageProofClient['open']>>;
  readonly tookMs: number;
}

async function ask(url: string, username: string): Promise<Challenged> {
  const client = await ImageProofClient.create();
  const begun = performance.now();
  const answer = await post(url, 'challenge', { username, cipherKey: client.cipherKey }, 200);
  const { challenge_data: sealed } = (await answer.json()) as { challenge_data: string };
  const tookMs = performance.now() - begun;
  return { client, challenge: await client.open(sealed), tookMs };
}

const audienceOf = (url: string): string => `${url}/api/oidc/${TENANT}`;

async function register(url: string, username: string): Promise<void> {
  const { client, challenge } = await ask(url, username);
  const email = `${username}@example.com`;
  const parts = { challenge, act: proofActs.register(email, null), audience: audienceOf(url) };
  const encrypted_commitment = await new ImageOwner(TENANT, username).message(client, parts);
  await post(url, 'register', { username, email, encrypted_commitment, proto_version: challenge.v }, 201);
}

async function makeUsers(subject: Subject): Promise<void> {
  const token = await requestOwnToken(subject, null);
  const configure = (settings: object) =>
    runGraphql(
      subject,
      token,
      'mutation ($input: UpdateTenantSettingsInput!) { updateTenantSettings(input: $input) { __typename } }',
      { input: { tenant: TENANT, settings } },
    );
  await configure({ registration: true, lockout: LOCKOUT });
  const numbers = Array.from({ length: NAMES }, (_, number) => number);
  for (const number of numbers) await register(subject.url, nameOf('with an image', number));
  const users = numbers.map((number) => ({ username: nameOf('without an image', number) }));
  const create = 'mutation ($input: CreateUsersInput!) { createUsers(input: $input) { results { error { code } } } }';
  await runGraphql(subject, token, create, { input: { tenant: TENANT, users } });
}

/** A challenge and a wrong proof. */
async function tryName(
  url: string,
  username: string,
): Promise<{ readonly challengeMs: number; readonly proofMs: number }> {
  const { client, challenge, tookMs: challengeMs } = await ask(url, username);
  const parts = { challenge, act: proofActs.authenticate(null), audience: audienceOf(url) };
  const challenge_data = await new ImageOwner(TENANT, username, newSecret()).message(client, parts);
  const body = { username, cipherKey: client.cipherKey, challenge_id: challenge.id, challenge_data };
  const begun = performance.now();
  await (await post(url, 'authenticate', body, 401)).arrayBuffer();
  return { challengeMs, proofMs: performance.now() - begun };
}

/** Another kind begins each time, so that what drifts meets all of them. */
async function measure(url: string, rounds: number): Promise<NameTimes[]> {
  const times = KINDS.map((kind) => ({ kind, challengeMs: [] as number[], proofMs: [] as number[] }));
  for (let at = 0; at < rounds * NAMES; at++)
    for (const turn of KINDS.keys()) {
      const of = times[(at + turn) % KINDS.length]!;
      const { challengeMs, proofMs } = await tryName(url, nameOf(of.kind, at % NAMES));
      of.challengeMs.push(challengeMs);
      of.proofMs.push(proofMs);
    }
  return times;
}

/** @returns Always true: the times are for people to look at. */
export async function compareNames(options: BenchArguments): Promise<boolean> {
  const cluster = await BenchCluster.open();
  const generator = new Generator();
  const world = await World.create({ cluster, generator, options });
  try {
    const { url, ...subject } = await world.server('idgraph');
    await makeUsers({ url, ...subject });
    await measure(url, 1);
    console.log(writeNameTable(await measure(url, options.rounds)));
    return true;
  } finally {
    await world.keepOnly(new Set());
    await generator.end();
    await cluster.stop();
  }
}
