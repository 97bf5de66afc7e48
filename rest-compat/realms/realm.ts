import { present, presentItems } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import type { RealmInfoData, Tenant } from './operations.generated.ts';
import { type RealmSource, readAll, toRealmSource } from './property.ts';
import { HEADERS, OWN_ATTRIBUTES, REALM_ATTRIBUTES, REALM_PROPERTIES } from './realm-properties.ts';
import { actionsOf, showAction } from './required-actions.ts';

/** Stands for a password or a secret, which is never shown. */
export const HIDDEN = '**********';

function showMailServer(server: NonNullable<Tenant['settings']>['mailServer']): object {
  if (server === null) return {};
  const { host, port, from, replyTo, envelopeFrom, user } = server;
  return {
    host,
    port,
    from,
    fromDisplayName: server.fromName,
    replyTo,
    replyToDisplayName: server.replyToName,
    envelopeFrom,
    ssl: server.isTls,
    starttls: server.isStartTls,
    auth: user !== null,
    user,
    ...(server.hasPassword ? { password: HIDDEN } : {}),
  };
}

/** Seconds since 1970; 0 for no moment. */
export const secondsOf = (moment: string | null): number =>
  moment === null ? 0 : Math.floor(Date.parse(moment) / 1000);

/** Name of the role that every user of a tenant has. */
export const defaultRoleOf = (tenantName: string): string => `default-roles-${tenantName.toLowerCase()}`;

/** The role that every user of a tenant has; null where there is none. */
export function showDefaultRole({ roles, tenant: found }: RealmInfoData): object | null {
  const tenant = present(found);
  const role = presentItems(roles.nodes).find(({ name }) => name === defaultRoleOf(tenant.name));
  if (role === undefined) return null;
  const { id, name, description } = role;
  return {
    id: toObjectId(id),
    name,
    description,
    composite: true,
    clientRole: false,
    containerId: toObjectId(tenant.id),
  };
}

function showAttributes(source: RealmSource): Record<string, unknown> {
  const attributes = readAll(REALM_ATTRIBUTES, source);
  for (const [name, value] of Object.entries(readAll(OWN_ATTRIBUTES, source)))
    if (value === true) attributes[name] = value;
  return attributes;
}

/** A tenant as a realm, without its default role. @throws NOT_FOUND It was deleted meanwhile. */
export function showRealm(tenant: Tenant): Record<string, unknown> {
  const source = toRealmSource(tenant);
  const { mailServer, requiredActions } = present(tenant.settings);
  return {
    id: toObjectId(tenant.id),
    realm: tenant.name,
    notBefore: secondsOf(tenant.notBefore),
    ...readAll(REALM_PROPERTIES, source),
    browserSecurityHeaders: readAll(HEADERS, source),
    smtpServer: showMailServer(mailServer),
    identityProviders: [],
    identityProviderMappers: [],
    requiredActions: actionsOf(requiredActions).map(showAction),
    attributes: showAttributes(source),
    clientProfiles: { profiles: [] },
    clientPolicies: { policies: [] },
  };
}
