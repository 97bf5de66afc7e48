import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { MasterKey } from '../../crypto/index.ts';
import type { PrivateHosts } from '../../kernel/index.ts';
import { DEFAULT_TIME_LIMITS, type TimeLimits } from '../../persistence/index.ts';
import { parseAuthorities } from './authorities.ts';
import { DEFAULT_GRAPHQL_LIMITS, type GraphqlLimits, parseGraphqlLimits } from './graphql-limits.ts';
import { type CidrRange, HOST, listOf, parsePrivateHosts, parseRange } from './networks.ts';
import { findMisspelt } from './setting-names.ts';
import { StartRefused } from './start-refused.ts';

/** Everything that the operator can set, checked once at the start. README.md lists names, meaning and defaults. */
export interface Config {
  /** `PORT`: TCP port to listen on, 0...65535. Default 4000. With 0 the system chooses a free port, which the start prints. */
  readonly port: number;
  /**
   * `HOST`: address to listen on. Default `127.0.0.1`, this machine only, because the service itself serves plain HTTP. Set
   * `0.0.0.0` (or `::`) in a container or behind a proxy that terminates TLS.
   */
  readonly host: string;
  /**
   * `PUBLIC_URL`: the origin (scheme, host, port; no path) by which clients reach the service. Issuers, links in mails and
   * cookies are made from it, so it must not change once tokens are issued. Null means the default, `http://localhost:<port>`
   * with the port that the node listens on.
   */
  readonly publicUrl: string | null;
  /** `DEFAULT_TENANT`: name of the tenant for paths that name none (`/blitz/...`). Default `master`. */
  readonly defaultTenant: string;
  /** The database: `DATABASE_URL` with `DATABASE_POOL_MAX`, else the embedded one in `DATA_DIR`. */
  readonly database: DatabaseConfig;
  /**
   * `DATA_DIR`: directory of the embedded database, the generated master key and the outbox. Default `./data`; null for
   * `memory://`, which stores nothing. Only one process at a time can use it; back it up while the service is stopped.
   */
  readonly dataDir: string | null;
  /**
   * `MASTER_KEY` as written: at least 32 bytes in hex or base64url. Null in the embedded mode: the key is generated once and
   * stored in `DATA_DIR`.
   */
  readonly masterKeyText: string | null;
  /** `GRAPHQL_LIMITS`: bounds of one GraphQL request, `name=value` separated by commas. */
  readonly graphqlLimits: GraphqlLimits;
  /**
   * `TRUSTED_DOCUMENTS`: a folder of `.graphql` files, or a JSON file of SHA-256 hash to document. When set, no other document
   * is executed over HTTP or WebSocket. Null (the default) allows any document within the limits.
   */
  readonly trustedDocuments: string | null;
  /**
   * `NATS_URL`: servers (`nats://` or `tls://`, comma separated) over which nodes wake each other. Null: NOTIFY of PostgreSQL
   * does.
   */
  readonly natsServers: readonly string[] | null;
  /**
   * `TRUSTED_PROXIES`: addresses and CIDR ranges, comma separated, whose `X-Forwarded-For` is trusted. Default none. List only
   * addresses from which clients cannot connect; otherwise clients choose the address that lock-out counts.
   */
  readonly trustedProxies: readonly CidrRange[];
  /**
   * `PRIVATE_HOSTS`: hosts, addresses and CIDR ranges of the operator's network, comma separated, that addresses which tenants
   * name (their mail servers) may lead to. Default none.
   */
  readonly privateHosts: PrivateHosts;
  /**
   * `ENTRA_AUTHORITIES`: issuers, comma separated, of services that may ask for the second factor of their users, with `{tid}` in
   * place of the id of a directory. Null: those of the clouds of Microsoft Entra ID.
   */
  readonly factorAuthorities: readonly string[] | null;
  /**
   * `SMTP_URL`: `smtp://` or `smtps://`, credentials included; `?from=` names the sender (default `no-reply@` and the host of
   * `PUBLIC_URL`), `?requireTLS=true` requires STARTTLS, `?sms=` names a mail gateway that delivers text messages
   * (`79990001122@sms.example.com`). Null: mails are written to `DATA_DIR/outbox/`. Without a gateway, text messages are
   * written there too.
   */
  readonly smtpUrl: string | null;
  readonly timeouts: TimeoutConfig;
  /** `LOG_LEVEL`: the least severe level that is logged. Default `info`. */
  readonly logLevel: LogLevel;
  /**
   * `RATE_LIMITS`: `on` (default), `off`, or rules. `off` is only for load tests: it removes the limits per address, while lock-out
   * still applies.
   */
  readonly rateLimits: boolean;
  /** Rules in place of the usual ones, from `RATE_LIMITS`: `scim=400/60` are 400 requests in 60 s. */
  readonly rateLimitRules: Readonly<Record<string, { readonly requests: number; readonly seconds: number }>>;
  /** `NODE_ENV`: the name of the environment, which the service only shows. Default `production`. */
  readonly environment: string;
  /**
   * `DRAIN_SECONDS`: how long a stopping node still serves while `/health/ready` answers 503, 0...300. Default 5; set a little
   * more than the interval of your load balancer's checks. The process ends at most 5 s later.
   */
  readonly drainSeconds: number;
  readonly bootstrap: BootstrapConfig;
  /** `DEMO`: `1` also fills a tenant `demo` with a few hundred made-up users on the first start. Default `0`. */
  readonly demo: boolean;
}

