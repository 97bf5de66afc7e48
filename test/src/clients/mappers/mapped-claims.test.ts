import { describe, expect, it } from 'vitest';
import {
  buildMappedClaims,
  type ClaimFacts,
  type ClaimTarget,
  hasEffect,
  type MappedAccount,
  type ProtocolMapper,
} from '../../../../src/clients/index.ts';
import { ACTING_MAPPER_TYPES } from '../../../../src/clients/mappers/index.ts';

const ACCOUNT: MappedAccount = {
  id: 'u-17',
  username: 'Freya',
  email: 'freya@harbour.example',
  emailVerified: true,
  phone: '+4522334455',
  phoneVerified: false,
  givenName: 'Freya',
  familyName: 'Lindqvist',
  middleName: null,
  locale: 'da',
  attributes: {
    crew: ['deck', 'engine'],
    berth: 'B-7',
    shoeSize: 41,
    licences: [{ kind: 'sail', since: 2019 }],
    tally: ['7', 'seven', '8'],
    aboard: 'TRUE',
    nothing: null,
    route: '{"from":"Skagen"}',
    broken: '{from',
    huge: '9007199254740993',
  },
};
const FACTS: ClaimFacts = {
  clientId: 'ferry.app',
  account: ACCOUNT,
  realmRoles: ['captain', 'mate'],
  clientRoles: new Map([
    ['ferry.app', ['ticket-clerk']],
    ['harbour', ['pilot', 'watch']],
  ]),
  sessionNotes: new Map([['clientHost', 'quay-3']]),
};

const ON = { 'access.token.claim': 'true' };
const mapper = (type: string, config: Record<string, string> = {}): ProtocolMapper => ({
  id: 'm',
  name: 'm',
  type: `oidc-${type}-mapper`,
  config: { ...ON, ...config },
});
const attribute = (from: string, config: Record<string, string> = {}) =>
  mapper('usermodel-attribute', { 'user.attribute': from, 'claim.name': 'x', ...config });
const build = (
  mappers: readonly ProtocolMapper[],
  facts: Partial<ClaimFacts> = {},
  target: ClaimTarget = 'accessToken',
) => buildMappedClaims(mappers, { ...FACTS, ...facts }, target);
const claimsOf = (...mappers: readonly ProtocolMapper[]) => build(mappers).claims;

describe('mappers of attributes', () => {
  it.each([
    ['berth', {}, 'B-7'],
    ['crew', {}, 'deck'],
    ['crew', { multivalued: 'true' }, ['deck', 'engine']],
    ['berth', { multivalued: 'true' }, ['B-7']],
    ['shoeSize', {}, 41],
    ['shoeSize', { 'jsonType.label': 'String' }, '41'],
    ['licences', { 'jsonType.label': 'String' }, '{"kind":"sail","since":2019}'],
    ['licences', { 'jsonType.label': 'JSON' }, { kind: 'sail', since: 2019 }],
    ['route', { 'jsonType.label': 'JSON' }, { from: 'Skagen' }],
    ['tally', { 'jsonType.label': 'int' }, 7],
    ['tally', { 'jsonType.label': 'long', multivalued: 'true' }, [7, 8]],
    ['aboard', { 'jsonType.label': 'boolean' }, true],
    ['berth', { 'jsonType.label': 'boolean' }, false],
    ['berth', { 'jsonType.label': 'unheard-of' }, 'B-7'],
  ])('give %s with %j as %j', (from, config, expected) => {
    expect(claimsOf(attribute(from, config))).toEqual({ x: expected });
  });

  it.each([
    ['absent', {}],
    ['nothing', {}],
    ['nothing', { multivalued: 'true' }],
    ['toString', {}],
    ['__proto__', {}],
    ['broken', { 'jsonType.label': 'JSON' }],
    ['berth', { 'jsonType.label': 'int' }],
    ['huge', { 'jsonType.label': 'long' }],
    ['berth', { 'jsonType.label': 'int', multivalued: 'true' }],
    ['middle_name', {}],
  ])('give nothing for %s with %j', (from, config) => {
    expect(claimsOf(attribute(from, config))).toEqual({});
  });

  it('read names of columns from the account, whatever the attributes hold', () => {
    const names = ['username', 'email', 'firstName', 'given_name', 'lastName', 'family_name', 'locale'];
    const phones = ['phone_number', 'phoneNumber', 'phoneNumberVerified', 'middleName'];
    const mappers = [...names, ...phones].map((name) => attribute(name, { 'claim.name': name }));
    expect(claimsOf(...mappers)).toEqual({
      username: 'Freya',
      email: 'freya@harbour.example',
      firstName: 'Freya',
      given_name: 'Freya',
      lastName: 'Lindqvist',
      family_name: 'Lindqvist',
      locale: 'da',
      phone_number: '+4522334455',
      phoneNumber: '+4522334455',
      phoneNumberVerified: false,
    });
    const without = build(mappers, { account: { ...ACCOUNT, phone: null } });
    expect(without.claims).not.toHaveProperty('phoneNumberVerified');
  });

  it('give nothing where the token is that of a client without an account', () => {
    const types = ['usermodel-attribute', 'usermodel-property', 'full-name'];
    const mappers = types.map((type) => mapper(type, { 'user.attribute': 'email', 'claim.name': 'x' }));
    expect(build(mappers, { account: null }).claims).toEqual({});
  });
});

