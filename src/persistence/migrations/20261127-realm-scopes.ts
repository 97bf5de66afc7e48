import { Migration } from '@mikro-orm/migrations';

/** How many tenants one statement changes: each gets 10 scopes, with 25 mappers. */
const BATCH = 500;

type Texts = Readonly<Record<string, string>>;
type Mapper = readonly [name: string, type: string, config: Texts];

const IN_ACCESS_TOKENS: Texts = { 'access.token.claim': 'true', 'introspection.token.claim': 'true' };
const EVERYWHERE: Texts = { ...IN_ACCESS_TOKENS, 'id.token.claim': 'true', 'userinfo.token.claim': 'true' };
const claim = (name: string, type: string): Texts => ({ 'claim.name': name, 'jsonType.label': type });
const attribute = (name: string, from: string, to: string, type = 'String'): Mapper => [
  name,
  'oidc-usermodel-attribute-mapper',
  { ...EVERYWHERE, 'user.attribute': from, ...claim(to, type) },
];
const MULTIVALUED: Texts = { multivalued: 'true' };
const SAME_NAMED = ['nickname', 'profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale'];
const ADDRESS = ['formatted', 'street', 'locality', 'region', 'postal_code', 'country'];

/** Name, description, whether tokens name it, how clients get it, the name of its text for users, and its mappers. */
type Scope = readonly [
  name: string,
  description: string,
  named: boolean,
  tenantDefault: 'default' | 'optional',
  text: string | null,
  mappers: readonly Mapper[],
];

const SCOPES: readonly Scope[] = [
  [
    'profile',
    'OpenID Connect built-in scope: profile',
    true,
    'default',
    'profile',
    [
      ['full name', 'oidc-full-name-mapper', EVERYWHERE],
      attribute('family name', 'lastName', 'family_name'),
      attribute('given name', 'firstName', 'given_name'),
      attribute('middle name', 'middleName', 'middle_name'),
      ...SAME_NAMED.map((name) => attribute(name, name, name)),
      attribute('updated at', 'updatedAt', 'updated_at', 'long'),
      attribute('username', 'username', 'preferred_username'),
    ],
  ],
  [
    'email',
    'OpenID Connect built-in scope: email',
    true,
    'default',
    'email',
    [
      attribute('email', 'email', 'email'),
      [
        'email verified',
        'oidc-usermodel-property-mapper',
        { ...EVERYWHERE, 'user.attribute': 'emailVerified', ...claim('email_verified', 'boolean') },
      ],
    ],
  ],
  [
    'roles',
    'OpenID Connect scope for add user roles to the access token',
    false,
    'default',
    'roles',
    [
      [
        'realm roles',
        'oidc-usermodel-realm-role-mapper',
        { ...IN_ACCESS_TOKENS, ...MULTIVALUED, ...claim('realm_access.roles', 'String') },
      ],
      [
        'client roles',
        'oidc-usermodel-client-role-mapper',
        { ...IN_ACCESS_TOKENS, ...MULTIVALUED, ...claim('resource_access.$' + '{client_id}.roles', 'String') },
      ],
      ['audience resolve', 'oidc-audience-resolve-mapper', IN_ACCESS_TOKENS],
    ],
  ],
  [
    'web-origins',
    'OpenID Connect scope for add allowed web origins to the access token',
    false,
    'default',
    null,
    [['allowed web origins', 'oidc-allowed-origins-mapper', IN_ACCESS_TOKENS]],
  ],
  [
    'acr',
    'OpenID Connect scope for add acr (authentication context class reference) to the token',
    false,
    'default',
    null,
    [['acr loa level', 'oidc-acr-mapper', { ...IN_ACCESS_TOKENS, 'id.token.claim': 'true' }]],
  ],
  [
    'basic',
    'OpenID Connect scope for add all basic claims to the token',
    false,
    'default',
    null,
    [
      ['sub', 'oidc-sub-mapper', IN_ACCESS_TOKENS],
      [
        'auth_time',
        'oidc-usersessionmodel-note-mapper',
        {
          ...IN_ACCESS_TOKENS,
          'id.token.claim': 'true',
          'user.session.note': 'AUTH_TIME',
          ...claim('auth_time', 'long'),
        },
      ],
    ],
  ],
  [
    'address',
    'OpenID Connect built-in scope: address',
    true,
    'optional',
    'address',
    [
      [
        'address',
        'oidc-address-mapper',
        { ...EVERYWHERE, ...Object.fromEntries(ADDRESS.map((name) => [`user.attribute.${name}`, name])) },
      ],
    ],
  ],
  [
    'phone',
    'OpenID Connect built-in scope: phone',
    true,
    'optional',
    'phone',
    [
      attribute('phone number', 'phoneNumber', 'phone_number'),
      attribute('phone number verified', 'phoneNumberVerified', 'phone_number_verified', 'boolean'),
    ],
  ],
  [
    'microprofile-jwt',
    'Microprofile - JWT built-in scope',
    true,
    'optional',
    null,
    [
      attribute('upn', 'username', 'upn'),
      ['groups', 'oidc-usermodel-realm-role-mapper', { ...EVERYWHERE, ...MULTIVALUED, ...claim('groups', 'String') }],
    ],
  ],
  ['offline_access', 'OpenID Connect built-in scope: offline_access', true, 'optional', 'offlineAccess', []],
];

