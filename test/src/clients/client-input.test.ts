import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/clients/client.entity.ts';
import {
  type ClientProperties,
  changedColumns,
  checkedScopes,
  withChanges,
} from '../../../src/clients/client-input.ts';
import { GRANT_TYPES } from '../../../src/clients/grant-types.ts';
import { faultsOf } from '../../support/refusal.ts';

const SHOP = {
  type: 'confidential',
  name: 'Shop',
  description: null,
  enabled: true,
  grantTypes: ['client_credentials'],
  redirects: [{ uri: 'https://shop.example/', match: 'prefix' }],
  postLogoutRedirects: [{ uri: 'https://shop.example/bye', match: 'exact' }],
  fullRoleScope: false,
  permissions: ['user:read'],
  tokenFormat: 'jwt',
  accessTokenAlg: null,
  idTokenAlg: null,
  accessTokenSeconds: null,
  refreshTokenSeconds: null,
  metadata: {},
} as unknown as Client;
const PUBLIC = { ...SHOP, type: 'public', grantTypes: [] } as Client;

const changed = (input: object, before = SHOP) => changedColumns(input as ClientProperties, before);
const faults = (input: object, before = SHOP) => faultsOf(() => changed(input, before));

describe('the columns of a client that an input changes', () => {
  it('are none where it repeats what is stored, in the form it is stored in', () => {
    const same = {
      name: 'Shop',
      description: null,
      enabled: true,
      grantTypes: ['client_credentials', 'client_credentials'],
      redirects: [{ uri: 'https://shop.example/' }],
      permissions: ['user:read', 'user:read'],
      accessTokenSeconds: null,
      scopes: [{ name: 'profile', isDefault: true }],
    };
    expect(changed(same)).toEqual({});
    expect(changed({})).toEqual({});
    expect(changed({ name: undefined })).toEqual({});
  });

  it('are those that differ, and no others', () => {
    expect(
      changed({
        name: null,
        enabled: false,
        fullRoleScope: true,
        tokenFormat: 'opaque',
        clientId: 'x',
        type: 'public',
      }),
    ).toEqual({
      name: null,
      enabled: false,
      fullRoleScope: true,
      tokenFormat: 'opaque',
    });
  });

  it('keep the kind of match of addresses that stay, in either list', () => {
    const redirects = [{ uri: 'https://shop.example/' }, { uri: 'https://shop.example/new' }];
    expect(changed({ redirects, postLogoutRedirects: redirects })).toEqual({
      redirects: [
        { uri: 'https://shop.example/', match: 'prefix' },
        { uri: 'https://shop.example/new', match: 'exact' },
      ],
      postLogoutRedirects: [
        { uri: 'https://shop.example/', match: 'exact' },
        { uri: 'https://shop.example/new', match: 'exact' },
      ],
    });
  });
});

