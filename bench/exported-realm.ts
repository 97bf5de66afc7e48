import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Hashes as Keycloak makes them by default: Argon2id with 7 MiB. Nobody signs in with them, so they belong to no password. */
const CREDENTIAL_DATA = JSON.stringify({
  hashIterations: 5,
  algorithm: 'argon2',
  additionalParameters: { hashLength: ['32'], memory: ['7168'], type: ['id'], version: ['1.3'], parallelism: ['1'] },
});

const secretOf = (at: number): string =>
  JSON.stringify({
    value: Buffer.alloc(32, at % 251).toString('base64'),
    salt: Buffer.alloc(16, at % 241).toString('base64'),
    additionalParameters: {},
  });

const GROUPS = 50;

const toUser = (at: number): object => ({
  username: `sailor-${at}`,
  email: `sailor-${at}@reeds.example`,
  emailVerified: true,
  enabled: true,
  firstName: 'Sailor',
  lastName: `Number ${at}`,
  createdTimestamp: 1_700_000_000_000 + at,
  attributes: { berth: [String(at)] },
  credentials: [{ type: 'password', credentialData: CREDENTIAL_DATA, secretData: secretOf(at) }],
  realmRoles: ['sailor'],
  groups: [`/crew-${at % GROUPS}`],
});

function* textsOf(users: number): Generator<string> {
  const groups = Array.from({ length: GROUPS }, (_, at) => ({ name: `crew-${at}` }));
  const realm = { realm: 'reeds', enabled: true, roles: { realm: [{ name: 'sailor' }] }, groups };
  yield `${JSON.stringify(realm).slice(0, -1)},"users":[`;
  for (let at = 0; at < users; at += 1) yield `${at === 0 ? '' : ','}${JSON.stringify(toUser(at))}`;
  yield ']}';
}

/** Writes an export of a realm with so many users, each with a hash, a role and a group. */
export const writeExportedRealm = (file: string, users: number): Promise<void> =>
  pipeline(Readable.from(textsOf(users)), createWriteStream(file));
