import { checkJson } from '../checks.ts';
import { Sockets } from '../fan-out.ts';
import { makeManyTenants, requestOwnToken } from '../fixtures.ts';
import { overHttp, WARM_UP } from '../http-contender.ts';
import type { SmallTenant } from '../many-tenants.ts';
import type { BenchRow, Contender } from '../row.ts';
import type { Subject } from '../servers.ts';
import { ownTokens } from './oauth.ts';

const FEW = 10;

/** Reads of a user over many tenants in turn, beside the same over ten. */
const manyTenants: BenchRow = {
  key: 'tenants',
  title: 'a user by id, REST, over 10,000 tenants in turn',
  servers: ['idgraph-tenants'],
  async prepare(world) {
    const subject = await world.server('idgraph-tenants');
    const users = await makeManyTenants(world);
    const token = await requestOwnToken(subject, 'user:read:all');
    const headers = { authorization: `Bearer ${token}` };
    const over = (name: string, some: readonly SmallTenant[]): Contender =>
      overHttp(world, {
        name,
        subject,
        plan: {
          requests: some.map(({ tenant, userId }) => ({
            method: 'GET',
            path: `/t/${tenant}/blitz/api/v3/users/${userId}`,
            headers,
          })),
        },
        check: checkJson('Not the user', ({ sub }, { request }) => sub === some[request]!.userId),
        warmUp: WARM_UP,
      });
    return [over('10,000 tenants', users), over('ten tenants', users.slice(0, FEW))];
  },
};

const SOCKETS = 10_000;

/** Tokens of a server with many idle sockets of one application, beside a server without. */
const tokenWithSockets: BenchRow = {
  key: 'token-sockets',
  title: 'client-credentials token with 10,000 idle WebSockets',
  servers: ['idgraph', 'idgraph-sockets'],
  async prepare(world) {
    const subject = await world.server('idgraph-sockets');
    return [
      withSockets(await ownTokens(world, '10,000 sockets', subject), subject),
      await ownTokens(world, 'no sockets', await world.server('idgraph')),
    ];
  },
};

/** Opens the sockets before the warm-up, and closes them after the rounds. */
function withSockets(contender: Contender, subject: Subject): Contender {
  return {
    ...contender,
    async open() {
      const token = await requestOwnToken(subject, 'event:read');
      const sockets = await Sockets.open(subject, token, SOCKETS, null);
      const runner = await contender.open();
      return {
        ...runner,
        close: async () => {
          await runner.close();
          await sockets.close();
        },
      };
    },
  };
}

/** The same token from a server with the embedded database, whose processor time is in the server's. */
const tokenEmbedded: BenchRow = {
  key: 'token-embedded',
  title: 'client-credentials token, embedded database',
  servers: ['idgraph-embedded'],
  async prepare(world) {
    return [await ownTokens(world, 'idgraph', await world.server('idgraph-embedded'))];
  },
};

export const GROWTH_ROWS = { tokenEmbedded, manyTenants, tokenWithSockets };