describe('the redirect addresses of an application', () => {
  const NATIVE_ADDRESS = { uri: 'com.example.app:/cb', match: 'exact' };

  it('have a scheme of the application where its type is native', () => {
    expect(changed({ applicationType: 'native', redirects: [NATIVE_ADDRESS] })).toEqual({
      redirects: [NATIVE_ADDRESS],
      metadata: { application_type: 'native' },
    });
    const native = { ...SHOP, metadata: { application_type: 'native' } } as Client;
    expect(changed({ postLogoutRedirects: [NATIVE_ADDRESS] }, native)).toEqual({
      postLogoutRedirects: [NATIVE_ADDRESS],
    });
  });

  it.each(['redirects', 'postLogoutRedirects'])('of a web application have none: %s', async (list) => {
    expect(await faults({ [list]: [{ uri: 'https://shop.example/' }, NATIVE_ADDRESS] })).toEqual([
      'CLIENT_REDIRECT_INVALID',
      `input.${list}.1.uri CLIENT_REDIRECT_INVALID`,
    ]);
  });

  it('are looked at again where the type changes, and stay where they are repeated', async () => {
    const native = { ...SHOP, redirects: [NATIVE_ADDRESS], metadata: { application_type: 'native' } } as Client;
    const fault = ['CLIENT_REDIRECT_INVALID', 'input.applicationType CLIENT_REDIRECT_INVALID'];
    expect(await faults({ applicationType: 'web' }, native)).toEqual(fault);
    expect(await faults({ applicationType: null }, native)).toEqual(fault);
    expect(changed({ applicationType: 'web', redirects: [] }, native)).toEqual({
      redirects: [],
      metadata: { application_type: 'web' },
    });
    const stored = { ...SHOP, redirects: [{ uri: 'myapp:/cb', match: 'exact' }] } as unknown as Client;
    expect(changed({ redirects: [{ uri: 'myapp:/cb' }, { uri: 'https://shop.example/' }] }, stored)).toEqual({
      redirects: [
        { uri: 'myapp:/cb', match: 'exact' },
        { uri: 'https://shop.example/', match: 'exact' },
      ],
    });
  });
});

describe('a value of a client', () => {
  it.each([
    ['name', 255],
    ['description', 1000],
  ] as const)('%s is a text of 1 to %d characters, or null', async (column, max) => {
    expect(await faults({ [column]: 'x'.repeat(max) })).toBeNull();
    expect(await faults({ [column]: null })).toBeNull();
    for (const text of ['', 'x'.repeat(max + 1)])
      expect(await faults({ [column]: text })).toEqual(['INVALID_INPUT', `input.${column} TEXT_LENGTH`]);
    expect(await faults({ [column]: 'a\0' })).toEqual(['INVALID_INPUT', `input.${column} TEXT_NOT_STORABLE`]);
  });

  it.each(['enabled', 'fullRoleScope'])('%s is true or false, and never null', async (column) => {
    for (const value of [null, 'true', 1])
      expect(await faults({ [column]: value })).toEqual(['INVALID_INPUT', `input.${column} BOOLEAN_REQUIRED`]);
  });

  it.each([
    ['accessTokenSeconds', 2_592_000],
    ['refreshTokenSeconds', 31_536_000],
  ])('%s is 1 to %d whole seconds, or null', async (column, max) => {
    for (const value of [1, max, null]) expect(await faults({ [column]: value })).toBeNull();
    for (const value of [0, -1, max + 1, 1.5, Number.NaN, '60'])
      expect(await faults({ [column]: value })).toEqual(['INVALID_INPUT', `input.${column} SECONDS_RANGE`]);
  });

  it.each(['accessTokenAlg', 'idTokenAlg'])('%s is an algorithm that we sign with, or null', async (column) => {
    for (const value of ['EdDSA', 'ES256', 'RS256', null]) expect(await faults({ [column]: value })).toBeNull();
    for (const value of ['none', 'HS256', 'eddsa', '', 'constructor', '__proto__'])
      expect(await faults({ [column]: value })).toEqual(['INVALID_INPUT', `input.${column} ALGORITHM_UNKNOWN`]);
  });

  it('tokenFormat is one of two', async () => {
    for (const value of ['JWT', '', null])
      expect(await faults({ tokenFormat: value })).toEqual(['INVALID_INPUT', 'input.tokenFormat TOKEN_FORMAT_UNKNOWN']);
  });
});