export type DatabaseConfig =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'server';
      /** `DATABASE_URL`: PostgreSQL 15 to 18, `postgres://`; a pooler in transaction mode is fine. */
      readonly url: string;
      /** `DATABASE_POOL_MAX`: connections per node, 1...1000. Default 16; nodes x this must stay below `max_connections`. */
      readonly poolMax: number;
      /**
       * `DATABASE_CONNECT_TIMEOUT_SECONDS` (default 5), `DATABASE_LOCK_TIMEOUT_SECONDS` (5),
       * `DATABASE_STATEMENT_TIMEOUT_SECONDS` (10), `DATABASE_QUERY_TIMEOUT_SECONDS` (15), `DATABASE_KEEPALIVE_SECONDS` (10):
       * how long to wait for the server.
       */
      readonly limits: TimeLimits;
    };

/** How long to wait for other machines, in milliseconds. Every wait has a limit. */
export interface TimeoutConfig {
  /** `SMTP_TIMEOUT_SECONDS`: for a connection to the mail server and for each of its answers. Default 15. */
  readonly smtpMs: number;
  /** `NATS_TIMEOUT_SECONDS`: for connecting to NATS. A connection that is silent for twice as long is replaced. Default 5. */
  readonly natsMs: number;
  /** `PROVIDER_TIMEOUT_SECONDS`: for each answer of an external provider, while a browser waits. Default 5. */
  readonly providerMs: number;
}

/** The administrator and client that the first start on an empty database makes. Null values are generated and printed once. */
export interface BootstrapConfig {
  /** `BOOTSTRAP_ADMIN_USERNAME`. Default `admin`. */
  readonly adminUsername: string;
  /** `BOOTSTRAP_ADMIN_PASSWORD`: at least 15 characters, as for every password used without a second factor. */
  readonly adminPassword: string | null;
  /** `BOOTSTRAP_CLIENT_ID`. Default `bootstrap`. */
  readonly clientId: string;
  /** `BOOTSTRAP_CLIENT_SECRET`: at least 32 characters; make it with `openssl rand -base64 32`. */
  readonly clientSecret: string | null;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment cannot be used. `message` names every fault, one a line. */
export class ConfigError extends StartRefused {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

const MOST_SECONDS = 600;

/** Converts the operator's seconds to milliseconds. */
const seconds = (defaultMs: number) =>
  wholeNumber(1, MOST_SECONDS)
    .transform((value) => value * 1000)
    .prefault(String(defaultMs / 1000));

/** Runs a parser that throws, and reports its message as the fault. */
function parsedBy<T>(parse: (text: string) => T) {
  return z.string().transform((text, ctx) => {
    try {
      return parse(text);
    } catch (error) {
      ctx.addIssue(error instanceof Error ? error.message : String(error));
      return z.NEVER;
    }
  });
}

function urlWith(schemes: readonly string[]) {
  const shown = schemes.map((scheme) => `${scheme}//`).join(' or ');
  return parsedBy((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !schemes.includes(url.protocol) || url.hostname === '')
      throw new Error(`must be a URL that begins with ${shown}`);
    return text;
  });
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new Error('must be an http:// or https:// URL');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || text.endsWith('?'))
    throw new Error('must be an origin: scheme, host and port, without path, query or credentials');
  return url.origin;
}

/** Parameters of a `DATABASE_URL` that name files, which the driver reads for each connection. */
const FILE_PARAMETERS = ['sslrootcert', 'sslcert', 'sslkey'];

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The URL of a database on a socket path names the host in a parameter, so only the scheme is checked strictly. */
function parseDatabaseUrl(text: string): string {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text))
    throw new Error('must be a URL that begins with postgres:// or postgresql://');
  const { searchParams } = new URL(text);
  for (const name of FILE_PARAMETERS) {
    const path = searchParams.get(name) ?? '';
    if (path !== '' && !isReadable(path)) throw new Error(`must name in ${name} a file that can be read`);
  }
  return text;
}

