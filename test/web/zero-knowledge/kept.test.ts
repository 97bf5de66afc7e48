import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, systemCaller } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { parseConfig } from '../../../src/server/environment/config.ts';
import { createLogger } from '../../../src/server/environment/logger.ts';
import { type RunningNode, startNode } from '../../../src/server/start/node.ts';
import { audienceOf, ImageProofClient } from '../../../web/zero-knowledge/client.ts';
import { encodeFactor, type ProofFactor } from '../../../web/zero-knowledge/factor.ts';
import { FetchTransport } from '../../../web/zero-knowledge/fetch-transport.ts';
import { hashImage } from '../../../web/zero-knowledge/image.ts';
import { type DeriveSecret, deriveSecret } from '../../../web/zero-knowledge/secret.ts';
import { textOf } from '../../support/mailed-links.ts';
import { scopeLinks } from '../../support/oauth.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { ROOT } from '../../support/started.ts';

const PASSWORD = 'three-wombats-at-dawn';
const EMAIL = 'alice@example.com';
const MARK = 'Comment: the lighthouse at Inchkeith, taken by Alice';
const IMAGE = Buffer.concat([readFileSync(join(ROOT, 'docs/images/graphiql.png')), Buffer.from(MARK)]);
const RULES = { pinSize: 6, gridSide: 3 } as const;
const PIN: ProofFactor = { kind: 'pin', digits: '271828' };
const OTHER_PIN: ProofFactor = { kind: 'pin', digits: '314159' };
const PATTERN: ProofFactor = { kind: 'pattern', side: 3, points: [0, 1, 2, 5, 8] };
const SCOPES = ['credential:write:self', 'email:change:self'];

