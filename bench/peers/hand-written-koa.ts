import { createServer } from 'node:http';
import Koa from 'koa';
import pg from 'pg';
import { serve } from './serve.ts';
import { bearerOf, makeToken, readToken } from './tokens.ts';

/**
 * A peer: a user of a realm, written by hand for this one call with Koa and pg. It checks the bearer token and remembers it, reads the
 * user from the tables of the measured service by one prepared statement, and answers the same body.
 */
const pool = new pg.Pool({
  connectionString: process.env['PEER_DATABASE_URL']!,
  max: 16,
  application_name: 'bench-hand-written-koa',
});

const USER = `
  select users.id, username, given_name, family_name, email, email_verified, users.enabled, users.created_at, attributes,
    required_actions, exists (select from credentials c
      where c.tenant_id = users.tenant_id and c.user_id = users.id and c.type = 'totp') as totp
  from users join tenants on tenants.id = users.tenant_id
  where tenants.name = $1 and users.id = $2`;

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly enabled: boolean;
  readonly created_at: Date;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly required_actions: readonly string[];
  readonly totp: boolean;
}

/** What the token of the bench may do with a user. */
const ACCESS = { manageGroupMembership: false, view: true, mapRoles: false, impersonate: false, manage: false };

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);

const show = (user: UserRow): object => ({
  id: user.id,
  username: user.username,
  ...(user.given_name === null ? {} : { firstName: user.given_name }),
  ...(user.family_name === null ? {} : { lastName: user.family_name }),
  ...(user.email === null ? {} : { email: user.email }),
  emailVerified: user.email_verified,
  enabled: user.enabled,
  createdTimestamp: user.created_at.getTime(),
  access: ACCESS,
  attributes: Object.fromEntries(Object.entries(user.attributes).map(([name, value]) => [name, textsOf(value)])),
  requiredActions: user.required_actions,
  totp: user.totp,
  disableableCredentialTypes: [],
  notBefore: 0,
});

const PATH = /^\/admin\/realms\/([^/]+)\/users\/([^/]+)$/;

const app = new Koa();
app.use(async (context, next) => {
  if (context.path !== '/token') return next();
  const made = await makeToken(context.req);
  context.status = made === null ? 401 : 200;
  context.body = made?.body ?? { error: 'invalid_client' };
});
app.use(async (context) => {
  const [, realm, id] = PATH.exec(context.path) ?? [];
  if (realm === undefined) return;
  if (readToken(bearerOf(context.req)) === null) return context.throw(401);
  const { rows } = await pool.query<UserRow>({ name: 'user', text: USER, values: [realm, id] });
  if (rows.length === 0) return;
  context.set('cache-control', 'no-cache');
  context.body = show(rows[0]!);
});
serve(createServer(app.callback()), () => pool.end());