describe('mappers of properties', () => {
  it.each([
    ['id', 'u-17'],
    ['username', 'Freya'],
    ['email', 'freya@harbour.example'],
    ['emailVerified', true],
    ['firstName', 'Freya'],
    ['lastName', 'Lindqvist'],
  ])('give %s', (name, expected) => {
    expect(claimsOf(mapper('usermodel-property', { 'user.attribute': name, 'claim.name': 'x' }))).toEqual({
      x: expected,
    });
  });

  it.each(['attributes', 'phone', 'constructor', 'berth'])('give nothing for %s', (name) => {
    expect(claimsOf(mapper('usermodel-property', { 'user.attribute': name, 'claim.name': 'x' }))).toEqual({});
    expect(claimsOf(mapper('usermodel-property', { 'claim.name': 'x' }))).toEqual({});
  });
});

describe('mappers of names, values and sessions', () => {
  it('give the full name from the names that there are', () => {
    expect(claimsOf(mapper('full-name'))).toEqual({ name: 'Freya Lindqvist' });
    const named = (names: Partial<MappedAccount>) =>
      build([mapper('full-name')], { account: { ...ACCOUNT, ...names } }).claims;
    expect(named({ givenName: '' })).toEqual({ name: 'Lindqvist' });
    expect(named({ givenName: null, familyName: null })).toEqual({});
  });

  it('give a fixed value in the type that they name', () => {
    const fixed = (config: Record<string, string>) =>
      claimsOf(mapper('hardcoded-claim', { 'claim.name': 'x', ...config }));
    expect(fixed({ 'claim.value': '12' })).toEqual({ x: '12' });
    expect(fixed({ 'claim.value': '12', 'jsonType.label': 'int' })).toEqual({ x: 12 });
    expect(fixed({ 'claim.value': '[1,{"a":2}]', 'jsonType.label': 'JSON' })).toEqual({ x: [1, { a: 2 }] });
    expect(fixed({})).toEqual({});
  });

  it('give what the session remembers', () => {
    const note = (name: string) =>
      claimsOf(mapper('usersessionmodel-note', { 'user.session.note': name, 'claim.name': 'clientHost' }));
    expect(note('clientHost')).toEqual({ clientHost: 'quay-3' });
    expect(note('absent')).toEqual({});
    expect(claimsOf(mapper('usersessionmodel-note', { 'claim.name': 'x' }))).toEqual({});
  });
});

