import { type Check, checkJson } from '../checks.ts';
import { requestOwnToken, requestTokens } from '../fixtures.ts';
import { overHttp, WARM_UP_OF_LISTS } from '../http-contender.ts';
import type { LoadRequest } from '../http-message.ts';
import type { BenchRow, Contender } from '../row.ts';
import type { Subject } from '../servers.ts';
import type { World } from '../world.ts';

/** Users who are asked for in turn: all of the peer, and as many of ours. */
const ASKED = 1_000;
const SCOPE = 'user:read:all group:read:all group-member:read:all';

/** Numbers of the users who are asked for, from the first to the last of so many. */
const numbersOf = (users: number): number[] => Array.from({ length: ASKED }, (_, at) => 1 + (at * users) / ASKED);

const nameOf = (number: number): string => `user${String(number).padStart(7, '0')}`;

const requestFor = (base: string, token: string, number: number): LoadRequest => ({
  method: 'GET',
  path: `${base}/Users?filter=${encodeURIComponent(`userName eq "${nameOf(number)}"`)}`,
  headers: { authorization: `Bearer ${token}`, accept: 'application/scim+json' },
});

interface FoundUser {
  readonly id?: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly name?: { readonly familyName?: string };
  readonly emails?: readonly { readonly value?: string }[];
}

/** A list (RFC 7644 section 3.4.2) of the one user whose name was asked for, with what `fillTenant` gave it. */
const checkFound = (numbers: readonly number[]): Check =>
  checkJson('Not the user', ({ totalResults, Resources }, { request }) => {
    const [user, ...others] = Resources as readonly FoundUser[];
    const number = numbers[request]!;
    return (
      totalResults === 1 &&
      others.length === 0 &&
      typeof user?.id === 'string' &&
      user.userName === nameOf(number) &&
      user.externalId === `ext-${number}` &&
      user.name?.familyName === `Family${number % 4_999}` &&
      user.emails?.[0]?.value === `user${number}@example.com`
    );
  });

interface Directory {
  readonly name: string;
  readonly subject: Subject;
  readonly base: string;
  readonly token: string;
  readonly users: number;
}

function searched(world: World, { name, subject, base, token, users }: Directory): Contender {
  const numbers = numbersOf(users);
  return overHttp(world, {
    name,
    subject,
    plan: { requests: numbers.map((number) => requestFor(base, token, number)) },
    check: checkFound(numbers),
    warmUp: WARM_UP_OF_LISTS,
  });
}

/** A directory looks for an account by its name before it makes one. */
const scimFilter: BenchRow = {
  key: 'scim-filter',
  title: 'a user by name among 1,000,000, SCIM',
  servers: ['idgraph-grown', 'scimmy'],
  async prepare(world) {
    const [subject, peer] = [await world.server('idgraph-grown'), await world.server('scimmy')];
    const { access_token } = await requestTokens(`${peer.url}/token`, peer, { grant_type: 'client_credentials' });
    return [
      searched(world, {
        name: 'idgraph',
        subject,
        base: '/scim/v2/grown',
        token: await requestOwnToken(subject, SCOPE),
        users: 1_000_000,
      }),
      searched(world, {
        name: 'scimmy, 1,000 users in memory',
        subject: peer,
        base: '/scim/v2',
        token: access_token,
        users: 1_000,
      }),
    ];
  },
};

export const SCIM_ROWS = { scimFilter };
