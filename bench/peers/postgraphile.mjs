/**
 * A peer: PostGraphile 5 over the very tables of the measured service, with its own schema and its own statements. It checks no
 * caller and no permission; it has prepared statements and a cache of plans.
 *
 * Plain JavaScript, because its types bring those of React into the project, where they declare an empty `HTMLElement`.
 */
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { serve } from './serve.ts';

// It warns at length about the types of two columns that no row reads.
console.warn = () => undefined;

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.env['PEER_DATABASE_URL'],
      poolConfig: { max: 16, application_name: 'bench-postgraphile' },
      schemas: ['public'],
    }),
  ],
  grafast: { explain: false },
  grafserv: { graphqlPath: '/graphql', graphiql: false, websockets: false, watch: false },
};

const instance = postgraphile(preset);
const server = createServer();
await instance.createServ(grafserv).addTo(server);
serve(server, async () => {
  await instance.release();
});
