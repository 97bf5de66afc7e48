import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

/** Clients by what they are; one can be found by its client_id, which is this word. */
type ClientId = 'regular' | 'public' | 'builtin' | 'locked';

type Refusal = readonly [
  code: string,
  field: string,
  input: { clientId?: ClientId } & Readonly<Record<string, unknown>>,
];

const MAPPER = { name: 'tide', type: 'oidc-audience-mapper' };
/** Together more than 64 KiB. */
const MANY_MAPPERS = Array.from({ length: 100 }, (_, at) => ({
  ...MAPPER,
  name: `tide ${at}`,
  config: { text: 'x'.repeat(1000) },
}));

const REFUSALS: readonly Refusal[] = [
  ['CLIENT_PUBLIC', 'createClient', { type: 'PUBLIC', withRestSecret: true }],
  ['CLIENT_WITHOUT_ACCOUNT', 'createClient', { type: 'PUBLIC', hasServiceAccount: true }],
  ['CLIENT_WITHOUT_ACCOUNT', 'updateClient', { clientId: 'public', hasServiceAccount: true }],
  ['PERMISSION_MASTER_ONLY', 'createClient', { permissions: ['user:read:all'] }],
  ['CLIENT_BUILTIN', 'updateClient', { clientId: 'builtin', name: 'new' }],
  ['CLIENT_BUILTIN', 'updateClient', { clientId: 'builtin' }],
  ['CLIENT_BUILTIN', 'updateClient', { clientId: 'builtin', isEnabled: false, name: null }],
  ['CLIENT_BUILTIN', 'updateClient', { clientId: 'builtin', isEnabled: false, hasServiceAccount: true }],
  ['CLIENT_BUILTIN', 'updateClient', { clientId: 'builtin', isEnabled: false, hasServiceAccount: false }],
  ['CLIENT_GRANT_TYPE_INVALID', 'updateClient', { clientId: 'public', grantTypes: ['CLIENT_CREDENTIALS'] }],
  ['CLIENT_REDIRECT_INVALID', 'updateClient', { clientId: 'regular', redirects: [{ uri: 'nowhere' }] }],
  ['CLIENT_METADATA_INVALID', 'updateClient', { clientId: 'regular', webOrigins: ['https://a.example/path'] }],
  ['CLIENT_SCOPE_UNKNOWN', 'updateClient', { clientId: 'regular', scopes: [{ name: 'unheard' }] }],
  ['PERMISSION_UNKNOWN', 'updateClient', { clientId: 'regular', permissions: ['user:fly'] }],
  ['PERMISSION_ESCALATION', 'updateClient', { clientId: 'regular', permissions: ['key:rotate'] }],
  ['PERMISSION_MASTER_ONLY', 'updateClient', { clientId: 'regular', permissions: ['user:read:all'] }],
  ['CLIENT_TYPE_FIXED', 'updateClient', { clientId: 'regular', type: 'PUBLIC' }],
  ['CLIENT_ID_FIXED', 'updateClient', { clientId: 'regular', expectedClientId: 'Regular' }],
  ['CLIENT_PUBLIC', 'updateClient', { clientId: 'public', secret: 'tide' }],
  ['PROTOCOL_MAPPER_NAME_TAKEN', 'createClient', { mappers: [MAPPER, MAPPER] }],
  ['PROTOCOL_MAPPER_NAME_TAKEN', 'updateClient', { clientId: 'regular', mappers: [MAPPER, MAPPER] }],
  ['PROTOCOL_MAPPER_LIMIT', 'createClient', { mappers: MANY_MAPPERS }],
  ['PROTOCOL_MAPPER_LIMIT', 'updateClient', { clientId: 'regular', mappers: MANY_MAPPERS }],
  ['CLIENT_BUILTIN', 'endEarlierClientSecrets', { clientId: 'builtin' }],
  ['CLIENT_BUILTIN', 'issueRegistrationToken', { clientId: 'builtin' }],
  ['CLIENT_BUILTIN', 'deleteClient', { clientId: 'builtin' }],
  ['CLIENT_DELETION_LOCKED', 'deleteClient', { clientId: 'locked' }],
  ['CLIENT_BUILTIN', 'rotateClientSecret', { clientId: 'builtin' }],
  ['CLIENT_PUBLIC', 'rotateClientSecret', { clientId: 'public' }],
];

describe('what clients do not allow', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newClient(acme, { clientId: 'regular' });
    await world.newClient(acme, { clientId: 'public', type: 'public' });
    await world.newClient(acme, { clientId: 'locked', isDeletionLocked: true });
    const { client } = await world.newClient(acme, { clientId: 'builtin' });
    await world.db.transaction(async () => {
      (await world.stores.clientStore.lock(acme.id, client.id))!.kind = 'builtin';
    });
  });
  afterAll(() => world.close());

  it.each(REFUSALS)('%s: %s is refused and changes nothing', async (code, field, input) => {
    const scopes = everyPermission('tenant').map(formatScope);
    const caller = world.app(acme, ...scopes.filter((scope) => scope !== 'key:rotate'));
    const before = (await world.events(acme)).length;
    expect((await callField(world, caller, `Mutation.${field}`, { input })).code).toBe(code);
    expect(await world.events(acme)).toHaveLength(before);
  });

  it('PERMISSION_ESCALATION: a secret for the REST API allows more than the caller may give', async () => {
    const input = { clientId: 'regular', kind: 'REST' };
    const caller = world.app(acme, 'client-secret:rotate');
    const { code } = await callField(world, caller, 'Mutation.rotateClientSecret', { input });
    expect(code).toBe('PERMISSION_ESCALATION');
  });
});