function parseNatsServers(text: string): readonly string[] {
  const servers = listOf(text);
  for (const server of servers) {
    if (!/^(nats|tls):\/\/./.test(server) || !URL.canParse(server))
      throw new Error('must hold URLs that begin with nats:// or tls://, separated by commas');
  }
  return servers;
}

function checkMasterKey(text: string): string {
  MasterKey.fromText(text);
  return text;
}

/** The rule for tenant names (docs/tenancy.md, rule 1). */
const TENANT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{1,62}$/;
const USERNAME = /^[^\s/\\<>"%#?|\p{Cc}](?:[^/\\<>"%#?|\p{Cc}]{0,253}[^\s/\\<>"%#?|\p{Cc}])?$/u;
const CLIENT_ID = /^[\x21-\x7e]{1,255}$/;

const RATE_LIMIT = /^([a-z][a-z-]{0,31})=([1-9]\d{0,6})\/([1-9]\d{0,4})$/;

/** Reads `on`, `off`, or a list such as `scim=400/60`. @returns Null for `off`. @throws Error */
function parseRateLimits(text: string): Config['rateLimitRules'] | null {
  if (text === 'on') return {};
  if (text === 'off') return null;
  const rules = listOf(text).map((part) => {
    const [, name, requests, seconds] = RATE_LIMIT.exec(part) ?? [];
    if (name === undefined) throw new Error('must be on or off, or a list of name=requests/seconds');
    return [name, { requests: Number(requests), seconds: Number(seconds) }] as const;
  });
  return Object.fromEntries(rules);
}

const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:%_-]+$/, 'must be an IP address or a host name')
    .default('127.0.0.1'),
  PUBLIC_URL: parsedBy(parseOrigin).optional(),
  DEFAULT_TENANT: z
    .string()
    .regex(TENANT_NAME, 'must be a tenant name: 2 to 63 letters, digits, "_" or "-"')
    .default('master'),
  DATABASE_URL: parsedBy(parseDatabaseUrl).optional(),
  DATABASE_POOL_MAX: wholeNumber(1, 1000).default(16),
  DATABASE_CONNECT_TIMEOUT_SECONDS: seconds(DEFAULT_TIME_LIMITS.connectMs),
  DATABASE_LOCK_TIMEOUT_SECONDS: seconds(DEFAULT_TIME_LIMITS.lockMs),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: seconds(DEFAULT_TIME_LIMITS.statementMs),
  DATABASE_QUERY_TIMEOUT_SECONDS: seconds(DEFAULT_TIME_LIMITS.queryMs),
  DATABASE_KEEPALIVE_SECONDS: seconds(DEFAULT_TIME_LIMITS.keepAliveMs),
  DATA_DIR: z
    .string()
    .refine((text) => text === 'memory://' || !text.includes('://'), 'must be a directory, or memory://')
    .default('./data'),
  MASTER_KEY: parsedBy(checkMasterKey).optional(),
  GRAPHQL_LIMITS: parsedBy(parseGraphqlLimits).default(DEFAULT_GRAPHQL_LIMITS),
  TRUSTED_DOCUMENTS: z.string().refine(existsSync, 'must be an existing folder or JSON file').optional(),
  NATS_URL: parsedBy(parseNatsServers).optional(),
  TRUSTED_PROXIES: parsedBy((text) => listOf(text).map(parseRange)).default([]),
  PRIVATE_HOSTS: parsedBy(parsePrivateHosts).default({ names: [], networks: [] }),
  ENTRA_AUTHORITIES: parsedBy(parseAuthorities).optional(),
  SMTP_URL: urlWith(['smtp:', 'smtps:'])
    .refine(
      (url) => HOST.test(new URL(url).searchParams.get('sms') ?? 'none'),
      'sms must be the host name of a gateway',
    )
    .optional(),
  SMTP_TIMEOUT_SECONDS: seconds(15_000),
  NATS_TIMEOUT_SECONDS: seconds(5_000),
  PROVIDER_TIMEOUT_SECONDS: seconds(5_000),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  RATE_LIMITS: parsedBy(parseRateLimits).default({}),
  NODE_ENV: z.string().default('production'),
  DRAIN_SECONDS: wholeNumber(0, 300).default(5),
  BOOTSTRAP_ADMIN_USERNAME: z.string().regex(USERNAME, 'must be a user name of 1 to 255 characters').default('admin'),
  BOOTSTRAP_ADMIN_PASSWORD: z.string().min(15, 'must have at least 15 characters').max(1024).optional(),
  BOOTSTRAP_CLIENT_ID: z
    .string()
    .regex(CLIENT_ID, 'must be 1 to 255 printable ASCII characters without blanks')
    .default('bootstrap'),
  BOOTSTRAP_CLIENT_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{32,255}$/, 'must be 32 to 255 printable ASCII characters without blanks')
    .optional(),
  DEMO: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
});

