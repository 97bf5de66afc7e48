import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { SECRETS_VAULT } from '../../../rest-compat/secrets-vault/index.ts';
import { GROUP_KIND } from '../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { USER_KIND } from '../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { describedRows } from '../../support/blitz-populated.ts';
import { ImageProofClient } from '../../support/image-proof.ts';
import { type MadeRequest, requestsFor } from '../../support/openapi-requests.ts';
import { vaultOfSuite } from '../../support/vault.ts';

/** Requests for each row: the number of batches, and of parallel requests in a batch. */
const BATCHES = 4;
const AT_ONCE = 8;
const SEED = 20_261_128;

const ROWS = describedRows(SECRETS_VAULT);

/** Whether a row has no document, and answers every caller with 501. */
const isRefused = ({ operation }: (typeof ROWS)[number]): boolean => operation.responses?.['501'] !== undefined;

/** Whether a request needs a proof of an image or of a passkey, or what another service signed, which nobody makes by chance. */
const needsProof = ({ operation }: (typeof ROWS)[number]): boolean =>
  /encrypted_commitment|challenge_id|client_data_json|id_token_hint/.test(
    JSON.stringify(operation.requestBody ?? null),
  );

/** Texts that name something, by the name of the parameter or member. */
type Known = Readonly<Record<string, readonly string[]>>;

describe('Secrets Vault: every request is answered as it is described, and never with 5xx', () => {
  const vault = vaultOfSuite();
  let count = 0;

  /** Rows that have been tried, with the number of requests that succeeded. */
  const through = new Map<string, number>();
  // Most requests are refused, but some must succeed, or the test would say little about the rows.
  afterAll(() => {
    const served = ROWS.filter((row) => !isRefused(row) && !needsProof(row));
    const silent = served.map(({ name }) => name).filter((name) => through.get(name) === 0);
    if (through.size === ROWS.length) expect(silent.length, silent.join('\n')).toBeLessThan(served.length / 2);
  });

  /** One object of each kind. */
  async function populate(): Promise<Known> {
    const { acme, world } = vault;
    const n = count++;
    await world.services.tenants.updateSettings(world.system(acme), { isPasskeyEnabled: true });
    const user = await world.newUser(acme, { username: `user-${n}`, email: `user-${n}@example.com` });
    const { client } = await world.newClient(acme, { clientId: `client-${n}` });
    const { apiKey } = await world.newApiKey(acme, user.id, 'USER:READ');
    const group = await world.newGroup(acme);
    const role = await world.newRole(acme);
    const { cipherKey } = await ImageProofClient.create();
    return {
      '': [user.id, user.username],
      tenant_id: ['acme', 'acme', 'acme', 'master', 'nobody'],
      user_id: [user.id, `new-${n}`],
      users_ids: [user.id],
      group_id: [group.id],
      client_id: [client.clientId, `new-${n}`],
      key_id: [apiKey.id],
      email: [user.email!, `new-${n}@example.com`],
      username: [user.username, `new-${n}`],
      scopes: ['USER:READ', 'SCIM2'],
      roles: [role.name, 'TENANT_ADMIN'],
      cipherKey: [cipherKey],
      resource_type_id: ['User', 'Group'],
      schema_uri: [USER_KIND.schema, GROUP_KIND.schema],
      schemas: [USER_KIND.schema, GROUP_KIND.schema],
      filter: [`id eq "${user.id}"`, `id eq "${group.id}"`],
      attributes: ['id'],
      excludedAttributes: ['members'],
      userName: [user.username, `new-${n}`],
      displayName: [`new-${n}`],
      op: ['add', 'replace'],
      response_type: ['code'],
      scope: ['openid'],
      ip: ['192.0.2.7'],
      limit: ['1', '500'],
      offset: ['0', '10'],
      start: ['2026-11-22'],
      end: ['2026-11-23'],
    };
  }

  it.each(ROWS.map((row) => [row.name, row] as const))('%s', { timeout: 120_000 }, async (_, row) => {
    const known = await populate();
    let succeeded = 0;
    const scopes = everyPermission('tenant').map(formatScope);
    const right = `Bearer ${vault.token(vault.acme, ...scopes)}`;
    const ofUser = `Bearer ${vault.userToken(vault.acme, known['users_ids']![0]!, ...scopes)}`;
    const credentials = [right, right, ofUser, ofUser, '', 'Bearer nonsense', 'Bearer svk_nonsense', 'Basic !'];
    const textsFor = (name: string) => known[Object.hasOwn(known, name) ? name : '']!;
    const requests = requestsFor(row.method, row.path, row.operation, textsFor, credentials);
    const send = async (request: MadeRequest): Promise<void> => {
      const { method, headers, body } = request;
      const answer = await vault.rest.ask(method, request.path, { headers, body });
      if (answer.status < 400) succeeded++;
      if (answer.status >= 500 && !(isRefused(row) && answer.status === 501))
        throw new Error(`${JSON.stringify(request)} is answered with ${answer.status} ${answer.text}`);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (batch) => {
        await Promise.all(batch.map(send));
        // Remove the faults, so that each counts only for its row.
        expect(vault.rest.faults.splice(0)).toEqual([]);
      }),
      { numRuns: BATCHES, seed: SEED, endOnFailure: true },
    );
    through.set(row.name, succeeded);
  });
});
