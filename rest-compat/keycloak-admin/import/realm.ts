import type { z } from 'zod';
import { divideByPatterns } from '../../realms/password-policy.ts';
import { SENT_REALM, toUpdate } from '../realm.ts';
import { readClientScopes, readClients, readScopeMappings } from './clients.ts';
import { readDefaultGroups, readGroups } from './groups.ts';
import { readUserProfile } from './profile.ts';
import { readProviderMappers, readProviders } from './providers.ts';
import { roleNamingOf } from './role-names.ts';
import { readClientRoles, readRealmRoles, readRolesInside } from './roles.ts';
import {
  type Fault,
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

/** The realm without the rules of passwords whose expression the service does not have; each of them is reported. */
function withKnownPatterns(realm: Members): { readonly known: Members; readonly faults: readonly Fault[] } {
  const policy = realm['passwordPolicy'];
  if (typeof policy !== 'string') return { known: realm, faults: [] };
  const { taken, refused } = divideByPatterns(policy);
  const fault: Fault = { kind: 'settings', owner: '', name: '', reason: 'WITHOUT_EFFECT', at: 'passwordPolicy' };
  return { known: { ...realm, passwordPolicy: taken }, faults: refused.map(() => fault) };
}

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
  const { known, faults } = withKnownPatterns(realm);
  return joined([readOne(settings, { owner: '', name: '' }, known), { rows: [], faults }]);
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