describe('the grant types of a client', () => {
  it('are stored each once, in one order', () => {
    expect(
      changed({ grantTypes: ['refresh_token', 'password', 'refresh_token', 'client_credentials'] }).grantTypes,
    ).toEqual(GRANT_TYPES.filter((grant) => ['client_credentials', 'password', 'refresh_token'].includes(grant)));
    expect(changed({ grantTypes: [] }).grantTypes).toEqual([]);
  });

  it.each(['magic', '', 'PASSWORD', 'constructor'])('are never %j', async (grant) => {
    expect(await faults({ grantTypes: ['password', grant] })).toEqual([
      'CLIENT_GRANT_TYPE_INVALID',
      'input.grantTypes.1 CLIENT_GRANT_TYPE_INVALID',
    ]);
  });

  it('include client_credentials for confidential clients alone (RFC 6749 section 4.4)', async () => {
    expect(await faults({ grantTypes: ['client_credentials'] })).toBeNull();
    expect(await faults({ grantTypes: ['client_credentials'] }, PUBLIC)).toEqual([
      'CLIENT_GRANT_TYPE_INVALID',
      'input.grantTypes.0 CLIENT_GRANT_TYPE_INVALID',
    ]);
  });

  it('that need no secret are for public clients too', async () => {
    expect(await faults({ grantTypes: ['authorization_code', 'password', 'refresh_token'] }, PUBLIC)).toBeNull();
  });

  it('include authorization_code where there is a redirect address alone (RFC 6749 section 3.1.2.2)', async () => {
    const grantTypes = ['refresh_token', 'authorization_code'];
    const coded = { ...SHOP, grantTypes };
    const refused = (path: string) => ['CLIENT_REDIRECT_INVALID', `${path} CLIENT_REDIRECT_INVALID`];
    expect(changed({ grantTypes }).grantTypes).toEqual(['authorization_code', 'refresh_token']);
    expect(await faults({ grantTypes }, { ...SHOP, redirects: [] })).toEqual(refused('input.grantTypes'));
    expect(await faults({ grantTypes, redirects: [] })).toEqual(refused('input.redirects'));
    expect(await faults({ redirects: [] }, coded)).toEqual(refused('input.redirects'));
    expect(changed({ redirects: [], grantTypes: ['refresh_token'] }, coded)).toEqual({
      redirects: [],
      grantTypes: ['refresh_token'],
    });
  });
});

describe('codes of a client without a redirect address', () => {
  it('are allowed where the caller says that it may lack one', () => {
    const bare = { ...SHOP, redirects: [] };
    expect(changed({ grantTypes: ['authorization_code'], canLackRedirects: true }, bare)).toEqual({
      grantTypes: ['authorization_code'],
    });
    const coded = { ...SHOP, grantTypes: ['authorization_code'] };
    expect(changed({ redirects: [], canLackRedirects: true }, coded)).toEqual({ redirects: [] });
  });

  it('are refused where it says the contrary', async () => {
    const grantTypes = ['authorization_code'];
    expect(await faults({ grantTypes, redirects: [], canLackRedirects: false })).toEqual([
      'CLIENT_REDIRECT_INVALID',
      'input.redirects CLIENT_REDIRECT_INVALID',
    ]);
  });
});

describe('changes that leave the rest as it is', () => {
  const KEPT = { ...SHOP, grantTypes: ['client_credentials', 'password'], metadata: { extra: { a: 1, b: null } } };
  const after = (changes: object) => withChanges(changes, KEPT as unknown as Client);

  it('add and withdraw grant types', () => {
    expect(after({ addedGrantTypes: ['refresh_token'], removedGrantTypes: ['password'] })).toEqual({
      grantTypes: ['client_credentials', 'refresh_token'],
    });
    expect(after({ removedGrantTypes: ['refresh_token'] }).grantTypes).toEqual(KEPT.grantTypes);
    expect(after({ grantTypes: [], addedGrantTypes: ['password'] })).toEqual({ grantTypes: ['password'] });
    expect(after({ addedGrantTypes: [], removedGrantTypes: [] })).toEqual({});
  });

  it('add no grant type that the client cannot have', async () => {
    for (const [name, before] of [
      ['magic', SHOP],
      ['client_credentials', PUBLIC],
    ] as const)
      expect(await faultsOf(() => withChanges({ addedGrantTypes: ['password', name] }, before))).toEqual([
        'CLIENT_GRANT_TYPE_INVALID',
        'input.addedGrantTypes.1 CLIENT_GRANT_TYPE_INVALID',
      ]);
  });

  it('set and remove members of `extra`', () => {
    expect(after({ extraChanges: { c: [2], a: null } })).toEqual({ extra: { b: null, c: [2] } });
    expect(after({ extraChanges: { none: null, a: 1 } })).toEqual({});
    expect(after({ extra: { b: null, a: 1 }, extraChanges: {} })).toEqual({});
    expect(after({ extra: { d: 4 }, extraChanges: { c: 3 } })).toEqual({ extra: { d: 4, c: 3 } });
    expect(after({ extra: null, extraChanges: { c: 3 } })).toEqual({ extra: { c: 3 } });
  });

  it('count as no change where nothing differs, also if nothing is kept', () => {
    expect(after({ extraChanges: { a: null, b: null } })).toEqual({ extra: {} });
    const empty = { ...SHOP, metadata: { extra: {} } } as Client;
    for (const before of [SHOP, empty])
      expect(changed(withChanges({ extraChanges: { x: null } }, before), before)).toEqual({});
  });
});

