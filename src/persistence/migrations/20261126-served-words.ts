import { Migration } from '@mikro-orm/migrations';

/** Permissions that nothing demanded. */
const PERMISSIONS = [
  'tenant:import',
  'tenant:export',
  'user:impersonate',
  'linked-app:write',
  'api-key:read',
  'api-key:create',
  'api-key:delete',
  'api-key:rotate',
  'sign-in-link:send',
  'mail:send',
  'event:export',
  'analytics:read',
  'webhook:read',
  'webhook:write',
  'webhook:delete',
  'stream:read',
  'stream:write',
  'stream:delete',
  'authorization:read',
  'authorization:write',
].flatMap((name) => [name, `${name}:self`, `${name}:all`]);

/** Grant types that the token endpoint did not serve. */
const GRANT_TYPES = [
  'authorization_code',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
];

const arrayOf = (names: readonly string[]): string => `array[${names.map((name) => `'${name}'`).join(', ')}]::text[]`;

/** Removes names from a `text[]` column and keeps the order of the others. */
const without = (table: string, column: string, names: readonly string[]): string =>
  `update ${table} set ${column} = array(
    select name from unnest(${column}) with ordinality as held (name, position)
    where name <> all(${arrayOf(names)}) order by position)
  where ${column} && ${arrayOf(names)}`;

/**
 * Removes permissions and grant types that nothing served from roles and clients, so that a name means nothing by accident
 * when a later version serves it. `linked-app:write` was good for reading alone, as `write` implies `read`, so its holders
 * get `linked-app:read`.
 */
export class Migration20261126ServedWords extends Migration {
  override async up(): Promise<void> {
    for (const table of ['roles', 'clients']) {
      for (const reach of ['', ':self', ':all'])
        await this.execute(
          `update ${table} set permissions = array_append(permissions, 'linked-app:read${reach}')
          where 'linked-app:write${reach}' = any(permissions) and not 'linked-app:read${reach}' = any(permissions)`,
        );
      await this.execute(without(table, 'permissions', PERMISSIONS));
    }
    await this.execute(without('clients', 'grants', GRANT_TYPES));
  }
}
