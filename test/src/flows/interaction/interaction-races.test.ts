import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InteractionStore } from '../../../../src/flows/interaction/interaction.store.ts';
import { openPostgresDatabase } from '../../../support/postgres.ts';
import { openSignIn, type SignInWorld, TestBrowser } from '../../../support/sign-in.ts';
import { World } from '../../../support/world.ts';

const SIMULTANEOUS = 50;

describe('simultaneous steps of an interaction, on PostgreSQL', () => {
  let world: World;
  let setting: SignInWorld;
  beforeAll(async () => {
    world = await World.open(await openPostgresDatabase());
    await world.services.eventEngine.start();
    setting = await openSignIn(world);
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });

  const atOnce = <T>(task: () => Promise<T>) => Promise.all(Array.from({ length: SIMULTANEOUS }, task));

  it('advance it once, and the others learn that another step is the present one (check 63)', async () => {
    const browser = new TestBrowser(world, setting.tenant);
    const consent = { scopes: ['openid'], isForced: true };
    const handle = await browser.begin({ consent }, { clientId: 'shop' });
    await browser.password(handle, setting.user);
    const codes = await atOnce(async () => (await browser.submit('submitConsent', handle, { isGranted: true })).code);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    expect(codes.filter((code) => code === 'INTERACTION_STEP_OTHER')).toHaveLength(SIMULTANEOUS - 1);
  });

  it('start one session for one password', async () => {
    const browser = new TestBrowser(world, setting.tenant);
    const handle = await browser.begin();
    const codes = await atOnce(async () => (await browser.password(handle, setting.user)).code);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
    const started = (await world.events(setting.tenant)).filter(({ type }) => type === 'session.started');
    expect(started).toHaveLength(2);
  });

  it('give its outcome to a single one of those who resume it', async () => {
    const browser = new TestBrowser(world, setting.tenant);
    const handle = await browser.begin();
    await browser.password(handle, setting.user);
    const results = await Promise.allSettled(Array.from({ length: SIMULTANEOUS }, () => browser.resume(handle)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('do not make others of the browser wait that are begun, which give up the oldest ones', async () => {
    const { db } = world;
    const { tenant } = setting;
    const browser = new TestBrowser(world, tenant);
    const store = new InteractionStore(db);
    const oldest = await browser.begin();
    world.clock.advance(1);
    await db.transaction(async () => {
      await store.lock(tenant.id, oldest);
      await db.detached(() => atOnce(() => browser.begin()));
    });
    const last = await browser.begin();
    expect(await store.find(tenant.id, oldest)).toBeNull();
    const { browserHash } = (await store.find(tenant.id, last))!;
    const living = await sql`select from interactions where browser_hash = ${browserHash}`.execute(db.read());
    expect(living.rows).toHaveLength(20);
  });
});
