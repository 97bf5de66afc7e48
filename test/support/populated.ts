import { joinKey, type TaggedType, toGlobalId } from '../../schema/global-id.ts';
import type { Caller } from '../../src/access/index.ts';
import { everyPermission, formatScope } from '../../src/access/permissions.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { User } from '../../src/users/index.ts';
import type { World } from './world.ts';

/** A tenant with one object of each type, and callers who may do everything there. */
export interface PopulatedTenant {
  readonly tenant: TenantRef;
  readonly application: Caller;
  readonly user: User;
  /** The key of one object of each type, as its global id contains it. */
  readonly keys: Readonly<Record<TaggedType, string>>;
  /** The global id of that object. */
  readonly globalId: (type: TaggedType, key?: string) => string;
}

/** @param world A world without a tenant `master`; the tenant made is `master`, so that its callers may reach everything. */
export async function populateTenant(world: World): Promise<PopulatedTenant> {
  const tenant = await world.tenant({ name: 'master' });
  const { services } = world;
  const system = world.system(tenant);
  const user = await world.newUser(tenant, { username: 'anna', email: 'anna@example.com' });
  const userId = user.id;
  await world.givePassword(tenant, userId);
  const credential = await world.giveTotp(tenant, userId);
  const scopes = [{ name: 'openid', isDefault: false }];
  const { client } = await world.newClient(tenant, { clientId: 'portal', grantTypes: ['client_credentials'], scopes });
  const app = await world.newLinkedApp(tenant, userId);
  const role = await world.newRole(tenant);
  const group = await world.newGroup(tenant, { profile: 'orgs', key: '114' });
  const provider = await world.newProvider(tenant, { name: 'vk_1' });
  const link = await world.link(tenant, userId, { type: 'vk', name: 'vk_1' }, 'x-1', 'Anna');
  await world.consent(tenant, userId, client, ['openid']);
  await services.devices.seen(system, { userId, deviceId: 'SHA256_x' });
  const { session } = await world.signedIn(tenant, userId);
  await services.securityQuestions.set(system, { userId, question: 'Q?', answer: 'A' });
  const riskbit = await services.riskbits.create(system, { ratingLevel: 'A', score: '1', risk: '1', operation: 'OK' });
  const { kid } = await services.oauth.keys.signer(tenant, 'EdDSA');
  const [event] = await world.events(tenant);
  const keys: PopulatedTenant['keys'] = {
    Tenant: tenant.id,
    User: userId,
    Credential: credential.id,
    Session: session.id,
    Device: joinKey([userId, 'SHA256_x']),
    Consent: joinKey([userId, client.id]),
    Client: client.id,
    LinkedApp: app.client.id,
    Role: role.id,
    Group: group.id,
    FederationProvider: provider.id,
    FederationLink: joinKey([provider.id, link.externalId]),
    Riskbit: riskbit.id,
    SecurityEvent: (event as unknown as { id: string }).id,
    Lockout: joinKey(['account', userId, 'password']),
    SigningKey: kid,
  };
  return {
    tenant,
    application: world.app(tenant, ...everyPermission('all').map(formatScope)),
    user,
    keys,
    globalId: (type, key = keys[type]) => toGlobalId(type, tenant, key),
  };
}
