import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ISSUER_KINDS } from '../../../../src/oauth/issuers/issuers.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import { TestClient } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

/** The kinds that have a token endpoint. */
const KINDS = Object.entries(ISSUER_KINDS).flatMap(([name, { grantTypes }]) => (grantTypes.length === 0 ? [] : [name]));
/** Each grant type that any kind of issuer offers, and one that none does. */
const NAMES = new Set([...Object.values(ISSUER_KINDS).flatMap(({ grantTypes }) => [...grantTypes]), 'implicit']);

/** What a client that is allowed no grant hears of one that there is; the last of one that every client has. */
const NOT_ALLOWED: ReadonlySet<string | undefined> = new Set([
  'GRANT_TYPE_NOT_ALLOWED',
  'PASSWORD_GRANT_NOT_ALLOWED',
  'RESOURCE_SERVER_UNKNOWN',
]);

describe('grant_types_supported', () => {
  let world: World;
  let acme: KnownTenant;
  let client: TestClient;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    // It is allowed no grant: its answer tells whether the endpoint has one.
    client = await TestClient.create(world, acme, { grantTypes: [] });
  });
  afterAll(() => world.close());

  it.each(KINDS)(
    'names what the token endpoint of the kind %s has, and nothing that it does not have',
    async (kind) => {
      const { grant_types_supported: advertised } = await world.services.oauth.discovery.document(acme, kind, {});
      expect(advertised).toContain('authorization_code');
      const codes = new Map<string, string>();
      for (const name of NAMES)
        await client.request(name, {}, kind).catch((error: { code: string }) => codes.set(name, error.code));
      const there = [...codes].filter(([, code]) => NOT_ALLOWED.has(code)).map(([name]) => name);
      expect(there).toEqual(advertised);
      expect([...codes.values()].filter((code) => !NOT_ALLOWED.has(code) && code !== 'GRANT_TYPE_UNSUPPORTED')).toEqual(
        [],
      );
    },
  );
});