describe('the permissions of a client', () => {
  it('are stored sorted, each once', () => {
    expect(changed({ permissions: ['user:write', 'group:read:all', 'user:write'] }).permissions).toEqual([
      'group:read:all',
      'user:write',
    ]);
  });

  it('cannot have reach `self`, because an application has no account', async () => {
    expect(await faults({ permissions: ['user:read', 'password:change:self'] })).toEqual([
      'INVALID_INPUT',
      'input.permissions.1 PERMISSION_SELF',
    ]);
  });

  it('exist', async () => {
    expect(await faults({ permissions: ['user:read', 'user:fly'] })).toEqual([
      'PERMISSION_UNKNOWN',
      'input.permissions.1 PERMISSION_UNKNOWN',
    ]);
  });
});

describe('the metadata of a client', () => {
  it('is one column, changed member by member', async () => {
    const before = { ...SHOP, metadata: { web_origins: ['https://shop.example'] } } as Client;
    expect(changed({ webOrigins: ['https://shop.example'] }, before)).toEqual({});
    expect(changed({ webOrigins: null }, before)).toEqual({ metadata: {} });
    expect(await faults({ webOrigins: ['*'] })).toEqual([
      'CLIENT_METADATA_INVALID',
      'input.webOrigins.0 CLIENT_METADATA_INVALID',
    ]);
  });
});

describe('the scopes of a client', () => {
  const named = (...names: string[]) => names.map((name) => ({ name, isDefault: false }));
  const scopeFaults = (...names: string[]) => faultsOf(() => checkedScopes('input.scopes', named(...names)));

  it('are sorted by name; of two with one name the last counts', () => {
    const scopes = [...named('profile', 'email'), { name: 'profile', isDefault: true }];
    expect(checkedScopes('p', scopes)).toEqual([
      { name: 'email', isDefault: false },
      { name: 'profile', isDefault: true },
    ]);
  });

  it('are at most 200', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `s${at}`);
    expect(await scopeFaults(...many(200))).toBeNull();
    expect(await scopeFaults(...many(201))).toEqual(['INVALID_INPUT', 'input.scopes LIST_TOO_LONG']);
  });

  it.each(['', 'a b', 'a"b', 'a\\b', 'ä', 'a\n', '\u007f', 'x'.repeat(256)])(
    'have no name %j (RFC 6749 section 3.3)',
    async (name) => {
      expect(await scopeFaults('ok', name)).toEqual(['INVALID_INPUT', 'input.scopes.1.name SCOPE_INVALID']);
    },
  );

  it.each(['!', '~', '#[]', 'urn:x:y', 'x'.repeat(255)])('may have the name %j', async (name) => {
    expect(await scopeFaults(name)).toBeNull();
  });
});
