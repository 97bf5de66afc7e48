import { describe, expect, it } from 'vitest';
import { IssuerDirectory } from '../../../../src/oauth/issuers/issuer.directory.ts';
import { Issuers } from '../../../../src/oauth/issuers/issuers.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';

const ACME = { id: 'acme-id', name: 'acme' } as KnownTenant;
const OTHER = { id: 'other-id', name: 'other' } as KnownTenant;

describe('the directory of issuers', () => {
  const issuers = new Issuers({ publicUrl: 'https://id.example.com', defaultTenant: 'master' });
  const asked: string[] = [];
  const hosts: Record<string, KnownTenant> = { 'login.acme.example': ACME, 'login.other.example': OTHER };
  const names: Record<string, KnownTenant> = { acme: ACME, other: OTHER };
  const directory = new IssuerDirectory(issuers, {
    byHost: (host) => {
      asked.push(host);
      return hosts[host] ?? null;
    },
    byName: (name) => names[name] ?? null,
  });

  it.each([
    [null, 'https://id.example.com/t/acme'],

    ['id.example.com', 'https://id.example.com/t/acme'],
    ['evil.example', 'https://id.example.com/t/acme'],
    ['login.other.example', 'https://id.example.com/t/acme'],
    ['login.acme.example', 'https://login.acme.example/t/acme'],
  ])('shows at the host %s the issuer %s', async (host, url) => {
    expect((await directory.of(ACME, 'native', { host: host ?? null })).url).toBe(url);
  });

  it('looks no tenant up for the host of PUBLIC_URL', async () => {
    asked.length = 0;
    await directory.of(ACME, 'native', { host: 'id.example.com' });
    await directory.find('https://id.example.com/t/acme');
    expect(asked).toEqual([]);
  });

  it('finds issuers by their URL, of tenants that exist and hosts that are bound to the tenant of the URL', async () => {
    const found = async (url: string) => {
      const issuer = await directory.find(url);
      return issuer === null ? null : [issuer.tenant.name, issuer.kind.kind, issuer.host];
    };
    expect(await found('https://id.example.com/t/acme')).toEqual(['acme', 'native', null]);
    expect(await found('https://login.acme.example/t/acme')).toEqual(['acme', 'native', 'login.acme.example']);
    for (const url of [
      'https://id.example.com/t/nobody',
      'https://login.other.example/t/acme',
      'https://login.acme.example/t/other',
      'https://login.acme.example/t/acme/',
      'https://login.acme.example/',
      'https://evil.example/t/acme',
      'http://login.acme.example/t/acme',
      'nonsense',
    ])
      expect([url, await found(url)]).toEqual([url, null]);
  });
});
