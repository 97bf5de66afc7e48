import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider, { type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import pg from 'pg';
import { serve } from './serve.ts';

/**
 * A peer: oidc-provider on PostgreSQL. It issues JWTs for two resource servers (RFC 8707), signed with EdDSA for one and with RS256
 * for the other, and opaque tokens otherwise, writes one awaited row for each issued access token, as we write an event, and rotates refresh tokens. The adapter
 * stores one row for each artefact, finds it by primary key and uses prepared statements.
 */
const DATABASE_URL = process.env['PEER_DATABASE_URL']!;
const CLIENT_ID = 'bench';
const RESOURCE = 'urn:bench:api';
/** The resource server whose tokens are signed with RS256. */
const RSA_RESOURCE = 'urn:bench:rsa';
const SCOPE = 'user:read';
const ACCOUNT = 'bench-account';
const TOKEN_SECONDS = 3_600;
const FAMILY_SECONDS = 90 * 86_400;

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 16, application_name: 'bench-oidc-provider' });

const TABLES = `
  create table if not exists peer_artefacts (
    kind text, id text, payload jsonb not null, expires_at timestamptz, primary key (kind, id)
  );
  create index if not exists peer_artefacts_uid on peer_artefacts (kind, (payload ->> 'uid'));
  create table if not exists peer_audit (
    id uuid primary key, occurred_at timestamptz not null default now(), type text not null, client_id text not null,
    subject text, ip text, user_agent text, params jsonb not null
  )`;

class PostgresAdapter implements Adapter {
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn: number | undefined): Promise<void> {
    await pool.query({
      name: 'upsert',
      text: `insert into peer_artefacts (kind, id, payload, expires_at) values ($1, $2, $3, now() + $4 * interval '1 second')
        on conflict (kind, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
      values: [this.#kind, id, JSON.stringify(payload), expiresIn ?? null],
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const { rows } = await pool.query<{ payload: AdapterPayload }>({
      name: 'find',
      text: 'select payload from peer_artefacts where kind = $1 and id = $2 and (expires_at is null or expires_at > now())',
      values: [this.#kind, id],
    });
    return rows[0]?.payload;
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const { rows } = await pool.query<{ payload: AdapterPayload }>({
      name: 'find-by-uid',
      text: `select payload from peer_artefacts
        where kind = $1 and payload ->> 'uid' = $2 and (expires_at is null or expires_at > now())`,
      values: [this.#kind, uid],
    });
    return rows[0]?.payload;
  }

  async consume(id: string): Promise<void> {
    await pool.query({
      name: 'consume',
      text: `update peer_artefacts
        set payload = payload || jsonb_build_object('consumed', extract(epoch from now())::bigint) where kind = $1 and id = $2`,
      values: [this.#kind, id],
    });
  }

  async destroy(id: string): Promise<void> {
    await pool.query({
      name: 'destroy',
      text: 'delete from peer_artefacts where kind = $1 and id = $2',
      values: [this.#kind, id],
    });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await pool.query(`delete from peer_artefacts where payload ->> 'grantId' = $1`, [grantId]);
  }
}

/** Writes the row about an issued token; the answer waits for it. */
async function recordIssued(ip: string, userAgent: string | null, subject: string | null): Promise<void> {
  await pool.query({
    name: 'audit',
    text: `insert into peer_audit (id, type, client_id, subject, ip, user_agent, params)
      values (gen_random_uuid(), 'token.issued', $1, $2, $3, $4, $5)`,
    values: [CLIENT_ID, subject, ip, userAgent, JSON.stringify({ scope: SCOPE })],
  });
}

const { privateKey } = generateKeyPairSync('ed25519');
const jwk = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'EdDSA' };
const { privateKey: rsaKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaJwk = { ...rsaKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };

const configuration: Configuration = {
  adapter: PostgresAdapter,
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: process.env['PEER_CLIENT_SECRET']!,
      grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
      redirect_uris: ['https://client.example/callback'],
      response_types: ['code'],
      id_token_signed_response_alg: 'EdDSA',
      scope: `openid profile email offline_access ${SCOPE}`,
    },
  ],
  jwks: { keys: [jwk, rsaJwk] as NonNullable<Configuration['jwks']>['keys'] },
  scopes: ['openid', 'profile', 'email', 'offline_access', SCOPE],
  claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name'], email: ['email', 'email_verified'] },
  rotateRefreshToken: true,
  // As with our client, whose refresh tokens end with the session.
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: TOKEN_SECONDS,
    ClientCredentials: TOKEN_SECONDS,
    Grant: FAMILY_SECONDS,
    RefreshToken: FAMILY_SECONDS,
    Session: FAMILY_SECONDS,
  },
  extraTokenClaims: async (ctx, token) => {
    const subject = 'accountId' in token ? (token.accountId ?? null) : null;
    // Without a request, `seed` issues the token.
    if (ctx !== undefined) await recordIssued(ctx.ip, ctx.get('user-agent') || null, subject);
    return undefined;
  },
  findAccount: (_ctx, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      name: 'Ada Abara',
      given_name: 'Ada',
      family_name: 'Abara',
      email: 'ada@demo.example',
      email_verified: true,
    }),
  }),
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => [],
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => ({
        scope: SCOPE,
        audience: resource,
        accessTokenTTL: TOKEN_SECONDS,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource === RSA_RESOURCE ? 'RS256' : 'EdDSA' } },
      }),
    },
  },
};

await pool.query(TABLES);
const provider = new Provider('http://127.0.0.1', configuration);
const handle = provider.callback();

/** Makes what the bench starts with, which a browser would get by the authorization code flow: a grant, its tokens and a session. */
async function seed(): Promise<{ refreshToken: string; accessToken: string; sessionCookie: string }> {
  const client = (await provider.Client.find(CLIENT_ID))!;
  const grant = new provider.Grant({ accountId: ACCOUNT, clientId: CLIENT_ID });
  grant.addOIDCScope(`openid profile email ${SCOPE}`);
  grant.addResourceScope(RESOURCE, SCOPE);
  const grantId = await grant.save();
  const common = { accountId: ACCOUNT, client, grantId, gty: 'authorization_code' };
  const refreshToken = new provider.RefreshToken({ ...common, scope: SCOPE, resource: RESOURCE } as never);
  const accessToken = new provider.AccessToken({ ...common, scope: 'openid profile email' } as never);
  const session = new provider.Session();
  session.loginAccount({ accountId: ACCOUNT });
  session.ensureClientContainer(CLIENT_ID);
  session.grantIdFor(CLIENT_ID, grantId);
  await session.save(FAMILY_SECONDS);
  return {
    refreshToken: await refreshToken.save(),
    accessToken: await accessToken.save(),
    sessionCookie: `${provider.cookieName('session')}=${session.jti}`,
  };
}

async function answerSeed(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(await seed()));
}

const server = createServer((request, response) => {
  if (request.url !== '/bench/seed') return handle(request, response);
  answerSeed(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
});
serve(server, () => pool.end());
