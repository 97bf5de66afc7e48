import { type Check, checkToken } from '../checks.ts';
import { fetchKeys, makeRealmClient, type Person, readPeople, requestOwnToken, requestTokens } from '../fixtures.ts';
import { overHttp, WARM_UP } from '../http-contender.ts';
import { inLoop } from '../loop-contender.ts';
import type { BenchRow } from '../row.ts';
import type { Subject } from '../servers.ts';
import { postForm } from './oauth.ts';

const REALM = '/realms/demo';
/** The resource server of the peer whose tokens are signed with RS256. */
const RSA_RESOURCE = 'urn:bench:rsa';
const GRANT = { grant_type: 'client_credentials' };

/** A token of a client that has a service account, as applications of Keycloak ask for it. */
const realmToken: BenchRow = {
  key: 'realm-token',
  title: 'client-credentials token of a realm: RS256 JWT, one durable row',
  servers: ['idgraph', 'oidc-provider'],
  async prepare(world) {
    const [subject, peer] = [await world.server('idgraph'), await world.server('oidc-provider')];
    const client = await makeRealmClient(world);
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: { requests: [postForm(client, `${REALM}/protocol/openid-connect/token`, GRANT)] },
        check: checkToken(
          await fetchKeys(`${subject.url}${REALM}/protocol/openid-connect/certs`),
          { azp: client.clientId, iss: `${subject.url}${REALM}` },
          [],
          'RS256',
        ),
        warmUp: WARM_UP,
      }),
      inLoop(world, { name: 'RS256 alone', script: './rsa-process.js', command: {}, backends: null }),
      overHttp(world, {
        name: 'oidc-provider',
        subject: peer,
        plan: { requests: [postForm(peer, '/token', { ...GRANT, scope: 'user:read', resource: RSA_RESOURCE })] },
        check: checkToken(
          await fetchKeys(`${peer.url}/jwks`),
          { client_id: peer.clientId, aud: RSA_RESOURCE },
          [],
          'RS256',
        ),
        warmUp: WARM_UP,
      }),
    ];
  },
};

/** Permissions of the token that reads users: the least that shows all of a user. */
export const USER_SCOPE = 'user:read:all credential:read:all';

const userPath = ({ subject }: Person): string => `/admin${REALM}/users/${subject}`;

/** The bodies of the users at our service, which the peer has to answer too. */
async function readBodies({ url }: Subject, token: string, people: readonly Person[]): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (const person of people) {
    const answer = await fetch(`${url}${userPath(person)}`, { headers: { authorization: `Bearer ${token}` } });
    bodies.push(await answer.text());
  }
  return bodies;
}

/** Each answer has the body of the user that was asked for, to the letter. */
const checkBody =
  (bodies: readonly string[], people: readonly Person[]): Check =>
  ({ request, body }) => {
    const isUser = body.includes(`"username":"${people[request]!.username}"`);
    if (!isUser || body !== bodies[request]) throw new Error(`Not the user: ${body.slice(0, 400)}`);
  };

const adminUser: BenchRow = {
  key: 'admin-user',
  title: 'a user of a realm by id, Admin API',
  servers: ['idgraph', 'hand-written-koa'],
  async prepare(world) {
    const [subject, least] = [await world.server('idgraph'), await world.server('hand-written-koa')];
    const people = await readPeople(world);
    const token = await requestOwnToken(subject, USER_SCOPE);
    const check = checkBody(await readBodies(subject, token, people), people);
    const { access_token } = await requestTokens(`${least.url}/token`, least, { ...GRANT, scope: 'user:read' });
    const contender = (name: string, server: Subject, bearer: string) =>
      overHttp(world, {
        name,
        subject: server,
        plan: {
          requests: people.map((person) => ({
            method: 'GET' as const,
            path: userPath(person),
            headers: { authorization: `Bearer ${bearer}` },
          })),
        },
        check,
        warmUp: WARM_UP,
      });
    return [contender('idgraph', subject, token), contender('hand-written, Koa', least, access_token)];
  },
};

export const REALM_ROWS = { realmToken, adminUser };
