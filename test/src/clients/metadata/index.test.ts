import { describe, expect, it } from 'vitest';
import {
  CLIENT_METADATA,
  type ClientMetadataInput,
  changedMembers,
  changedMetadata,
  clientMetadata,
  METADATA_NAMES,
  metadataOf,
  STORED_METADATA,
} from '../../../../src/clients/metadata/index.ts';
import { IdentityError } from '../../../../src/kernel/index.ts';

const CONFIDENTIAL = { type: 'confidential', metadata: {} };
const PUBLIC = { type: 'public', metadata: {} };

function faultsOf(change: () => unknown): string[] | null {
  try {
    change();
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    return [error.code, ...(error.fields ?? []).flatMap(({ path, code }) => [path, code])];
  }
  return null;
}

const set = (input: object, client = CONFIDENTIAL) => changedMetadata('input', input as ClientMetadataInput, client);

const PAGES = {
  clientUri: 'client_uri',
  logoUri: 'logo_uri',
  policyUri: 'policy_uri',
  tosUri: 'tos_uri',
  initiateLoginUri: 'initiate_login_uri',
  rootUrl: 'root_url',
  userAgreementUri: 'user_agreement_uri',
  logoutUri: 'logout_uri',
};

/** Members that are an address or a path. */
const PLACES = { baseUrl: 'base_url', adminUrl: 'admin_url' };

const DIRECTORY = '9d6b1f0e-3c55-4a3c-9a35-0b8c2b8e1d11';
const FLOW = {
  type: 'external-factor',
  applicationId: '1fb3c0de-93a1-4a53-8d4b-5c2f5d7f0a10',
  directoryIds: [DIRECTORY],
  userClaim: 'preferred_username',
};

const HUGE = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`key-${at}`, at]));

