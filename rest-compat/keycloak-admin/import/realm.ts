import type { z } from 'zod';
import { SENT_REALM, toUpdate } from '../realm.ts';
import { readClientScopes, readClients, readScopeMappings } from './clients.ts';
import { readDefaultGroups, readGroups } from './groups.ts';
import { readUserProfile } from './profile.ts';
import { readProviderMappers, readProviders } from './providers.ts';
import { roleNamingOf } from './role-names.ts';
import { readClientRoles, readRealmRoles, readRolesInside } from './roles.ts';
import {
  isMembers,
  joined,
  type Members,
  malformed,
  type Read,
  type Reader,
  readOne,
  withoutDuplicates,
} from './row.ts';
import { readTexts } from './texts.ts';

/** The settings of the realm. Its name is left out, because the tenant that takes them may have another one. */
function readSettings(realm: Members, tenantName: string): Read {
  const settings: Reader<'settings', z.output<typeof SENT_REALM>> = {
    kind: 'settings',
    shape: SENT_REALM,
    toInput: (sent) => {
      const { extra: extraSettings, ...change } = toUpdate({ ...sent, realm: null }, tenantName);
      return { ...change, extraSettings };
    },
  };
  return readOne(settings, { owner: '', name: '' }, realm);
}

/**
 * Reads everything of an export but its users, in the order in which it can be written: each row after those that it names.
 * @param tenantName The tenant that takes it.
 */
export function readRealm(realm: Members, tenantName: string): Read {
  const naming = roleNamingOf(realm, tenantName);
  const roles = realm['roles'];
  const members = isMembers(roles) ? roles : {};
  return withoutDuplicates(
    joined([
      readSettings(realm, tenantName),
      readTexts(realm['localizationTexts']),
      readUserProfile(realm['components']),
      ...(roles == null || isMembers(roles) ? [] : [malformed('roles')]),
      readRealmRoles(members, naming),
      readClientScopes(realm),
      readClients(realm['clients']),
      readClientRoles(members),
      readRolesInside(members, naming),
      readScopeMappings(realm, naming),
      readGroups(realm['groups'], naming),
      readDefaultGroups(realm['defaultGroups']),
      readProviders(realm['identityProviders']),
      readProviderMappers(realm['identityProviderMappers']),
    ]),
  );
}
