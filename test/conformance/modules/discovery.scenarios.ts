import { expect } from 'vitest';
import { TEST_URL } from '../../support/rest.ts';
import type { ModuleRun } from './module-run.ts';
import type { Scenario } from './scenario.ts';

/** OpenID Connect Discovery section 3: every endpoint is an address of https. */
function assertHttps(metadata: Readonly<Record<string, unknown>>): void {
  const addresses = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name));
  expect(addresses.filter(([, address]) => !String(address).startsWith('https://'))).toEqual([]);
}

async function verifyKeys({ setting }: ModuleRun): Promise<void> {
  const { json, status } = await setting.rest.ask('GET', setting.pathOf('jwks_uri'));
  expect(status).toBe(200);
  const keys: Readonly<Record<string, unknown>>[] = json.keys;
  expect(keys.length).toBeGreaterThan(0);
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  for (const key of keys) {
    expect(key).toMatchObject({ kid: expect.any(String), kty: expect.stringMatching(/^(RSA|EC|OKP)$/) });
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  }
}

export const DISCOVERY: readonly Scenario[] = [
  {
    module: 'oidcc-discovery-endpoint-verification',
    title: 'describes itself as OpenID Connect Discovery section 3 demands',
    run: async (run) => {
      const { status, headers, json } = run.setting.metadata;
      expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^application\/json/)]);
      expect(json.issuer).toBe(`${TEST_URL}/t/acme`);
      expect(json).toMatchObject({
        authorization_endpoint: expect.any(String),
        token_endpoint: expect.any(String),
        userinfo_endpoint: expect.any(String),
        jwks_uri: expect.any(String),
        response_types_supported: expect.arrayContaining(['code']),
        grant_types_supported: expect.arrayContaining(['authorization_code']),
        subject_types_supported: ['public'],
        // RS256 must be there whatever the default is.
        id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
        scopes_supported: expect.arrayContaining(['openid']),
        claims_supported: expect.arrayContaining(['sub']),
        claims_parameter_supported: true,
        // Absent, `request_uri_parameter_supported` would mean true.
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
      });
      // Clients are registered by the operator, so no endpoint registers them.
      expect(json).not.toHaveProperty('registration_endpoint');
      assertHttps(json);
      await verifyKeys(run);
    },
  },
  {
    module: 'oidcc-rp-initiated-logout-discovery-endpoint-verification',
    title: 'names the endpoint for sign-out (RP-Initiated Logout section 2.1)',
    run: async ({ setting }) => {
      const { json } = setting.metadata;
      expect(json.end_session_endpoint).toBe(`${TEST_URL}/t/acme/oauth/logout`);
      assertHttps(json);
    },
  },
];