describe('the members of the metadata of clients', () => {
  it.each<[string, unknown, string]>([
    ['applicationType', 'native', 'application_type'],
    ['responseTypes', ['code'], 'response_types'],
    ['responseTypes', [], 'response_types'],
    ['tokenEndpointAuthMethod', 'client_secret_basic', 'token_endpoint_auth_method'],
    ['tokenEndpointAuthMethod', 'client_secret_post', 'token_endpoint_auth_method'],
    ['contacts', ['admin@app.example', 'o+1@sub.app.example'], 'contacts'],
    ['defaultMaxAgeSeconds', 0, 'default_max_age'],
    ['defaultMaxAgeSeconds', 31_536_000, 'default_max_age'],
    ['defaultAcrValues', ['2fa', 'urn:mace:incommon:iap:silver'], 'default_acr_values'],
    ['requireAuthTime', true, 'require_auth_time'],
    ['consent', 'trusted', 'consent'],
    ['pkce', 'optional', 'pkce'],
    ['isResourceServer', true, 'is_resource_server'],
    ...Object.entries(PAGES).flatMap(([name, wire]): [string, unknown, string][] => [
      [name, 'https://app.example/page?x=1', wire],
      [name, 'http://localhost:3000/', wire],
    ]),
    ...Object.entries(PLACES).flatMap(([name, wire]) =>
      ['https://app.example/start', 'http://localhost:3000/', '/', '/start?x=1'].map(
        (uri): [string, unknown, string] => [name, uri, wire],
      ),
    ),
    ['organizationName', 'Harbour Ltd', 'organization_name'],
    ['organizationName', '', 'organization_name'],
    ['isRegistrationEnabled', true, 'registration_enabled'],
    ['isDeletionLocked', true, 'deletion_locked'],
    ['specialFlow', FLOW, 'special_flow'],
    ['specialFlow', { ...FLOW, userClaim: 'oid' }, 'special_flow'],
    ['extra', {}, 'extra'],
    ['extra', { alwaysDisplayInConsole: false, nested: { list: [1, null] } }, 'extra'],
  ])('take %s %j and store it under its name in the standards', (name, value, wire) => {
    const stored = set({ [name]: value });
    expect(stored).toEqual({ [wire]: value });
    expect(clientMetadata({ type: 'confidential', metadata: stored! })).toMatchObject({ [name]: value });
    expect(set({ [name]: value }, { type: 'confidential', metadata: stored! } as never)).toBeNull();
  });

  it.each<[string, unknown, string]>([
    ['applicationType', 'desktop', ''],
    ['responseTypes', ['code', 'token'], '.1'],
    ['responseTypes', ['id_token'], '.0'],
    ['tokenEndpointAuthMethod', 'private_key_jwt', ''],
    ['contacts', ['admin@app.example', 'nobody'], '.1'],
    ['contacts', ['mailto:admin@app.example'], '.0'],
    ['contacts', [`${'a'.repeat(250)}@app.example`], '.0'],
    ['contacts', Array.from({ length: 11 }, (_, at) => `a${at}@app.example`), ''],
    ['defaultMaxAgeSeconds', -1, ''],
    ['defaultMaxAgeSeconds', 1.5, ''],
    ['defaultMaxAgeSeconds', 31_536_001, ''],
    ['defaultAcrValues', ['two factors'], '.0'],
    ['defaultAcrValues', [''], '.0'],
    ['defaultAcrValues', ['a'.repeat(256)], '.0'],
    ['defaultAcrValues', Array.from({ length: 11 }, (_, at) => `acr-${at}`), ''],
    ['requireAuthTime', 'true', ''],
    ['consent', 'never', ''],
    ['pkce', 'plain', ''],
    ['isResourceServer', 'true', ''],
    ...Object.keys(PAGES).flatMap((name) =>
      [
        'http://app.example/',
        'https://app.example/#top',
        'https://user@app.example/',
        'https://:secret@app.example/',
        'https:app.example',
        'https://app.example\\x',
        'https://äpp.example/',
        'https://app.example/\u0000',
        'javascript:alert(1)',
        'data:image/png;base64,AA',
        'com.example.app:/page',
        '/page',
        'app.example',
        '',
        `https://app.example/${'a'.repeat(2000)}`,
      ].map((uri): [string, unknown, string] => [name, uri, '']),
    ),
    ...Object.keys(PLACES).flatMap((name) =>
      [
        'http://app.example/',
        'https://app.example/#top',
        '//app.example/',
        '/\\app.example/',
        '/start#top',
        '/st\u0000art',
        `/${'a'.repeat(2000)}`,
        'start',
        'javascript:alert(1)',
        '',
        7,
      ].map((uri): [string, unknown, string] => [name, uri, '']),
    ),
    ['organizationName', 'o'.repeat(256), ''],
    ['organizationName', 'a\u0000b', ''],
    ['organizationName', 7, ''],
    ['isRegistrationEnabled', 'true', ''],
    ['isDeletionLocked', 1, ''],
    ['specialFlow', { ...FLOW, type: 'other' }, '.type'],
    ['specialFlow', { ...FLOW, applicationId: 'app' }, '.applicationId'],
    ['specialFlow', { ...FLOW, directoryIds: [] }, '.directoryIds'],
    ['specialFlow', { ...FLOW, directoryIds: Array.from({ length: 101 }, () => DIRECTORY) }, '.directoryIds'],
    ['specialFlow', { ...FLOW, directoryIds: ['common'] }, '.directoryIds.0'],
    ['specialFlow', { ...FLOW, userClaim: 'email' }, '.userClaim'],
    ['specialFlow', { ...FLOW, more: 1 }, ''],
    ['extra', 'text', ''],
    ['extra', [], ''],
    ['extra', HUGE, ''],
    ['extra', { text: 'x'.repeat(64 * 1024) }, ''],
    ['extra', { text: 'x\u0000' }, ''],
    ['extra', { '': 1 }, '.'],
  ])('refuse %s %j', (name, value, at) => {
    expect(faultsOf(() => set({ [name]: value }))).toEqual([
      'CLIENT_METADATA_INVALID',
      `input.${name}${at}`,
      'CLIENT_METADATA_INVALID',
    ]);
  });

  it('keep values of lists once', () => {
    expect(set({ contacts: ['a@a.example', 'a@a.example'], defaultAcrValues: ['x', 'x'] })).toEqual({
      contacts: ['a@a.example'],
      default_acr_values: ['x'],
    });
  });

  it('have defaults that ask for consent and for nothing else', () => {
    expect(clientMetadata(CONFIDENTIAL)).toEqual({
      applicationType: 'web',
      responseTypes: ['code'],
      tokenEndpointAuthMethod: null,
      clientUri: null,
      logoUri: null,
      policyUri: null,
      tosUri: null,
      contacts: [],
      defaultMaxAgeSeconds: null,
      defaultAcrValues: [],
      requireAuthTime: false,
      initiateLoginUri: null,
      consent: 'required',
      pkce: null,
      isResourceServer: false,
      webOrigins: [],
      rootUrl: null,
      baseUrl: null,
      adminUrl: null,
      logoutUri: null,
      userAgreementUri: null,
      organizationName: null,
      isRegistrationEnabled: true,
      isDeletionLocked: false,
      specialFlow: null,
      extra: {},
    });
    expect(Object.keys(clientMetadata(PUBLIC))).toEqual(METADATA_NAMES);
  });

  it('bind the method "none" to public clients, and them to it', () => {
    expect(metadataOf(PUBLIC, 'tokenEndpointAuthMethod')).toBe('none');
    expect(set({ tokenEndpointAuthMethod: 'none' }, PUBLIC)).toEqual({ token_endpoint_auth_method: 'none' });
    const fault = ['CLIENT_METADATA_INVALID', 'input.tokenEndpointAuthMethod', 'CLIENT_METADATA_INVALID'];
    expect(faultsOf(() => set({ tokenEndpointAuthMethod: 'client_secret_post' }, PUBLIC))).toEqual(fault);
    expect(faultsOf(() => set({ tokenEndpointAuthMethod: 'none' }))).toEqual(fault);
  });

  it('make no resource server of a public client', () => {
    const fault = ['CLIENT_METADATA_INVALID', 'input.isResourceServer', 'CLIENT_METADATA_INVALID'];
    expect(faultsOf(() => set({ isResourceServer: true }, PUBLIC))).toEqual(fault);
    expect(set({ isResourceServer: false }, PUBLIC)).toEqual({ is_resource_server: false });
  });
});