describe('mappers of roles', () => {
  const REALM = { 'claim.name': 'realm_access.roles', multivalued: 'true', 'jsonType.label': 'String' };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the mapper replaces it by the `client_id`.
  const CLIENT = { ...REALM, 'claim.name': 'resource_access.${client_id}.roles' };

  it('give the roles of the tenant, with a prefix where they have one', () => {
    expect(claimsOf(mapper('usermodel-realm-role', REALM))).toEqual({ realm_access: { roles: ['captain', 'mate'] } });
    const prefixed = { ...REALM, 'claim.name': 'groups', 'usermodel.realmRoleMapping.rolePrefix': 'ROLE_' };
    expect(claimsOf(mapper('usermodel-realm-role', prefixed))).toEqual({ groups: ['ROLE_captain', 'ROLE_mate'] });
    expect(build([mapper('usermodel-realm-role', REALM)], { realmRoles: [] }).claims).toEqual({});
  });

  it('give the roles of each client below its client_id, dots included', () => {
    expect(claimsOf(mapper('usermodel-client-role', CLIENT))).toEqual({
      resource_access: { 'ferry.app': { roles: ['ticket-clerk'] }, harbour: { roles: ['pilot', 'watch'] } },
    });
  });

  it('make up no roles where other services look for them: only those of the owner stand there, by their names', () => {
    const realm = (claim: string, prefix?: string) =>
      claimsOf(
        mapper('usermodel-realm-role', {
          ...REALM,
          'claim.name': claim,
          ...(prefix === undefined ? {} : { 'usermodel.realmRoleMapping.rolePrefix': prefix }),
        }),
      );
    expect(realm('realm_access.roles', 'super-')).toEqual({ realm_access: { roles: ['captain', 'mate'] } });
    for (const claim of ['resource_access.shop.roles', 'realm_access', 'realm_access.more', 'resource_access'])
      expect([claim, realm(claim)]).toEqual([claim, {}]);
    const client = (claim: string) =>
      claimsOf(
        mapper('usermodel-client-role', {
          ...REALM,
          'claim.name': claim,
          'usermodel.clientRoleMapping.clientId': 'harbour',
          'usermodel.clientRoleMapping.rolePrefix': 'x-',
        }),
      );
    expect(client('resource_access.harbour.roles')).toEqual({
      resource_access: { harbour: { roles: ['pilot', 'watch'] } },
    });
    for (const claim of ['resource_access.shop.roles', 'realm_access.roles', 'resource_access.harbour'])
      expect([claim, client(claim)]).toEqual([claim, {}]);
  });

  it('write no claim of the issuer for a client of that name', () => {
    const clientRoles = new Map([
      ['sub', ['x']],
      ['a\\', ['y']],
      ['__proto__', ['z']],
    ]);
    const at = (name: string) =>
      build([mapper('usermodel-client-role', { ...REALM, 'claim.name': name })], { clientRoles }).claims;
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the mapper replaces it by the `client_id`.
    expect(at('${client_id}')).toEqual({ 'a\\': ['y'] });
    expect(at('r.${client_id}.s')).toEqual({ r: { sub: { s: ['x'] }, 'a\\': { s: ['y'] } } });
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above.
  });

  it('give the roles of the client that they name, with their prefix', () => {
    const one = {
      ...REALM,
      'claim.name': 'groups',
      'usermodel.clientRoleMapping.clientId': 'harbour',
      'usermodel.clientRoleMapping.rolePrefix': 'h:',
    };
    expect(claimsOf(mapper('usermodel-client-role', one))).toEqual({ groups: ['h:pilot', 'h:watch'] });
    expect(claimsOf(mapper('usermodel-client-role', { multivalued: 'true' }))).toEqual({});
  });

  it('join lists of one claim, each value once', () => {
    const both = { ...REALM, 'claim.name': 'groups' };
    const mappers = [mapper('usermodel-realm-role', both), mapper('usermodel-client-role', both)];
    expect(claimsOf(...mappers, mappers[0]!)).toEqual({
      groups: ['captain', 'mate', 'ticket-clerk', 'pilot', 'watch'],
    });
  });
});

describe('mappers of audiences', () => {
  it('add the client or the text that they name, each once', () => {
    const audiences = [
      mapper('audience', { 'included.client.audience': 'harbour', 'included.custom.audience': 'ignored' }),
      mapper('audience', { 'included.client.audience': '', 'included.custom.audience': 'https://quay.example' }),
      mapper('audience', { 'included.client.audience': 'harbour' }),
      mapper('audience'),
    ];
    expect(build(audiences)).toEqual({ claims: {}, audience: ['harbour', 'https://quay.example'] });
  });

  it('add the other clients of which the token has roles', () => {
    expect(build([mapper('audience-resolve')]).audience).toEqual(['harbour']);
  });
});

