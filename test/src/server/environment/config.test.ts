import { describe, expect, it } from 'vitest';
import { CONFIG_NAMES, type Config, ConfigError, parseConfig } from '../../../../src/server/environment/config.ts';
import { DEFAULT_GRAPHQL_LIMITS, parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';

const KEY = 'a'.repeat(64);
const SERVER = { DATABASE_URL: 'postgres://idgraph@db/idgraph', MASTER_KEY: KEY };

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('configuration: defaults', () => {
  it('needs no variable at all', () => {
    expect(parseConfig({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      publicUrl: null,
      defaultTenant: 'master',
      database: { kind: 'embedded' },
      dataDir: './data',
      masterKeyText: null,
      graphqlLimits: DEFAULT_GRAPHQL_LIMITS,
      trustedDocuments: null,
      natsServers: null,
      trustedProxies: [],
      privateHosts: { names: [], networks: [] },
      factorAuthorities: null,
      smtpUrl: null,
      timeouts: { smtpMs: 15_000, natsMs: 5_000, providerMs: 5_000 },
      logLevel: 'info',
      rateLimits: true,
      rateLimitRules: {},
      environment: 'production',
      drainSeconds: 5,
      bootstrap: { adminUsername: 'admin', adminPassword: null, clientId: 'bootstrap', clientSecret: null },
      demo: false,
    });
  });

  it('takes rules of rate limits', () => {
    const { rateLimits, rateLimitRules } = parseConfig({ RATE_LIMITS: 'scim=400/60, sign-in=1/2' });
    expect([rateLimits, rateLimitRules]).toEqual([
      true,
      { scim: { requests: 400, seconds: 60 }, 'sign-in': { requests: 1, seconds: 2 } },
    ]);
    expect(parseConfig({ RATE_LIMITS: 'on' })).toEqual(parseConfig({}));
  });

  it('takes an empty value as an absent one', () => {
    expect(parseConfig({ PORT: '', SMTP_URL: ' ', DATABASE_URL: '' })).toEqual(parseConfig({}));
  });

  it('reads only these names', () => {
    expect([...CONFIG_NAMES].sort()).toEqual(
      [
        'BOOTSTRAP_ADMIN_PASSWORD',
        'BOOTSTRAP_ADMIN_USERNAME',
        'BOOTSTRAP_CLIENT_ID',
        'BOOTSTRAP_CLIENT_SECRET',
        'DATABASE_CONNECT_TIMEOUT_SECONDS',
        'DATABASE_KEEPALIVE_SECONDS',
        'DATABASE_LOCK_TIMEOUT_SECONDS',
        'DATABASE_POOL_MAX',
        'DATABASE_QUERY_TIMEOUT_SECONDS',
        'DATABASE_STATEMENT_TIMEOUT_SECONDS',
        'DATABASE_URL',
        'DATA_DIR',
        'DEFAULT_TENANT',
        'DEMO',
        'DRAIN_SECONDS',
        'ENTRA_AUTHORITIES',
        'GRAPHQL_LIMITS',
        'HOST',
        'LOG_LEVEL',
        'MASTER_KEY',
        'NATS_TIMEOUT_SECONDS',
        'NATS_URL',
        'NODE_ENV',
        'PROVIDER_TIMEOUT_SECONDS',
        'PORT',
        'PRIVATE_HOSTS',
        'PUBLIC_URL',
        'RATE_LIMITS',
        'SMTP_TIMEOUT_SECONDS',
        'SMTP_URL',
        'TRUSTED_DOCUMENTS',
        'TRUSTED_PROXIES',
      ].sort(),
    );
  });
});

describe('configuration: values', () => {
  it('reads a complete environment', () => {
    const config = parseConfig({
      ...SERVER,
      PORT: '0',
      HOST: '::',
      PUBLIC_URL: 'https://ID.example:443/',
      DEFAULT_TENANT: 'acme',
      DATABASE_POOL_MAX: '4',
      DATABASE_CONNECT_TIMEOUT_SECONDS: '1',
      DATABASE_LOCK_TIMEOUT_SECONDS: '2',
      DATABASE_STATEMENT_TIMEOUT_SECONDS: '3',
      DATABASE_QUERY_TIMEOUT_SECONDS: '4',
      DATABASE_KEEPALIVE_SECONDS: '5',
      SMTP_TIMEOUT_SECONDS: '6',
      NATS_TIMEOUT_SECONDS: '7',
      PROVIDER_TIMEOUT_SECONDS: '8',
      DATA_DIR: 'memory://',
      GRAPHQL_LIMITS: 'depth=9, cost=500',
      TRUSTED_DOCUMENTS: 'test',
      NATS_URL: 'nats://a:4222, tls://b:4222',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      PRIVATE_HOSTS: 'Mail.corp.example, 10.1.0.0/16, fd00::7',
      ENTRA_AUTHORITIES: 'https://sts.example/{tid}/v2.0, http://127.0.0.1:8080/{tid}',
      SMTP_URL: 'smtps://u:p@mail.example',
      LOG_LEVEL: 'debug',
      RATE_LIMITS: 'off',
      BOOTSTRAP_ADMIN_USERNAME: 'root user',
      BOOTSTRAP_ADMIN_PASSWORD: 'correct horse battery',
      BOOTSTRAP_CLIENT_ID: 'ops',
      BOOTSTRAP_CLIENT_SECRET: 's'.repeat(32),
      DEMO: '1',
    });
    expect(config).toMatchObject({
      port: 0,
      host: '::',
      publicUrl: 'https://id.example',
      defaultTenant: 'acme',
      database: {
        kind: 'server',
        url: SERVER.DATABASE_URL,
        poolMax: 4,
        limits: { connectMs: 1_000, lockMs: 2_000, statementMs: 3_000, queryMs: 4_000, keepAliveMs: 5_000 },
      },
      factorAuthorities: ['https://sts.example/{tid}/v2.0', 'http://127.0.0.1:8080/{tid}'],
      timeouts: { smtpMs: 6_000, natsMs: 7_000, providerMs: 8_000 },
      dataDir: null,
      masterKeyText: KEY,
      graphqlLimits: { ...DEFAULT_GRAPHQL_LIMITS, depth: 9, cost: 500 },
      trustedDocuments: 'test',
      natsServers: ['nats://a:4222', 'tls://b:4222'],
      smtpUrl: 'smtps://u:p@mail.example',
      logLevel: 'debug',
      rateLimits: false,
      bootstrap: {
        adminUsername: 'root user',
        adminPassword: 'correct horse battery',
        clientId: 'ops',
        clientSecret: 's'.repeat(32),
      },
      demo: true,
    });
    const shown = ([address, bits]: Config['trustedProxies'][number]) => `${address}/${bits}`;
    expect(config.trustedProxies.map(shown)).toEqual(['10.0.0.0/8', '::1/128']);
    expect(config.privateHosts.names).toEqual(['mail.corp.example']);
    expect(config.privateHosts.networks.map(shown)).toEqual(['10.1.0.0/16', 'fd00::7/128']);
  });
});

describe('configuration: faults', () => {
  it.each([
    ['PORT', '70000', 'at most 65535'],
    ['PORT', '40x', 'whole number'],
    ['HOST', 'not a host', 'IP address or a host name'],
    ['PUBLIC_URL', 'id.example', 'http:// or https://'],
    ['PUBLIC_URL', 'ftp://id.example', 'http:// or https://'],
    ['PUBLIC_URL', 'https://id.example/base', 'without path'],
    ['PUBLIC_URL', 'https://id.example/?a=1', 'without path'],
    ['PUBLIC_URL', 'https://u:p@id.example', 'without path'],
    ['DEFAULT_TENANT', '-x', 'tenant name'],
    ['DATABASE_POOL_MAX', '0', 'at least 1'],
    ['DATABASE_POOL_MAX', '1001', 'at most 1000'],
    ['DATABASE_CONNECT_TIMEOUT_SECONDS', '0', 'at least 1'],
    ['DATABASE_LOCK_TIMEOUT_SECONDS', '0.5', 'whole number'],
    ['DATABASE_STATEMENT_TIMEOUT_SECONDS', '601', 'at most 600'],
    ['DATABASE_QUERY_TIMEOUT_SECONDS', '10', 'more than DATABASE_STATEMENT_TIMEOUT_SECONDS'],
    ['DATABASE_KEEPALIVE_SECONDS', '1m', 'whole number'],
    ['SMTP_TIMEOUT_SECONDS', '0', 'at least 1'],
    ['NATS_TIMEOUT_SECONDS', '0', 'at least 1'],
    ['PROVIDER_TIMEOUT_SECONDS', '0', 'at least 1'],
    ['DATA_DIR', 'file:///data', 'directory, or memory://'],
    ['MASTER_KEY', 'short', 'at least 32 bytes'],
    ['MASTER_KEY', 'not base64 !', 'hex, base64 or base64url'],
    ['GRAPHQL_LIMITS', 'width=3', 'one of body, tokens, depth'],
    ['GRAPHQL_LIMITS', 'depth=1', 'depth must be a whole number from 3 to 100'],
    ['GRAPHQL_LIMITS', 'depth=9=9', 'not name=value'],
    ['TRUSTED_DOCUMENTS', '/no/such/folder', 'existing folder'],
    ['NATS_URL', 'http://nats', 'nats:// or tls://'],
    ['TRUSTED_PROXIES', '10.0.0.0/8,proxy', '"proxy" is neither'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'is neither'],
    ['PRIVATE_HOSTS', '10.0.0.0/33', 'is neither'],
    ['PRIVATE_HOSTS', 'mail_host', '"mail_host" is neither'],
    ['ENTRA_AUTHORITIES', 'https://sts.example/v2.0', 'is not the https:// URL'],
    ['ENTRA_AUTHORITIES', 'https://sts.example/{tid}/{tid}', 'is not the https:// URL'],
    ['ENTRA_AUTHORITIES', 'https://sts.example/{tid}?a=1', 'is not the https:// URL'],
    ['ENTRA_AUTHORITIES', 'https://u:p@sts.example/{tid}', 'is not the https:// URL'],
    ['ENTRA_AUTHORITIES', 'https://{tid}.sts.example/', 'is not the https:// URL'],
    ['ENTRA_AUTHORITIES', 'https://[/{tid}', 'is not the https:// URL'],
    ['ENTRA_AUTHORITIES', 'http://sts.example/{tid}', 'is not the https:// URL'],
    ['SMTP_URL', 'mail.example:25', 'smtp:// or smtps://'],
    ['SMTP_URL', 'smtp://mail?sms=a@b', 'host name of a gateway'],
    ['SMTP_URL', 'smtp://mail?sms=', 'host name of a gateway'],
    ['LOG_LEVEL', 'loud', 'one of trace'],
    ['RATE_LIMITS', 'no', 'on or off'],
    ['RATE_LIMITS', 'scim=0/60', 'on or off'],
    ['RATE_LIMITS', 'scim=10', 'on or off'],
    ['BOOTSTRAP_ADMIN_USERNAME', 'a/b', 'user name'],
    ['BOOTSTRAP_ADMIN_PASSWORD', 'short', 'at least 15 characters'],
    ['BOOTSTRAP_CLIENT_ID', 'a b', 'printable ASCII'],
    ['BOOTSTRAP_CLIENT_SECRET', 'short', '32 to 255'],
    ['DEMO', 'yes', '0 or 1'],
  ])('refuses %s=%s', (name, value, reason) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name}: `));
    expect(faults[0]).toContain(reason);
  });

  it('refuses a DATABASE_URL of another database', () => {
    expect(faultsOf({ ...SERVER, DATABASE_URL: 'mysql://db' })).toEqual([
      'DATABASE_URL: must be a URL that begins with postgres:// or postgresql://',
    ]);
  });

  it.each(['sslrootcert', 'sslcert', 'sslkey'])('refuses a DATABASE_URL whose %s names no file', (name) => {
    const url = `${SERVER.DATABASE_URL}?${name}=`;
    expect(faultsOf({ ...SERVER, DATABASE_URL: `${url}/nowhere/db.pem` })).toEqual([
      `DATABASE_URL: must name in ${name} a file that can be read`,
    ]);
    expect(parseConfig({ ...SERVER, DATABASE_URL: `${url}${import.meta.filename}` }).database.kind).toBe('server');
  });

  it('requires MASTER_KEY with DATABASE_URL, because nodes cannot share a generated one', () => {
    expect(faultsOf({ DATABASE_URL: SERVER.DATABASE_URL })).toEqual([expect.stringMatching(/^MASTER_KEY: is needed/)]);
  });

  it('names every fault in one message', () => {
    const env = { PORT: 'x', LOG_LEVEL: 'x', DATABASE_URL: SERVER.DATABASE_URL };
    expect(faultsOf(env)).toHaveLength(3);
    expect(() => parseConfig(env)).toThrow(/PORT: .*\n.*LOG_LEVEL: .*\n.*MASTER_KEY: /);
  });

  it('repeats no secret in a message', () => {
    const faults = faultsOf({
      MASTER_KEY: 'hunter2-hunter2!',
      BOOTSTRAP_CLIENT_SECRET: 'hunter2',
      BOOTSTRAP_ADMIN_PASSWORD: 'hunter2',
      SMTP_URL: 'http://u:hunter2@mail',
      DATABASE_URL: 'mysql://u:hunter2@db',
    });
    expect(faults).toHaveLength(5);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('GraphQL limits', () => {
  it('keeps the defaults of limits that are not named', () => {
    expect(parseGraphqlLimits(' body=2048 ,')).toEqual({ ...DEFAULT_GRAPHQL_LIMITS, body: 2048 });
  });
});
