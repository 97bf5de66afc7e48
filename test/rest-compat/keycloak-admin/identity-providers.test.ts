import type { ServerResponse } from 'node:http';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';
import { TestUpstream } from '../../support/upstream.ts';

const NOT_FOUND = [404, { error: 'HTTP 404 Not Found' }];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];
const BAD_REQUEST = [400, { error: 'HTTP 400 Bad Request' }];
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const DONE = [204, undefined];
const CONFIG = { clientId: 'idgraph', clientSecret: 'seven-herons', issuer: 'https://id.harbour.example' };

describe('the administration of identity providers', () => {
  const realm = kobilOfSuite();
  let token: string;
  let upstream: TestUpstream;
  let count = 0;
  let alias: string;
  beforeAll(async () => {
    token = realm.token(realm.acme, 'federation-provider:write');
    upstream = await TestUpstream.start({ redirectUris: ['https://id.example.com/x'] });
  });
  afterAll(() => upstream.close());
  beforeEach(() => {
    alias = `harbour-${++count}`;
  });
  const ask = (method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/acme/identity-provider/${path}`, {
      token: as,
      ...(body === undefined ? {} : { body }),
    });
  const make = (more: object = {}) => ask('POST', 'instances', { alias, providerId: 'oidc', config: CONFIG, ...more });
  const read = async () => (await ask('GET', `instances/${alias}`))[1];

  it('by the stock client: makes, shows, changes and deletes one, whose secret is never shown', async () => {
    const admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: 'acme' });
    admin.setAccessToken(token);
    const { identityProviders: providers } = admin;
    const made = await providers.create({
      alias,
      providerId: 'oidc',
      displayName: 'The harbour',
      trustEmail: true,
      config: { ...CONFIG, defaultScope: 'profile email', pkceEnabled: 'true', syncMode: 'IMPORT', guiOrder: 3 },
    });
    expect(made).toEqual({ id: alias });
    const shown = {
      alias,
      displayName: 'The harbour',
      internalId: expect.any(String),
      providerId: 'oidc',
      enabled: true,
      storeToken: false,
      trustEmail: true,
      addReadTokenRoleOnCreate: false,
      authenticateByDefault: false,
      linkOnly: false,
      hideOnLogin: false,
      config: {
        clientId: 'idgraph',
        clientSecret: '**********',
        issuer: 'https://id.harbour.example',
        clientAuthMethod: 'client_secret_post',
        defaultScope: 'openid profile email',
        pkceEnabled: 'true',
        syncMode: 'IMPORT',
        guiOrder: '3',
      },
    };
    expect(await providers.findOne({ alias })).toEqual(shown);
    expect(await providers.find()).toContainEqual(shown);
    await providers.update({ alias }, (await providers.findOne({ alias }))!);
    expect(await providers.findOne({ alias })).toEqual(shown);
    const { nodes } = (
      await realm.world.graphql(
        realm.world.app(realm.acme, 'federation-provider:read'),
        `{ federationProviders(filter: { name: "${alias}" }) { nodes { id tokenEndpointAuth usesPkce scope } } }`,
      )
    ).data.federationProviders;
    expect(nodes).toMatchObject([{ tokenEndpointAuth: 'CLIENT_SECRET_POST', usesPkce: true }]);
    await providers.update(
      { alias },
      {
        enabled: false,
        storeToken: true,
        config: { clientAuthMethod: 'client_secret_basic', clientSecret: CONFIG.clientSecret },
      },
    );
    expect(await providers.findOne({ alias })).toMatchObject({
      enabled: false,
      storeToken: true,
      trustEmail: true,
      config: { clientAuthMethod: 'client_secret_basic', clientSecret: '**********', issuer: CONFIG.issuer },
    });
    expect(await providers.findMappers({ alias })).toEqual([]);
    expect(await providers.findMapperTypes({ alias })).toEqual({});
    expect(await providers.findOneMapper({ alias, id: 'x' })).toBeNull();
    expect(await providers.findFactory({ providerId: 'oidc' })).toMatchObject({
      id: 'oidc',
      name: 'OpenID Connect v1.0',
    });
    await providers.del({ alias });
    expect(await providers.findOne({ alias })).toBeNull();
  });

  it('keeps the stored secret, and takes another one', async () => {
    await make();
    const { federationProviders } = realm.world.services;
    const secret = async () => {
      const page = await federationProviders.page(realm.world.system(realm.acme), { name: alias }, { first: 1 });
      return federationProviders.clientSecret(page.rows[0]!);
    };
    await ask('PUT', `instances/${alias}`, { config: { clientSecret: '**********' } });
    expect(await secret()).toBe('seven-herons');
    await ask('PUT', `instances/${alias}`, { config: { clientSecret: 'eight-herons' } });
    expect(await secret()).toBe('eight-herons');
    expect(JSON.stringify(await read())).not.toContain('herons');
  });

  it('shows nothing that was kept elsewhere with another type, or under a name that all objects have', async () => {
    const extra = {
      constructor: 1,
      toString: 'x',
      trustEmail: 'yes',
      linkOnly: true,
      hideOnLogin: null,
      postBrokerLoginFlowAlias: [],
      firstBrokerLoginFlowAlias: 'tide',
      config: { syncMode: 'IMPORT', guiOrder: 3, deep: {} },
    };
    const provider = await realm.world.newProvider(realm.acme, { type: 'oidc', name: alias, extra });
    const shown = await read();
    expect(shown).toMatchObject({
      trustEmail: false,
      linkOnly: true,
      hideOnLogin: false,
      firstBrokerLoginFlowAlias: 'tide',
      config: { syncMode: 'IMPORT' },
    });
    for (const name of ['constructor', 'toString', 'postBrokerLoginFlowAlias'])
      expect(Object.keys(shown)).not.toContain(name);
    for (const name of ['guiOrder', 'deep']) expect(Object.keys(shown.config)).not.toContain(name);
    const { federationProviders } = realm.world.services;
    for (const config of ['text', ['a'], null, 7]) {
      await federationProviders.update(realm.world.system(realm.acme), provider.id, { extra: { config } });
      expect([config, Object.keys((await read()).config).sort()]).toEqual([
        config,
        ['clientAuthMethod', 'clientId', 'clientSecret', 'defaultScope', 'issuer'],
      ]);
    }
  });

  it('refuses what a provider cannot be, in words', async () => {
    const refused = async (more: object) => (await make(more))[1].errorMessage;
    expect(await make({ alias: '' })).toEqual([400, { errorMessage: 'A provider has a name.' }]);
    expect(await refused({ providerId: 'saml' })).toBe('Invalid identity provider id [saml]');
    expect(await refused({ providerId: undefined })).toBe('Invalid identity provider id []');
    expect(await refused({ config: {} })).toBe('This service has an id at the provider.');
    expect(await refused({ config: { ...CONFIG, clientAuthMethod: 'private_key_jwt' } })).toBe(
      'The service cannot authenticate in this way.',
    );
    expect(await refused({ config: { ...CONFIG, issuer: 'http://id.harbour.example' } })).toBe(
      'An https:// URL is required.',
    );
    expect(await refused({ alias: 'a b' })).toContain('Types and names have');
    for (const body of [{ enabled: 'yes' }, { config: [] }, { config: { clientId: {} } }, { alias: 7 }])
      expect([body, await make(body)]).toEqual([body, WRONG_SHAPE]);
    expect((await make({ config: { ...CONFIG, wide: 'x'.repeat(20_000) } }))[0]).toBe(400);
    await make();
    expect(await make()).toEqual([409, { errorMessage: `Identity Provider ${alias} already exists` }]);
    expect((await ask('PUT', `instances/${alias}`, { config: { issuer: 'ftp://x' } }))[0]).toBe(400);
  });

  it('sends the stored secret nowhere else: with another address it is sent again', async () => {
    const endpoints = {
      authorizationUrl: 'https://id.harbour.example/auth',
      tokenUrl: 'https://id.harbour.example/token',
      jwksUrl: 'https://id.harbour.example/keys',
    };
    await make({ config: { ...CONFIG, ...endpoints } });
    const hidden = (await read()).config;
    expect(hidden.clientSecret).toBe('**********');
    for (const move of [
      { issuer: 'https://pirate.example' },
      { tokenUrl: 'https://pirate.example/token' },
      { clientAuthMethod: 'client_secret_basic' },
    ]) {
      for (const config of [{ ...hidden, ...move }, move])
        expect([config, await ask('PUT', `instances/${alias}`, { config })]).toEqual([
          config,
          [
            400,
            {
              errorMessage:
                'Another issuer, token endpoint or way of authentication needs the client secret again, or null.',
            },
          ],
        ]);
      expect((await read()).config).toEqual(hidden);
    }
    const moved = { ...hidden, tokenUrl: 'https://id.harbour.example/token2', clientSecret: 'nine-herons' };
    expect(await ask('PUT', `instances/${alias}`, { config: moved })).toEqual(DONE);
    const open = { tokenUrl: 'https://id.harbour.example/token', clientAuthMethod: 'none', clientSecret: '' };
    expect(await ask('PUT', `instances/${alias}`, { config: open })).toEqual(DONE);
    expect((await read()).config).not.toHaveProperty('clientSecret');
  });

  it('does not change the issuer, endpoints and keys under linked accounts', async () => {
    await make();
    const user = await realm.world.newUser(realm.acme);
    await realm.world.services.federationLinks.link(realm.world.system(realm.acme), {
      userId: user.id,
      provider: { type: 'oidc', name: alias },
      externalId: '7',
    });
    for (const config of [
      { issuer: 'https://other.example' },
      { userInfoUrl: 'https://other.example' },
      { jwksUrl: 'https://other.example' },
    ]) {
      const answer = await ask('PUT', `instances/${alias}`, { config });
      expect([config, answer[0], answer[1].errorMessage]).toEqual([
        config,
        400,
        expect.stringContaining('cannot change while accounts are linked'),
      ]);
    }
  });

  it('takes a provider without an issuer, whose endpoints it names', async () => {
    const config = {
      clientId: 'idgraph',
      clientSecret: 'x',
      authorizationUrl: 'https://a.example/auth',
      tokenUrl: 'https://a.example/token',
      userInfoUrl: 'https://a.example/me',
      defaultScope: 'openid profile',
    };
    expect((await make({ providerId: 'oauth2', config }))[0]).toBe(201);
    expect((await read()).config).toMatchObject({ defaultScope: 'profile', tokenUrl: 'https://a.example/token' });
    expect((await read()).config).not.toHaveProperty('issuer');
  });

  it('reads what an issuer says about itself, and nothing else', async () => {
    const ofIssuer = (fromUrl: string) => ask('POST', 'import-config', { providerId: 'oidc', fromUrl });
    const metadata = `${upstream.issuer}/.well-known/openid-configuration`;
    for (const url of [metadata, upstream.issuer])
      expect(await ofIssuer(url)).toEqual([
        200,
        expect.objectContaining({
          issuer: upstream.issuer,
          tokenUrl: `${upstream.issuer}/token`,
          jwksUrl: `${upstream.issuer}/jwks`,
          useJwksUrl: 'true',
        }),
      ]);
    expect((await ofIssuer('nothing'))[1]).toEqual({ errorMessage: 'An https:// URL is required.' });
    expect((await ofIssuer('http://10.0.0.1/x'))[0]).toBe(400);
    const restore = upstream.instead((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ issuer: 'https://another.example', token_endpoint: 'https://secret.example' }));
    });
    expect(await ofIssuer(metadata)).toEqual(BAD_REQUEST);
    restore();
    realm.rest.faults.length = 0;
    expect(await ask('POST', 'import-config', {})).toEqual(WRONG_SHAPE);
    const reader = realm.token(realm.acme, 'federation-provider:read');
    expect(await ask('POST', 'import-config', { fromUrl: metadata }, reader)).toEqual(FORBIDDEN);
  });

  it('asks issuers alone, which name themselves exactly as they were asked', async () => {
    const ofIssuer = (fromUrl: string) => ask('POST', 'import-config', { fromUrl });
    const { issuer, seen } = upstream;
    const metadata = '/.well-known/openid-configuration';
    const before = seen.length;
    for (const path of [
      '?a=b',
      '?',
      '#a',
      '#',
      '/.well-known/a',
      `${metadata}?a`,
      `${metadata}${metadata}`,
      `${metadata}/`,
    ])
      expect([path, await ofIssuer(`${issuer}${path}`)]).toEqual([
        path,
        [400, { errorMessage: 'This is no URL of an issuer.' }],
      ]);
    expect(seen).toHaveLength(before);
    let named = issuer;
    const restore = upstream.instead((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ issuer: named }));
    });
    expect((await ofIssuer(issuer))[0]).toBe(200);
    expect(await ofIssuer(`${issuer}/`)).toEqual(BAD_REQUEST);
    named = `${issuer}/`;
    expect((await ofIssuer(`${issuer}${metadata}`))[0]).toBe(200);
    expect((await ofIssuer(`${issuer}/`))[0]).toBe(200);
    expect(await ofIssuer(issuer)).toEqual(BAD_REQUEST);
    restore();
    realm.rest.faults.length = 0;
  });

  it('waits for four issuers at once', async () => {
    const held: ServerResponse[] = [];
    const arrived = Promise.withResolvers<void>();
    const restore = upstream.instead((_request, response) => {
      if (held.push(response) === 4) arrived.resolve();
    });
    const importIt = () => ask('POST', 'import-config', { fromUrl: upstream.issuer });
    const waiting = [1, 2, 3, 4].map(importIt);
    await arrived.promise;
    expect(await importIt()).toEqual([429, { error: 'HTTP 429 Too Many Requests' }]);
    restore();
    for (const response of held) response.writeHead(503).end();
    expect(await Promise.all(waiting)).toEqual([BAD_REQUEST, BAD_REQUEST, BAD_REQUEST, BAD_REQUEST]);
    expect((await importIt())[0]).toBe(200);
    realm.rest.faults.length = 0;
  });

  it('reads keys again', async () => {
    await make({ config: { ...CONFIG, issuer: upstream.issuer } });
    expect(await ask('GET', `instances/${alias}/reload-keys`)).toEqual([200, true]);
    const restore = upstream.instead((_request, response) => response.writeHead(503).end());
    expect(await ask('GET', `instances/${alias}/reload-keys`)).toEqual([200, false]);
    restore();
    expect(await ask('GET', `instances/${alias}/reload-keys`)).toEqual([200, true]);
  });

  it('lists by a text and by pages', async () => {
    await make();
    const found = async (query: string) =>
      (await ask('GET', `instances?${query}`))[1].map((one: { alias: string }) => one.alias);
    expect(await found(`search=${alias.toUpperCase()}`)).toEqual([alias]);
    expect(await found('max=1')).toHaveLength(1);
    expect(await found('first=1000')).toEqual([]);
    expect(await ask('GET', 'instances?max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
    expect(await ask('GET', 'instances?max=x')).toEqual(BAD_REQUEST);
  });

  it('asks for no more than the page, and makes no more than 200', async () => {
    const full = await realm.world.tenant();
    for (let n = 0; n < 200; n++) await realm.world.newProvider(full, { name: `n${String(n).padStart(3, '0')}` });
    const writer = realm.token(full, 'federation-provider:write');
    const instances = `/admin/realms/${full.name}/identity-provider/instances`;
    const body = { alias, providerId: 'oidc', config: CONFIG };
    expect(await realm.ask('POST', instances, { token: writer, body })).toEqual([
      400,
      { errorMessage: 'A tenant has at most 200 federation providers.' },
    ]);
    const pages = vi.spyOn(realm.world.services.federationProviders, 'page');
    const listed = async (query: string): Promise<string[]> =>
      (await realm.ask('GET', `${instances}?${query}`, { token: writer }))[1].map(
        (one: { alias: string }) => one.alias,
      );
    expect(await listed('first=7&max=2')).toEqual(['n007', 'n008']);
    expect(pages.mock.lastCall?.[2]).toMatchObject({ offset: 7, first: 2 });
    expect(await listed('max=0')).toEqual([]);
    expect(await listed('search=N19&first=8&max=5')).toEqual(['n198', 'n199']);
    for (const query of ['', 'max=-1', 'first=-3', 'search=']) expect(await listed(query)).toHaveLength(200);
    expect(await listed('first=198')).toEqual(['n198', 'n199']);
    pages.mockRestore();
  });

  it('tells unknown providers, kinds and mappers, and those of neighbours', async () => {
    await realm.world.newProvider(realm.master, { name: 'of-master' });
    for (const name of ['tide', 'of-master', '%00']) {
      expect(await ask('GET', `instances/${name}`)).toEqual(NOT_FOUND);
      if (name === '%00') continue;
      for (const path of ['mappers', 'mappers/x', 'mapper-types', 'reload-keys'])
        expect([path, await ask('GET', `instances/${name}/${path}`)]).toEqual([path, NOT_FOUND]);
      expect(await ask('PUT', `instances/${name}`, {})).toEqual(NOT_FOUND);
      expect(await ask('DELETE', `instances/${name}`)).toEqual(NOT_FOUND);
    }
    await make();
    expect(await ask('GET', `instances/${alias}/mappers/x`)).toEqual([404, { error: 'Model not found' }]);
    expect(await ask('GET', 'providers/tide')).toEqual(BAD_REQUEST);
    expect(await ask('DELETE', `instances/${alias}`)).toEqual(DONE);
  });
});