const attributesOf = (text: string | null): Texts =>
  text === null
    ? { 'display.on.consent.screen': 'false' }
    : { 'display.on.consent.screen': 'true', 'consent.screen.text': `$\{${text}ScopeConsentText}` };

/** The rows as JSON, which has no quote of SQL. */
const ROWS = JSON.stringify(
  SCOPES.map(([name, description, named, tenant_default, text, mappers]) => ({
    name,
    description,
    named,
    tenant_default,
    attributes: attributesOf(text),
    mappers: mappers.map(([mapper, type, config]) => ({ name: mapper, type, config })),
  })),
);

/** Adds scopes to the tenants. A scope of that name with neither mappers nor a default gets them. */
const ADD_SCOPES = `insert into client_scopes
    (tenant_id, id, name, description, named, tenant_default, attributes, mappers, created_at, updated_at)
  select t.id, gen_random_uuid(), made.name, made.description, made.named, made.tenant_default, made.attributes,
         coalesce((select jsonb_agg(jsonb_build_object('id', gen_random_uuid()) || one order by place)
                   from jsonb_array_elements(made.mappers) with ordinality as each (one, place)), '[]'), now(), now()
  from tenants t
  cross join jsonb_to_recordset('${ROWS}'::jsonb) as made
    (name text, description text, named boolean, tenant_default text, attributes jsonb, mappers jsonb)
  where t.id = any(TENANTS)
  on conflict (tenant_id, name) do update
    set description = coalesce(client_scopes.description, excluded.description), named = excluded.named,
        tenant_default = excluded.tenant_default, attributes = excluded.attributes, mappers = excluded.mappers,
        updated_at = excluded.updated_at
    where client_scopes.tenant_default is null and client_scopes.mappers = '[]'`;

const ADD_LINKS = `insert into client_scope_links (tenant_id, client_uuid, scope_id, is_default)
  select c.tenant_id, c.id, s.id, s.tenant_default = 'default'
  from clients c join client_scopes s on s.tenant_id = c.tenant_id and s.tenant_default is not null
  where c.tenant_id = any(TENANTS) and c.kind = 'builtin'
  on conflict do nothing`;

/**
 * Tenants of the template `realm` get the scopes that new ones have, and their builtin clients get them. Other clients keep
 * theirs, because their users agreed to these.
 */
export class Migration20261127RealmScopes extends Migration {
  override async up(): Promise<void> {
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const tenants = (await this.execute(
        `select id from tenants where template = 'realm' and deleted_at is null and id > '${last}' order by id limit ${BATCH}`,
      )) as unknown as readonly { readonly id: string }[];
      if (tenants.length === 0) return;
      last = tenants.at(-1)!.id;
      const ids = `array[${tenants.map(({ id }) => `'${id}'`).join(', ')}]::uuid[]`;
      for (const statement of [ADD_SCOPES, ADD_LINKS])
        await this.execute(statement.replace('any(TENANTS)', () => `any(${ids})`));
    }
  }
}
