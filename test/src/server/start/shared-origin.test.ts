import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../src/persistence/index.ts';
import { StartRefused } from '../../../../src/server/environment/start-refused.ts';
import { ClusterStore, LEASE_SECONDS } from '../../../../src/server/start/cluster.store.ts';
import { SharedOrigin } from '../../../../src/server/start/shared-origin.ts';
import { ENGINES } from '../../../support/postgres.ts';

let db: Database;
let warnings: unknown[];
const started: SharedOrigin[] = [];

afterEach(async () => {
  for (const origin of started.splice(0)) await origin.stop();
  await db.close();
});

/** A node that starts with a `PUBLIC_URL`. */
async function start(publicUrl: string): Promise<SharedOrigin> {
  const logger = { warn: (details: unknown) => void warnings.push(details) };
  const origin = new SharedOrigin({ db, store: new ClusterStore(db), logger } as never, publicUrl);
  await origin.start();
  started.push(origin);
  return origin;
}

/** Expires the announcements, as if the running nodes had been killed long ago. */
const outlive = () =>
  sql`update leases set expires_at = expires_at - ${LEASE_SECONDS} * interval '1 second'`.execute(db.read());

const [embedded, server] = ENGINES;

describe('PUBLIC_URL of nodes on one PostgreSQL', () => {
  beforeEach(async () => {
    db = await server!.open();
    warnings = [];
  });

  it('is the same for all running nodes: a node with another value is refused, with both named', async () => {
    await start('https://id.example');
    await start('https://id.example');
    const refused = start('https://other.example');
    await expect(refused).rejects.toThrow(StartRefused);
    await expect(refused).rejects.toThrow(
      /^PUBLIC_URL is https:\/\/other\.example on this node and https:\/\/id\.example on/,
    );
    expect(warnings).toEqual([]);
  });

  it('is one value when nodes with two values start at the same time', async () => {
    const ends = await Promise.allSettled([start('https://a.example'), start('https://b.example')]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('may change when no node has the former value any more, which is logged', async () => {
    await (await start('https://id.example')).stop();
    await start('https://new.example');
    expect(warnings).toEqual([{ before: 'https://id.example', publicUrl: 'https://new.example' }]);
  });

  it('of a node that was killed counts until its announcement expires', async () => {
    await start('https://id.example');
    await expect(start('https://new.example')).rejects.toThrow(StartRefused);
    await outlive();
    await start('https://new.example');
    const { rows } = await sql`select holder from leases`.execute(db.read());
    expect(rows).toEqual([{ holder: 'https://new.example' }]);
  });
});

describe('PUBLIC_URL on the embedded database', () => {
  beforeEach(async () => {
    db = await embedded!.open();
    warnings = [];
  });

  it('may change at each start, because no other process uses the directory, and the change is logged', async () => {
    await start('https://id.example');
    await start('https://new.example');
    expect(warnings).toHaveLength(1);
  });
});
