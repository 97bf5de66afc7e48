import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type TaggedType, taggedTypes, toGlobalId } from '../../schema/global-id.ts';
import type { Caller } from '../../src/access/index.ts';
import { everyPermission, formatScope } from '../../src/access/permissions.ts';
import type { Client } from '../../src/clients/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { User } from '../../src/users/index.ts';
import type { World } from './world.ts';

type Keys = Readonly<Record<TaggedType, string>>;

/** What samples may use. */
export interface SamplePlace {
  readonly world: World;
  readonly tenant: TenantRef;
  /** An account with a password. */
  readonly user: User;
  readonly client: Client;
}

/**
 * Makes one object of a type, and returns its key as its global id contains it. Each module exports one as `sample` from
 * `test/schema/<module>/<noun>.sample.ts`; no list names them.
 */
export type Sample = (place: SamplePlace) => Promise<Partial<Keys>>;

/** A tenant with one object of each type, and callers who may do everything there. */
export interface PopulatedTenant {
  readonly tenant: TenantRef;
  readonly application: Caller;
  readonly user: User;
  /** The key of one object of each type, as its global id contains it. */
  readonly keys: Keys;
  /** The global id of that object. */
  readonly globalId: (type: TaggedType, key?: string) => string;
}

/** @param world A world without a tenant `master`; the tenant made is `master`, so that its callers may reach everything. */
export async function populateTenant(world: World): Promise<PopulatedTenant> {
  const tenant = await world.tenant({ name: 'master' });
  const user = await world.newUser(tenant, { username: 'anna', email: 'anna@example.com' });
  await world.givePassword(tenant, user.id);
  const scopes = [{ name: 'openid', isDefault: false }];
  const { client } = await world.newClient(tenant, { clientId: 'portal', grantTypes: ['client_credentials'], scopes });
  const question = { userId: user.id, question: 'Q?', answer: 'A' };
  await world.services.securityQuestions.set(world.system(tenant), question);
  const keys = await makeSamples({ world, tenant, user, client });
  return {
    tenant,
    application: world.app(tenant, ...everyPermission('all').map(formatScope)),
    user,
    keys,
    globalId: (type, key = keys[type]) => toGlobalId(type, tenant, key),
  };
}

/** @throws Error A type that `node(id)` finds has no sample. */
async function makeSamples(place: SamplePlace): Promise<Keys> {
  const keys: Partial<Record<TaggedType, string>> = {
    Tenant: place.tenant.id,
    User: place.user.id,
    Client: place.client.id,
  };
  for (const file of globSync('../schema/*/*.sample.ts', { cwd: import.meta.dirname }).sort()) {
    const module = await import(pathToFileURL(resolve(import.meta.dirname, file)).href);
    Object.assign(keys, await (module as { readonly sample: Sample }).sample(place));
  }
  const missing = taggedTypes().filter((type) => keys[type] === undefined);
  if (missing.length > 0)
    throw new Error(`No sample makes ${missing.join(', ')}: add test/schema/<module>/<noun>.sample.ts.`);
  return keys as Keys;
}
