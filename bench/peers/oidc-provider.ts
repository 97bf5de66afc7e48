import { createServer } from 'node:http';
import Provider, { type Adapter, type AdapterPayload, type ClientMetadata } from 'oidc-provider';
import pg from 'pg';

/**
 * The peer: oidc-provider on PostgreSQL with a minimal adapter that stores tokens durably: one row per artefact, look-ups by
 * primary key, prepared statements. Prints its port as JSON when it listens.
 */
const DATABASE_URL = process.env['PEER_DATABASE_URL']!;
const CLIENT: ClientMetadata = {
  client_id: 'bench',
  client_secret: process.env['PEER_CLIENT_SECRET']!,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 16 });

class PostgresAdapter implements Adapter {
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    await pool.query({
      name: 'upsert',
      text: `insert into peer_artefacts (kind, id, payload, expires_at) values ($1, $2, $3, now() + $4 * interval '1 second')
        on conflict (kind, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
      values: [this.#kind, id, JSON.stringify(payload), expiresIn],
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { rows } = await pool.query({
      name: 'find',
      text: 'select payload from peer_artefacts where kind = $1 and id = $2 and expires_at > now()',
      values: [this.#kind, id],
    });
    return rows[0]?.payload;
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  findByUid(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async consume(id: string): Promise<void> {
    await pool.query(`update peer_artefacts set payload = payload || '{"consumed":1}' where kind = $1 and id = $2`, [
      this.#kind,
      id,
    ]);
  }

  async destroy(id: string): Promise<void> {
    await pool.query('delete from peer_artefacts where kind = $1 and id = $2', [this.#kind, id]);
  }

  async revokeByGrantId(): Promise<void> {}
}

await pool.query(
  'create table if not exists peer_artefacts (kind text, id text, payload jsonb not null, expires_at timestamptz not null, primary key (kind, id))',
);
const provider = new Provider('http://127.0.0.1', {
  adapter: PostgresAdapter,
  clients: [CLIENT],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
  },
});
const server = createServer(provider.callback());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : null })}\n`);
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
