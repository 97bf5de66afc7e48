import { existsSync, readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CONFIG_NAMES, parseConfig } from '../../../src/server/environment/config.ts';
import { PATIENCE_MS } from '../../../src/server/start/open-database.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Record<string, string>;
  readonly depends_on?: Record<string, unknown>;
  readonly volumes?: readonly string[];
  readonly networks?: unknown;
  readonly restart?: string;
  readonly ports?: readonly string[];
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Record<string, ComposeService>;
  readonly networks: {
    readonly idgraph: { readonly ipam: { readonly config: readonly [{ readonly subnet: string }] } };
  };
};
const nodes = ['node1', 'node2'].map((name) => compose.services[name]!);

/** `${NAME:-default}` and `${NAME:?message}` as Compose fills them in. */
function interpolate(text: string, values: Record<string, string>): string {
  return text.replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, mark, rest) => values[name] ?? (mark === '-' ? rest : ''),
  );
}

describe('docker-compose.yml', () => {
  it('runs two nodes behind a proxy, PostgreSQL, NATS and Mailpit', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['mailpit', 'nats', 'node1', 'node2', 'postgres', 'proxy']);
    for (const node of nodes) expect(node.build).toBe('.');
    for (const name of ['proxy', 'postgres', 'nats', 'mailpit'])
      expect(compose.services[name]!.image, name).toMatch(/:[\w.-]*\d/);
  });

  it('depends on services that exist', () => {
    for (const service of Object.values(compose.services)) {
      for (const needed of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(needed);
    }
  });

  it('gives the nodes only known variables, with valid values', () => {
    const secrets = {
      MASTER_KEY: 'a'.repeat(64),
      POSTGRES_PASSWORD: 'pg',
      BOOTSTRAP_ADMIN_PASSWORD: 'b'.repeat(24),
      BOOTSTRAP_CLIENT_SECRET: 'c'.repeat(44),
    };
    for (const node of nodes) {
      const env = Object.fromEntries(
        Object.entries(node.environment ?? {}).map(([name, value]) => [name, interpolate(String(value), secrets)]),
      );
      expect(CONFIG_NAMES).toEqual(expect.arrayContaining(Object.keys(env)));
      const config = parseConfig(env);
      expect(config.database).toMatchObject({ kind: 'server' });
      expect(config.bootstrap.clientSecret).not.toBeNull();
    }
  });

  it('trusts the address of its proxy and no other, whatever the subnet', () => {
    const { ipv4_address: address } = (compose.services['proxy']!.networks as { idgraph: { ipv4_address: string } })
      .idgraph;
    const [{ subnet }] = compose.networks.idgraph.ipam.config;
    for (const values of [{}, { PROXY_ADDRESS: '10.9.8.7', SUBNET: '10.9.8.0/24' }] as const) {
      const config = parseConfig({ TRUSTED_PROXIES: interpolate(nodes[0]!.environment!['TRUSTED_PROXIES']!, values) });
      const [[trusted, bits]] = config.trustedProxies as unknown as [[{ toString(): string }, number]];
      expect([trusted.toString(), bits]).toEqual([interpolate(address, values), 32]);
      expect(ipaddr.parse(trusted.toString()).match(ipaddr.parseCIDR(interpolate(subnet, values)))).toBe(true);
    }
    expect(nodes[1]!.environment).toEqual(nodes[0]!.environment);
  });

  it('restarts failed services a limited number of times, because a wrong setting fails each time', () => {
    for (const [name, { restart }] of Object.entries(compose.services))
      expect(restart, name).toMatch(/^on-failure:\d$/);
  });

  it('publishes ports only on this machine, because it serves plain HTTP', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('mounts files that exist, and the proxy names both nodes', () => {
    const [mount] = compose.services['proxy']!.volumes!;
    const path = mount!.split(':')[0]!;
    expect(existsSync(new URL(path, ROOT))).toBe(true);
    for (const node of ['node1', 'node2']) expect(read(path)).toContain(`server ${node}:4000`);
  });
});

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('runs as an unprivileged user, with a health check, and receives signals itself', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last).toContain('USER node');
    expect(last.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    expect(last).toContain(
      'CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=60", "--no-allocation-site-pretenuring", "dist/src/server/start/main.js"]',
    );
  });

  it('reports a node as unhealthy only after the minute in which it waits for its database', () => {
    const [, seconds] = /--start-period=(\d+)s/.exec(read('Dockerfile'))!;
    expect(Number(seconds) * 1000).toBeGreaterThan(PATIENCE_MS);
  });

  it('sets only known variables', () => {
    const names = lines
      .filter((line) => line.startsWith('ENV '))
      .flatMap((line) => [...line.matchAll(/(\w+)=/g)].map(([, name]) => name));
    expect(CONFIG_NAMES).toEqual(expect.arrayContaining(names));
  });

  it('keeps secrets, data and installed packages out of the image', () => {
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['node_modules', 'data', '.git', '.env']));
  });
});
