import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../../rest-compat/engine/index.ts';
import { KEYCLOAK_ADMIN } from '../../../rest-compat/keycloak-admin/index.ts';
import { buildKeycloakCallsPage, readClientCalls } from '../../../scripts/keycloak-calls-page.ts';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const ID = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const MOUNTS = KEYCLOAK_ADMIN.mounts.filter(({ prefix }) => !prefix.startsWith('/auth'));
/** The refused calls as the answer names them, with a path of each. */
const REFUSED = MOUNTS.flatMap(({ prefix, routes }) =>
  routes
    .filter(({ refuse }) => refuse === true)
    .map((row): [call: string, method: string, path: string] => [
      `${row.method} ${prefix.replace('{tenant}', '{realm}')}${pathsOf(row)[0]}`,
      row.method,
      `${prefix.replace('{tenant}', 'acme')}${pathsOf(row)[0]!}`.replace(/\{\w+\*?\}/g, ID),
    ]),
);

describe('the calls of the stock client', () => {
  it('are 359, and stand in docs/keycloak-calls.md with what the rows make of them', () => {
    expect(readClientCalls()).toHaveLength(359);
    const page = readFileSync(join(import.meta.dirname, '../../../docs/keycloak-calls.md'), 'utf8');
    expect(page).toBe(buildKeycloakCallsPage());
  });

  it('are refused with 501 for what the manual names', () => {
    const lines = buildKeycloakCallsPage().split('\n');
    const refused = lines.filter((line) => line.endsWith('| 501 |'));
    expect(refused).toHaveLength(145);
    for (const part of ['authz', 'management', 'components', 'workflows', 'organizations', '/user-storage/'])
      expect(lines.filter((line) => line.includes(part) && !line.endsWith('| 501 |'))).toEqual([]);
  });
});

describe('calls that are refused', () => {
  const realm = kobilOfSuite();

  it('are 401 without a token, then 501 with the call, whatever the caller may do', async () => {
    const poor = realm.token(realm.acme, 'qr-sign-in:read');
    for (const [call, method, path] of REFUSED) {
      expect([call, await realm.ask(method, path)]).toEqual([call, [401, { error: 'HTTP 401 Unauthorized' }]]);
      const answer = await realm.ask(method, `/auth${path}`, { token: poor });
      expect([call, answer]).toEqual([call, [501, { error: `Not implemented: ${call}` }]]);
    }
  });

  it('are other paths than those that Keycloak never had, which are 404', async () => {
    const token = realm.token(realm.master, ...everyPermission('all').map(formatScope));
    for (const path of [
      '/admin/realms/acme/tides',
      '/admin/realms/acme/workflows/a/b',
      '/admin/api/acme/tides',
      '/resources/acme',
    ])
      expect([path, await realm.ask('GET', path, { token })]).toEqual([path, [404, { error: 'HTTP 404 Not Found' }]]);
  });
});