/** The names of all settings, in the order of the README. */
export const CONFIG_NAMES = Object.keys(environment.shape) as readonly (keyof typeof environment.shape)[];

/** An empty value counts as absent: compose files and shells pass unset variables on as empty ones. */
function presentValues(env: NodeJS.ProcessEnv): Record<string, string> {
  const present: Record<string, string> = {};
  for (const name of CONFIG_NAMES) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') present[name] = value;
  }
  return present;
}

/** Refuses misspelt settings: ignored, they would silently mean the default, such as an empty database for `DATABSE_URL`. */
function misspelt(env: NodeJS.ProcessEnv): string[] {
  return findMisspelt(env, CONFIG_NAMES).map(
    ({ name, meant }) => `${name}: is not a setting; did you mean ${meant}? Set ${meant}, or remove ${name}.`,
  );
}

/** Faults that concern several values. */
function crossFaults(present: Record<string, string>): string[] {
  if (present['DATABASE_URL'] !== undefined && present['MASTER_KEY'] === undefined)
    return ['MASTER_KEY: is needed with DATABASE_URL, the same on every node; make one with "openssl rand -base64 32"'];
  return [];
}

type Values = z.infer<typeof environment>;

const toLimits = (value: Values): TimeLimits => ({
  connectMs: value.DATABASE_CONNECT_TIMEOUT_SECONDS,
  lockMs: value.DATABASE_LOCK_TIMEOUT_SECONDS,
  statementMs: value.DATABASE_STATEMENT_TIMEOUT_SECONDS,
  queryMs: value.DATABASE_QUERY_TIMEOUT_SECONDS,
  keepAliveMs: value.DATABASE_KEEPALIVE_SECONDS,
});

/** If the client gave up a query before the server ended its statement, each such query would cost a connection. */
function limitsFault({ DATABASE_QUERY_TIMEOUT_SECONDS: query, DATABASE_STATEMENT_TIMEOUT_SECONDS: statement }: Values) {
  if (query > statement) return null;
  return 'DATABASE_QUERY_TIMEOUT_SECONDS: must be more than DATABASE_STATEMENT_TIMEOUT_SECONDS';
}

/**
 * Reads the environment.
 * @throws ConfigError Names every fault; values are not repeated, because they may be secrets.
 */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const present = presentValues(env);
  const result = environment.safeParse(present);
  const faults = (result.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  faults.push(...crossFaults(present), ...misspelt(env));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  const value = result.data;
  const faultOfLimits = limitsFault(value);
  if (faultOfLimits !== null) throw new ConfigError([faultOfLimits]);
  return {
    port: value.PORT,
    host: value.HOST,
    publicUrl: value.PUBLIC_URL ?? null,
    defaultTenant: value.DEFAULT_TENANT,
    database:
      value.DATABASE_URL === undefined
        ? { kind: 'embedded' }
        : { kind: 'server', url: value.DATABASE_URL, poolMax: value.DATABASE_POOL_MAX, limits: toLimits(value) },
    dataDir: value.DATA_DIR === 'memory://' ? null : value.DATA_DIR,
    masterKeyText: value.MASTER_KEY ?? null,
    graphqlLimits: value.GRAPHQL_LIMITS,
    trustedDocuments: value.TRUSTED_DOCUMENTS ?? null,
    natsServers: value.NATS_URL ?? null,
    trustedProxies: value.TRUSTED_PROXIES,
    privateHosts: value.PRIVATE_HOSTS,
    factorAuthorities: value.ENTRA_AUTHORITIES ?? null,
    smtpUrl: value.SMTP_URL ?? null,
    timeouts: {
      smtpMs: value.SMTP_TIMEOUT_SECONDS,
      natsMs: value.NATS_TIMEOUT_SECONDS,
      providerMs: value.PROVIDER_TIMEOUT_SECONDS,
    },
    logLevel: value.LOG_LEVEL,
    rateLimits: value.RATE_LIMITS !== null,
    rateLimitRules: value.RATE_LIMITS ?? {},
    environment: value.NODE_ENV,
    drainSeconds: value.DRAIN_SECONDS,
    bootstrap: {
      adminUsername: value.BOOTSTRAP_ADMIN_USERNAME,
      adminPassword: value.BOOTSTRAP_ADMIN_PASSWORD ?? null,
      clientId: value.BOOTSTRAP_CLIENT_ID,
      clientSecret: value.BOOTSTRAP_CLIENT_SECRET ?? null,
    },
    demo: value.DEMO === '1',
  };
}

/** Reads the configuration of this process; no other code reads the environment. */
export function loadConfig(): Config {
  return parseConfig(process.env);
}
