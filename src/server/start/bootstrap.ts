import { randomBytes } from 'node:crypto';
import type { Services } from '../../../schema/context.ts';
import { Authority, systemCaller } from '../../access/index.ts';
import { passwordEvents } from '../../auth-modes/index.ts';
import { IdentityError, NOWHERE, newId, type TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { ADMINISTRATOR_ROLE } from '../../roles/index.ts';
import { MASTER_TENANT } from '../../tenants/index.ts';
import { type BootstrapConfig, ConfigError } from '../environment/config.ts';
import { withClusterLock } from './cluster-lock.ts';

/** What the first start made. Secrets are set only if they were generated; they are null if the operator gave them. */
export interface Bootstrapped {
  readonly adminUsername: string;
  readonly adminPassword: string | null;
  readonly clientId: string;
  readonly clientSecret: string | null;
}

/** 192 bits in characters that survive shells, URLs and forms. */
const randomSecret = (): string => randomBytes(24).toString('base64url');

/** The authority of the service itself in a tenant. */
export function systemAuthority(tenant: TenantRef = NOWHERE): Authority {
  return Authority.system(systemCaller({ processId: newId() }), tenant);
}

/**
 * A database server requires configured secrets: several nodes share it, and generated ones would be shown only by one node.
 */
function requireSecrets(config: BootstrapConfig): void {
  const missing = [
    ['BOOTSTRAP_ADMIN_PASSWORD', config.adminPassword],
    ['BOOTSTRAP_CLIENT_SECRET', config.clientSecret],
  ].flatMap(([name, value]) => (value === null ? [`${name}: is needed for the first start on an empty database`] : []));
  if (missing.length > 0) throw new ConfigError(missing);
}

/**
 * Makes the tenant `master`, an administrator and a confidential client with every system scope, if there is no `master` yet:
 * all in one transaction, on one node at a time.
 * @returns What was made; null when there was a tenant `master`.
 * @throws ConfigError A secret is missing for a database server, or a rule of the tenant refuses a value.
 */
export async function bootstrap(
  db: Database,
  services: Services,
  config: BootstrapConfig,
): Promise<Bootstrapped | null> {
  if (await services.tenants.isNameTaken(MASTER_TENANT)) return null;
  return withClusterLock(db, async () => {
    if (await services.tenants.isNameTaken(MASTER_TENANT)) return null;
    if (!db.isEmbedded) requireSecrets(config);
    const adminPassword = config.adminPassword ?? randomSecret();
    const clientSecret = config.clientSecret ?? randomSecret();
    await db.transaction(async () => {
      const master = await services.tenants.create(systemAuthority(), { name: MASTER_TENANT, displayName: 'Master' });
      const authority = systemAuthority(master as unknown as TenantRef);
      await makeAdministrator(services, authority, config.adminUsername, adminPassword);
      await makeClient(services, authority, config.clientId, clientSecret);
    });
    return {
      adminUsername: config.adminUsername,
      adminPassword: config.adminPassword === null ? adminPassword : null,
      clientId: config.clientId,
      clientSecret: config.clientSecret === null ? clientSecret : null,
    };
  });
}

/** Turns the refusal of a value by a rule of the tenant into a fault of its setting. */
async function explained<T>(variable: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IdentityError) || error.kind === 'unavailable' || error.kind === 'internal') throw error;
    const reasons = error.fields?.map(({ message }) => message) ?? [error.message];
    throw new ConfigError(reasons.map((reason) => `${variable}: ${reason}`));
  }
}

async function administratorRole({ roles }: Services, { tenant }: Authority): Promise<string> {
  const role = await roles.findByName(tenant.id, ADMINISTRATOR_ROLE);
  if (role === null) throw new Error('The tenant master was made without its administrator role.');
  return role.id;
}

async function makeAdministrator(
  services: Services,
  authority: Authority,
  username: string,
  password: string,
): Promise<void> {
  const user = await explained('BOOTSTRAP_ADMIN_USERNAME', () => services.users.create(authority, { username }));
  // Hash the password inside the transaction, unlike elsewhere: no other request waits for this connection yet, and an
  // administrator without a password would have to be repaired by hand.
  const prepared = await explained('BOOTSTRAP_ADMIN_PASSWORD', () =>
    services.passwords.prepare(authority, user.id, password, 'BOOTSTRAP_ADMIN_PASSWORD'),
  );
  await services.passwords.write(authority, prepared, { event: passwordEvents['password.reset'] });
  const roleId = await administratorRole(services, authority);
  await services.roleGrants.grant(authority, { roleId, holderKind: 'user', holderId: user.id });
}

/**
 * Makes the client. Its token without a requested scope has all permissions; with scope names of an older API it has what these
 * mean in `master`.
 */
async function makeClient(services: Services, authority: Authority, clientId: string, secret: string): Promise<void> {
  const systemScopes = services.scopes.names().filter((name) => services.scopes.find(name)?.holder !== 'user');
  const { client } = await explained('BOOTSTRAP_CLIENT_ID', () =>
    services.clients.create(authority, {
      clientId,
      name: 'Bootstrap client',
      grantTypes: ['client_credentials'],
      scopes: systemScopes.map((name) => ({ name, isDefault: false })),
      secret: { text: secret },
    }),
  );
  const roleId = await administratorRole(services, authority);
  await services.roleGrants.grant(authority, { roleId, holderKind: 'client', holderId: client.id });
}