describe('the metadata of clients', () => {
  it('keeps what the input does not name, and forgets a member that becomes null', () => {
    const stored = { type: 'public', metadata: { other: 1, web_origins: ['+'] } };
    expect(changedMetadata('input', {}, stored)).toBeNull();
    expect(changedMetadata('input', { webOrigins: ['+'] }, stored)).toBeNull();
    expect(changedMetadata('input', { webOrigins: null }, stored)).toEqual({ other: 1 });
    expect(changedMembers(stored.metadata, { other: 1 })).toEqual(['webOrigins']);
    expect(changedMembers(stored.metadata, stored.metadata)).toEqual([]);
  });

  it('lets a client that registers itself set everything but what gives it trust or opens the service to pages', () => {
    const forManagers = Object.entries(CLIENT_METADATA).filter(([, { setBy }]) => !setBy.includes('registrant'));
    expect(forManagers.map(([name]) => name)).toEqual([
      'userAgreementUri',
      ...['consent', 'pkce', 'isResourceServer', 'webOrigins'],
      ...['rootUrl', 'baseUrl', 'adminUrl', 'logoutUri'],
      ...['organizationName', 'isRegistrationEnabled', 'isDeletionLocked', 'specialFlow', 'extra'],
    ]);
    expect(Object.values(CLIENT_METADATA).every(({ setBy }) => setBy.includes('manager'))).toBe(true);
  });

  it.each([
    [{ consent: 'trusted' }, 'input.consent'],
    [{ consent: 'required' }, 'input.consent'],
    [{ consent: null }, 'input.consent'],
    [{ pkce: 'optional' }, 'input.pkce'],
    [{ webOrigins: ['https://app.example'] }, 'input.webOrigins'],
    [{ rootUrl: 'https://app.example/' }, 'input.rootUrl'],
    [{ adminUrl: 'https://app.example/' }, 'input.adminUrl'],
  ] as const)('refuses %j of a client that registers itself (RFC 7591 section 5)', (input, path) => {
    const asked = () => changedMetadata('input', input as ClientMetadataInput, CONFIDENTIAL, 'registrant');
    expect(faultsOf(asked)).toEqual(['INVALID_INPUT', path, 'CLIENT_METADATA_NOT_SETTABLE']);
    expect(changedMetadata('input', { tosUri: 'https://a.example/' }, CONFIDENTIAL, 'registrant')).toEqual({
      tos_uri: 'https://a.example/',
    });
  });

  it('has one name per member on the wire', () => {
    const wire = Object.values(CLIENT_METADATA).map((row) => row.wire);
    expect(Object.keys(STORED_METADATA.shape)).toEqual(wire);
    expect(new Set(wire).size).toBe(wire.length);
    expect(STORED_METADATA.safeParse({ web_origins: ['https://app.example'] }).success).toBe(true);
    expect(STORED_METADATA.safeParse({ web_origins: ['*'] }).success).toBe(false);
  });
});
