import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../rest-compat/engine/index.ts';
import { KEYCLOAK_ADMIN } from '../../../rest-compat/keycloak-admin/index.ts';
import { KOBIL } from '../../../rest-compat/kobil/index.ts';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { describedRows } from '../../support/blitz-populated.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { type MadeRequest, requestsFor } from '../../support/openapi-requests.ts';

/** Requests for each row: the number of batches, and of parallel requests in a batch. */
const BATCHES = 2;
const AT_ONCE = 8;
const SEED = 20_261_127;

/** The rows of the gateway are those of the tenant, which another host names. */
const ROWS = [KOBIL, KEYCLOAK_ADMIN].flatMap(describedRows).filter(({ path }) => !path.startsWith('/digitanium/'));

/** Whether a row has no document, and answers every caller with 501. */
const isRefused = ({ operation }: (typeof ROWS)[number]): boolean => operation.responses?.['501'] !== undefined;

/** Texts that name something, by the segment of the path before them, else by their name. */
type Known = Readonly<Record<string, readonly string[]>>;

/** The texts for a parameter of the path, which is often called `id`, by what it is the id of. */
function knownIn(path: string, name: string, known: Known): readonly string[] {
  const [, before = ''] = new RegExp(`([^/]+)/\\{${name}\\}`).exec(path) ?? [];
  return known[before] ?? known[name] ?? known['']!;
}

/** How many objects of each kind a tenant gets before there is a new one. */
const OBJECTS_OF_TENANT = 100;

describe('KOBIL and the administration: every request is answered as it is described, and never with 5xx', () => {
  const realm = kobilOfSuite();
  let tenant: TenantRef;
  let count = 0;
  /** Objects that no row changes; rows that only read or refuse share them. */
  let unchanged: Known | null = null;
  const newTenant = async () => {
    tenant = await realm.world.tenant({ template: 'realm' });
    unchanged = null;
  };
  beforeAll(newTenant);

  /** Rows that have been tried, with the number of requests that succeeded. */
  const through = new Map<string, number>();
  // Most requests are refused, but some must succeed, or the test would say little about the rows.
  afterAll(() => {
    const served = ROWS.filter((row) => !isRefused(row));
    const silent = served.map(({ name }) => name).filter((name) => through.get(name) === 0);
    if (through.size === ROWS.length) expect(silent.length, silent.join('\n')).toBeLessThan(served.length / 2);
  });

  /** Objects for a row; in a new tenant if a request has deleted or disabled the present one, or if it is full. */
  async function objectsFor(row: (typeof ROWS)[number]): Promise<Known> {
    // A tenant has a bounded number of scopes.
    const isFull = count % OBJECTS_OF_TENANT === OBJECTS_OF_TENANT - 1;
    if (isFull || (await realm.ask('GET', `/realms/${tenant.name}`))[0] !== 200) await newTenant();
    if (row.method !== 'GET' && !isRefused(row)) return populate();
    unchanged ??= await populate();
    return unchanged;
  }

  /** Adds one object of each kind to the tenant. */
  async function populate(): Promise<Known> {
    const { world } = realm;
    const { services } = world;
    const n = count++;
    const mapper = { name: 'm', type: 'oidc-full-name-mapper' };
    const user = await world.newUser(tenant, { username: `user-${n}` });
    const { client } = await world.newClient(tenant, { clientId: `client-${n}` });
    const { mapperIds } = await services.mappers.add(world.system(tenant), { clientUuid: client.id }, [mapper]);
    const role = await world.newRole(tenant);
    const group = await world.newGroup(tenant);
    const scope = await services.clientScopes.create(world.system(tenant), { name: `scope-${n}`, mappers: [mapper] });
    return {
      '': [user.id, role.name, client.id],
      users: [user.id],
      userId: [user.id, user.username],
      v3_user: [user.id, user.username],
      clients: [client.id],
      client: [client.id],
      clientid: [client.clientId],
      roles: [role.name],
      role: [role.name],
      assignedRole: [role.name],
      'roles-by-id': [role.id],
      groups: [group.id],
      'default-groups': [group.id],
      groupID: [group.id],
      'client-scopes': [scope.id],
      clientScopeId: [scope.id],
      models: [scope.mappers[0]!.id, ...mapperIds],
      protocol: ['openid-connect'],
      protocolMapper: [mapper.type],
      name: [role.name, `name-${n}`],
    };
  }

  it.each([KOBIL, KEYCLOAK_ADMIN])('$name is described at the address of its name, with every row', async (dialect) => {
    const [status, { paths }] = await realm.ask('GET', `/openapi/${dialect.name}.json`);
    expect(status).toBe(200);
    const served = Object.entries(paths as Record<string, object>).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const rows = dialect.mounts.flatMap(({ prefix, routes }) =>
      routes.flatMap((row) => pathsOf(row).map((path) => `${row.method} ${prefix}${path}`.replace('*}', '}'))),
    );
    const shown = new Set(served.map((name) => name.replace(/ \S*?(?=\/(?:realms|admin|resources)\/)/, ' ')));
    const missing = rows.filter(
      (name) =>
        !name.includes('/digitanium/') && !shown.has(name.replace(/ \S*?(?=\/(?:realms|admin|resources)\/)/, ' ')),
    );
    expect(missing).toEqual([]);
  });

  it.each(ROWS.map((row) => [row.name, row] as const))('%s', { timeout: 120_000 }, async (_, row) => {
    const known = await objectsFor(row);
    let succeeded = 0;
    const scopes = everyPermission('tenant').map(formatScope);
    const right = `Bearer ${realm.token(tenant, ...scopes)}`;
    const ofUser = `Bearer ${realm.userToken(tenant, known['users']![0]!, ...scopes)}`;
    const credentials = [right, right, right, ofUser, '', 'Bearer nonsense', 'Basic !'];
    const path = row.path.replace('{tenant}', () => tenant.name);
    const textsFor = (name: string) => knownIn(path, name, known);
    const requests = requestsFor(row.method, path, row.operation, textsFor, credentials);
    const send = async (request: MadeRequest): Promise<void> => {
      const { method, headers, body } = request;
      const answer = await realm.rest.ask(method, request.path, { headers, body });
      if (answer.status < 400) succeeded++;
      if (answer.status >= 500 && !(isRefused(row) && answer.status === 501))
        throw new Error(`${JSON.stringify(request)} is answered with ${answer.status} ${answer.text}`);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
        await Promise.all(batch.map(send));
        // Remove the faults, so that each counts only for its row.
        expect(realm.rest.faults.splice(0)).toEqual([]);
      }),
      { numRuns: BATCHES, seed: SEED, endOnFailure: true },
    );
    through.set(row.name, succeeded);
  });
});
