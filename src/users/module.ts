import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { ChangeFeed } from '../events/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { GuardedAccounts, RoleStore } from '../roles/index.ts';
import type { TenantDirectory, TenantService } from '../tenants/index.ts';
import { UserAddressEntity } from './addresses/address.entity.ts';
import { addressErrors } from './addresses/address.errors.ts';
import { addressEvents } from './addresses/address.events.ts';
import { AddressService } from './addresses/address.service.ts';
import { AddressStore } from './addresses/address.store.ts';
import { INFIX_COLUMNS, SEARCHED_COLUMNS } from './attributes.ts';
import { PropertyService } from './property.service.ts';
import { ServiceAccountDirectory } from './service-account.directory.ts';
import { TenantUsersStore } from './tenant-users.store.ts';
import { uniqueEmails } from './unique-emails.ts';
import { UserAttributeKeyEntity, UserCountEntity, UserEntity, UserIdentifierEntity } from './user.entity.ts';
import { userErrors } from './user.errors.ts';
import { userEvents } from './user.events.ts';
import { UserService } from './user.service.ts';
import { UserStore } from './user.store.ts';
import { FOLDED_COLUMNS, foldedColumn } from './user-page.ts';
import { UserProfileService } from './user-profile.service.ts';
import { UserRecount } from './user-recount.ts';

interface UserNeeds extends ModuleBase {
  readonly changeFeed: ChangeFeed;
  readonly directory: TenantDirectory;
  readonly tenants: TenantService;
  readonly guarded: GuardedAccounts;
  readonly roleStore: RoleStore;
}

const foldedIndex = (column: string): string =>
  `create index "users__folded_${column}" on "users" ("tenant_id", (${foldedColumn(`"${column}"`)}) collate "C", "id")`;

export const users = {
  name: 'users',
  entities: [UserAddressEntity, UserAttributeKeyEntity, UserCountEntity, UserEntity, UserIdentifierEntity],
  foreignKeys: [
    byTenant('user_identifiers', 'user_id', 'users'),
    byTenant('user_attribute_keys', 'user_id', 'users'),
    byTenant('user_addresses', 'user_id', 'users'),
  ],
  indexes: {
    user_addresses__default: `create unique index "user_addresses__default" on "user_addresses" ("tenant_id", "user_id") where "is_default"`,
    ...Object.fromEntries(FOLDED_COLUMNS.map((column) => [`users__folded_${column}`, foldedIndex(column)])),
    users__is_enabled: `create index "users__is_enabled" on "users" ("tenant_id", ("enabled" and "inactive_since" is null), "id")`,
    user_attribute_keys__infix: `create index "user_attribute_keys__infix" on "user_attribute_keys" using gin ("value_key" gin_trgm_ops) where "name" in (${INFIX_COLUMNS.map((column) => `'${SEARCHED_COLUMNS[column]}'`).join(', ')})`,
    users__disabled: `create index "users__disabled" on "users" ("tenant_id", "id") where not "enabled" or "inactive_since" is not null`,
    users__service_accounts: `create index "users__service_accounts" on "users" ("tenant_id", "id") where "service_client_id" is not null`,
    users__unverified: `create index "users__unverified" on "users" ("tenant_id", "id") where not "email_verified"`,
  },
  errors: [userErrors, addressErrors],
  events: [userEvents, addressEvents],
  create: ({ base, changeFeed: feed, directory, tenants, guarded, roleStore }: UserNeeds) => {
    const userStore = new UserStore(base.db);
    tenants.onSettings(uniqueEmails(userStore.identifiers));
    const tenantUsers = new TenantUsersStore(base.db);
    const users = new UserService({
      ...base,
      store: userStore,
      tenantUsers,
      directory,
      guard: guarded,
      roles: roleStore,
    });
    const userProperties = new PropertyService({ ...base, users });
    const userProfiles = new UserProfileService({ directory, tenants });
    const userAddresses = new AddressService({ ...base, users, store: new AddressStore(base.db) });
    const serviceAccountStates = new ServiceAccountDirectory({ store: userStore, feed });
    guarded.findServiceAccountsBy((tenantId, ids) => serviceAccountStates.clientsAmong(tenantId, ids));
    const recount = new UserRecount({ store: tenantUsers, clock: base.clock });
    return {
      services: { users, userProfiles, userProperties, userAddresses },
      internals: { userStore, serviceAccountStates },
      caches: [serviceAccountStates.onEvents],
      sweeps: [(limit: number) => recount.step(limit)],
    };
  },
} as const satisfies ServiceModule;