describe('names of claims', () => {
  it('lead into objects at dots, and keep dots after a backslash', () => {
    const at = (name: string, value: string) => mapper('hardcoded-claim', { 'claim.name': name, 'claim.value': value });
    expect(claimsOf(at('ship.deck.name', 'A'), at('ship.deck.size', 'L'), at('ship\\.name', 'Ægir'))).toEqual({
      ship: { deck: { name: 'A', size: 'L' } },
      'ship.name': 'Ægir',
    });
    expect(claimsOf(at('ship', 'Ægir'), at('ship.name', 'Rán'))).toEqual({ ship: { name: 'Rán' } });
    expect(claimsOf(at('ship', 'Ægir'), at('ship', 'Rán'))).toEqual({ ship: 'Rán' });
    expect(claimsOf(at('constructor', 'a'), at('toString.b', 'c'))).toEqual({ constructor: 'a', toString: { b: 'c' } });
  });

  it('do not change the configuration that they read', () => {
    const fixed = mapper('hardcoded-claim', { 'claim.name': 'a', 'claim.value': '{"b":1}', 'jsonType.label': 'JSON' });
    const below = mapper('hardcoded-claim', { 'claim.name': 'a.c', 'claim.value': '2' });
    expect(claimsOf(fixed, below)).toEqual({ a: { b: 1, c: '2' } });
    const list = attribute('licences', { 'claim.name': 'l' });
    expect(claimsOf(list, mapper('hardcoded-claim', { 'claim.name': 'l.since', 'claim.value': 'x' }))).toEqual({
      l: { kind: 'sail', since: 'x' },
    });
    expect(ACCOUNT.attributes['licences']).toEqual([{ kind: 'sail', since: 2019 }]);
  });

  it.each([
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'typ', 'azp', 'client_id', 'scope', 'knd', 'gid', 'sid'],
    ...[
      'session_state',
      'auth_time',
      'acr',
      'amr',
      'cnf',
      'cnf.jkt',
      'act.sub',
      'may_act',
      'nonce',
      'at_hash',
      'active',
    ],
    ...['realm_access.roles', 'resource_access.harbour.roles', 'realm_access', '', '.', 'a..b', 'a.', '__proto__'],
    ...['a.__proto__.b', `${'a.'.repeat(10)}a`, 'allowed-origins', 's_hash', 'c_hash', 'token_type'],
  ])('that are reserved, such as "%s", are not written by mappers of values', (name) => {
    const fixed = mapper('hardcoded-claim', { 'claim.name': name, 'claim.value': 'evil' });
    expect(claimsOf(fixed, attribute('berth', { 'claim.name': name }))).toEqual({});
    expect(hasEffect(fixed)).toBe(false);
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });

  it('of the issuer are not written by mappers of roles either', () => {
    const roles = { multivalued: 'true', 'claim.name': 'aud' };
    expect(claimsOf(mapper('usermodel-realm-role', roles), mapper('usermodel-client-role', roles))).toEqual({});
    expect(hasEffect(mapper('usermodel-realm-role', roles))).toBe(false);
    expect(hasEffect(mapper('usermodel-realm-role', { 'claim.name': 'realm_access.roles' }))).toBe(true);
  });
});

describe('the switches of a mapper', () => {
  const targets: readonly ClaimTarget[] = ['accessToken', 'idToken', 'userinfo', 'introspection'];
  it.each([
    [{}, []],
    [{ 'access.token.claim': 'true' }, ['accessToken', 'introspection']],
    [{ 'access.token.claim': 'true', 'introspection.token.claim': 'false' }, ['accessToken']],
    [{ 'id.token.claim': 'true' }, ['idToken', 'userinfo']],
    [{ 'id.token.claim': 'true', 'userinfo.token.claim': 'false' }, ['idToken']],
    [{ 'userinfo.token.claim': 'true' }, ['userinfo']],
    [{ 'introspection.token.claim': 'true' }, ['introspection']],
    [{ 'access.token.claim': 'false', 'id.token.claim': 'yes' }, []],
  ] as [Record<string, string>, ClaimTarget[]][])('%j put its claim into %j', (switches, expected) => {
    const config = { ...switches, 'claim.name': 'x', 'claim.value': '1' };
    const one = { ...mapper('hardcoded-claim'), config };
    expect(targets.filter((target) => 'x' in build([one], {}, target).claims)).toEqual(expected);
  });
});

describe('types of mappers', () => {
  it('that act are nine; others are without effect', () => {
    expect(ACTING_MAPPER_TYPES).toHaveLength(9);
    for (const type of ['oidc-sub-mapper', 'oidc-address-mapper', 'saml-role-list-mapper', 'constructor']) {
      const one = { ...mapper('x', { 'claim.name': 'x', 'claim.value': '1' }), type };
      expect([hasEffect(one), claimsOf(one)]).toEqual([false, {}]);
    }
    expect(hasEffect(mapper('full-name'))).toBe(true);
    expect(hasEffect(mapper('audience'))).toBe(true);
    expect(hasEffect(mapper('hardcoded-claim'))).toBe(false);
  });
});