describe('a started service after the acts of the library', () => {
  let database: TestDatabase;
  let smtp: TestSmtpServer;
  let node: RunningNode;
  let tenant: TenantRef;
  const logged: string[] = [];
  /** What only the device of the user may know, as bytes. */
  const secrets: Uint8Array[] = [];
  beforeAll(async () => {
    [database, smtp] = await Promise.all([createTestDatabase(), TestSmtpServer.start()]);
    const config = parseConfig({
      PORT: '0',
      DRAIN_SECONDS: '0',
      DATABASE_URL: database.url,
      DATA_DIR: 'memory://',
      MASTER_KEY: 'ab'.repeat(32),
      BOOTSTRAP_ADMIN_PASSWORD: 'a phrase nobody guesses',
      BOOTSTRAP_CLIENT_SECRET: 'x'.repeat(32),
      DEFAULT_TENANT: 'acme',
      RATE_LIMITS: 'off',
      SMTP_URL: `smtp://id:p%40ss@127.0.0.1:${smtp.port}`,
    });
    node = await startNode(config, createLogger('trace', { write: (line) => void logged.push(line) }));
    const settings = { registration: true, lockout: { quickMilliseconds: 0 } };
    const nowhere = { id: '', name: '', route: '' } as unknown as TenantRef;
    const { id } = await node.services.tenants.create(system(nowhere), { name: 'acme', template: 'image', settings });
    tenant = (await node.services.directory.byId(id))!;
  });
  afterAll(async () => {
    await node?.stop();
    await smtp?.close();
    await database?.drop();
  });

  const system = (of: TenantRef) => Authority.system(systemCaller({ processId: newId() }), of);
  const derived = new Map<string, ReturnType<DeriveSecret>>();
  /** Derives each secret once, because that takes long. */
  const derive: DeriveSecret = async (request) => {
    const key = `${request.identity.username} ${encodeFactor(request.factor)}`;
    const deriving = derived.get(key) ?? deriveSecret(request);
    derived.set(key, deriving);
    const { x, commitment } = await deriving;
    secrets.push(x, commitment);
    // A copy, because the library overwrites it.
    return { x: Uint8Array.from(x), commitment: Uint8Array.from(commitment) };
  };
  const choice = (factor: ProofFactor) => ({ image: new Blob([IMAGE]), factor });
  const mail = async (): Promise<string> => {
    await node.services.mailer.idle();
    return textOf(smtp.mails.at(-1)!);
  };
  /** The user in a session, in which a password is asked for once. */
  async function signedIn(userId: string): Promise<string> {
    await node.services.passwordFlow.set(system(tenant), { userId, password: PASSWORD, sessions: 'keep' });
    const client = { clientId: 'cli', type: 'public', grantTypes: ['password'], scopes: scopeLinks(SCOPES) } as const;
    await node.services.clients.create(system(tenant), client);
    const form = { grant_type: 'password', client_id: 'cli', username: 'alice', password: PASSWORD };
    const body = new URLSearchParams({ ...form, scope: SCOPES.join(' ') });
    const answer = await fetch(`${node.publicUrl}/t/acme/oauth/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async function act(): Promise<void> {
    let token: string | null = null;
    const transport = new FetchTransport({ baseUrl: node.publicUrl, tenant: 'acme', accessToken: () => token });
    const audience = audienceOf(node.publicUrl, 'acme');
    const client = new ImageProofClient({ transport, tenant: 'acme', audience, derive });
    const username = 'alice';
    await client.register({ username, email: EMAIL, choice: choice(PIN), rules: RULES });
    const [, code] = /code=([\w-]+)/.exec(await mail())!;
    expect((await fetch(`${node.publicUrl}/api/auth/verify-email?code=${code}`)).status).toBe(200);
    await client.signIn({ username, choice: choice(PIN) });
    await expect(client.signIn({ username, choice: choice(OTHER_PIN) })).rejects.toThrow();
    await expect(client.signIn({ username: 'nobody', choice: choice(PIN) })).rejects.toThrow();

    await node.services.clients.create(system(tenant), { clientId: 'web' });
    await transport.requestReset({ clientId: 'web', username, email: EMAIL });
    const [, resetCode, requestId] = /#code=([\w-]+)&auth_req_id=([\w-]+)/.exec(await mail())!;
    await client.reset({ username, code: resetCode!, requestId: requestId!, choice: choice(PATTERN), rules: RULES });
    await client.signIn({ username, choice: choice(PATTERN) });

    const { id: userId } = (await node.services.users.findByUsername(system(tenant), username))!;
    token = await signedIn(userId);
    const change = { username, userId, choice: choice(OTHER_PIN), rules: RULES };
    await client.change({ ...change, former: choice(PATTERN) });
    await client.updateEmail({ username, userId, email: 'alice@example.org', choice: choice(OTHER_PIN) });
    expect(await mail()).toContain('confirm');
    await client.signIn({ username, choice: choice(OTHER_PIN) });
  }

  /** Every row of the database as text; bytes are hexadecimal. */
  async function stored(): Promise<string> {
    const connection = new pg.Client({ connectionString: database.url });
    await connection.connect();
    const tables = await connection.query<{ name: string }>(
      "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
    );
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const { rows: all } = await connection.query<{ row: string }>(
        `select row_to_json(t)::text as row from ${name} t`,
      );
      rows.push(...all.map(({ row }) => row));
    }
    await connection.end();
    return rows.join('\n');
  }

  /** Texts by which the bytes would be found. Those of base64 begin where three of the bytes do. */
  const formsOf = (bytes: Uint8Array): string[] =>
    (['hex', 'base64', 'base64url'] as const).map((form) => Buffer.from(bytes).toString(form).replace(/=+$/, ''));

  it('knows the user, and neither the image, PIN and pattern nor what is derived of them (negative 53)', {
    timeout: 120_000,
  }, async () => {
    await act();
    const places = { database: await stored(), log: logged.join('\n') };
    expect(places.database).toContain('"username":"alice"');
    expect(places.database).toContain('image_proof.changed');
    expect(logged.length).toBeGreaterThan(0);
    const parts = [0, Math.floor(IMAGE.length / 6) * 3].map((at) => IMAGE.subarray(at, at + 24));
    secrets.push(...parts, await hashImage(new Blob([IMAGE])));
    const texts = [...secrets.flatMap(formsOf), MARK, 'PATTERN:', 'PIN:', '00-01-02-05-08'];
    expect(secrets.length).toBeGreaterThan(20);
    for (const [place, text] of Object.entries(places)) {
      expect(texts.filter((secret) => text.includes(secret)).map((secret) => `${place}: ${secret}`)).toEqual([]);
      // Six digits may stand inside of other numbers.
      for (const digits of ['271828', '314159']) expect(text).not.toMatch(new RegExp(`(?<![\\w-])${digits}(?![\\w-])`));
    }
  });
});
