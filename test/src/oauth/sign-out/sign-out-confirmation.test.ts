import { beforeEach, describe, expect, it } from 'vitest';
import { mintHandle } from '../../../../src/crypto/index.ts';
import { CookieJar } from '../../../support/cookie-jar.ts';
import { refusalOf as refusalOfToken } from '../../../support/oauth.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { RETURN, type SignedIn, signingOutOfSuite } from '../../../support/signing-out.ts';

describe('the confirmation of a sign-out', () => {
  const suite = signingOutOfSuite();
  let anna: SignedIn;
  beforeEach(async () => {
    anna = await suite.signIn();
  });

  const find = (jar: CookieJar, handle: string, tenant = suite.tenant) =>
    jar.use((browser) => suite.world.services.oauth.signOut.find(suite.authority(tenant), browser, handle));
  const named = () => ({ client_id: suite.client.clientId, post_logout_redirect_uri: RETURN, state: 's' });
  const returned = { kind: 'redirect', redirectTo: `${RETURN}?state=s` };
  const signedOut = { kind: 'signed-out', client: null };
  const refusals = async () =>
    (await suite.world.events(suite.tenant))
      .filter(({ type }) => type === 'sign_out.refused')
      .map(({ reason }) => reason);

  it('shows who is signed in and which application asks', async () => {
    const handle = await suite.ask(anna.jar, named());
    expect(await find(anna.jar, handle)).toMatchObject({
      handle,
      user: { id: anna.user.id },
      client: { client: { clientId: suite.client.clientId } },
    });
    expect((await find(anna.jar, await suite.ask(anna.jar))).client).toBeNull();
  });

  it('ends the session with its tokens, deletes the cookie and returns to the application', async () => {
    const handle = await suite.ask(anna.jar, named());
    expect(await suite.confirm(anna.jar, handle)).toEqual(returned);
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
    expect(await refusalOfToken(suite.world, anna.issued.accessToken)).not.toBeNull();
    expect(await anna.jar.get('session', suite.tenant)).toBeNull();
  });

  it('returns nowhere when no application was named', async () => {
    const handle = await suite.ask(anna.jar, { post_logout_redirect_uri: RETURN, state: 's' });
    expect(await suite.confirm(anna.jar, handle)).toEqual(signedOut);
  });

  it('keeps the user signed in who declines', async () => {
    const handle = await suite.ask(anna.jar, named());
    const answer = await suite.confirm(anna.jar, handle, false);
    expect(answer).toMatchObject({ kind: 'declined', client: { client: { clientId: suite.client.clientId } } });
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    expect(await anna.jar.get('session', suite.tenant)).not.toBeNull();
    expect(await refusalOf(suite.confirm(anna.jar, handle))).toBe('SIGN_OUT_NOT_FOUND');
  });

  it('works once, also for two answers at the same moment', async () => {
    const handle = await suite.ask(anna.jar);
    const outcomes = await Promise.all([1, 2, 3].map(() => refusalOf(suite.confirm(anna.jar, handle))));
    expect(outcomes.toSorted()).toEqual(['SIGN_OUT_NOT_FOUND', 'SIGN_OUT_NOT_FOUND', null].toSorted());
    expect(await refusalOf(find(anna.jar, handle))).toBe('SIGN_OUT_NOT_FOUND');
  });

  it('works for 10 minutes', async () => {
    const handles = [await suite.ask(anna.jar), await suite.ask(anna.jar)] as const;
    suite.world.clock.advance(599);
    expect(await suite.confirm(anna.jar, handles[0], false)).toMatchObject({ kind: 'declined' });
    suite.world.clock.advance(1);
    expect(await refusalOf(find(anna.jar, handles[1]))).toBe('SIGN_OUT_NOT_FOUND');
    expect(await refusalOf(suite.confirm(anna.jar, handles[1]))).toBe('SIGN_OUT_NOT_FOUND');
  });

  it('belongs to one browser, even one with the session of the same user, and stays valid there', async () => {
    const handle = await suite.ask(anna.jar);
    const mallory = await suite.signIn();
    const stolen = new CookieJar();
    await stolen.set('session', suite.tenant, (await anna.jar.get('session', suite.tenant))!);
    for (const jar of [mallory.jar, stolen, new CookieJar()]) {
      expect(await refusalOf(find(jar, handle))).toBe('SIGN_OUT_NOT_FOUND');
      expect(await refusalOf(suite.confirm(jar, handle))).toBe('SIGN_OUT_NOT_FOUND');
    }
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    expect(await suite.isAlive(mallory.sessionId)).toBe(true);
    expect(await refusals()).toEqual(Array(6).fill('SIGN_OUT_NOT_FOUND'));
    expect(await suite.confirm(anna.jar, handle)).toEqual(signedOut);
  });

  it('belongs to one tenant', async () => {
    const globex = await suite.world.tenant();
    const handle = await suite.ask(anna.jar);
    await anna.jar.set('binding', globex, (await anna.jar.get('binding', suite.tenant))!);
    expect(await refusalOf(find(anna.jar, handle, globex))).toBe('SIGN_OUT_NOT_FOUND');
    expect(await refusalOf(suite.confirm(anna.jar, handle, true, globex))).toBe('SIGN_OUT_NOT_FOUND');
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a short text', "' or 1=1"],
    ['a NUL', '\0'],
    ['a long text', 'x'.repeat(16_000)],
  ])('is not found by %s', async (_case, handle) => {
    expect(await refusalOf(suite.confirm(anna.jar, handle))).toBe('SIGN_OUT_NOT_FOUND');
  });

  it('is not a code of another kind', async () => {
    await suite.ask(anna.jar);
    const code = mintHandle(suite.tenant.route);
    const expiresAt = new Date(suite.world.clock.now().getTime() + 60_000);
    await suite.world.stores.oneTimeCodes.put(suite.tenant, { kind: 'authorization-code', code, expiresAt });
    expect(await refusalOf(suite.confirm(anna.jar, code))).toBe('SIGN_OUT_NOT_FOUND');
  });

  it('asks the user who has signed in in the browser meanwhile', async () => {
    const handle = await suite.ask(anna.jar, named());
    const bert = await suite.signIn({ jar: anna.jar });
    const again = await suite.confirm(anna.jar, handle);
    expect(again).toMatchObject({ kind: 'confirmation' });
    expect(await suite.isAlive(bert.sessionId)).toBe(true);
    const { handle: next } = again as { readonly handle: string };
    expect((await find(anna.jar, next)).user?.id).toBe(bert.user.id);
    expect(await suite.confirm(anna.jar, next)).toEqual(returned);
    expect(await suite.isAlive(bert.sessionId)).toBe(false);
  });

  it('shows and ends nothing more when nobody is signed in any more', async () => {
    const handle = await suite.ask(anna.jar, named());
    await suite.world.services.sessions.revoke(suite.world.system(suite.tenant), anna.sessionId);
    expect((await find(anna.jar, handle)).user).toBeNull();
    expect(await suite.confirm(anna.jar, handle)).toEqual(returned);
  });

  it('returns nowhere when the application has withdrawn the address, or was disabled, meanwhile', async () => {
    const { clients } = suite.world.services;
    for (const change of [{ postLogoutRedirects: [] }, { enabled: false }]) {
      const client = await suite.newClient();
      const bert = await suite.signIn();
      const handle = await suite.ask(bert.jar, { ...named(), client_id: client.clientId });
      await clients.update(suite.world.system(suite.tenant), client.uuid, change);
      expect(await suite.confirm(bert.jar, handle)).toMatchObject({ kind: 'signed-out' });
    }
  });

  it('exists five times for a user at most: the oldest goes', async () => {
    const handles: string[] = [];
    for (let count = 0; count < 8; count += 1) {
      handles.push(await suite.ask(anna.jar));
      suite.world.clock.advance(1);
    }
    const found = await Promise.all(handles.map((handle) => refusalOf(find(anna.jar, handle))));
    expect(found).toEqual([...Array(3).fill('SIGN_OUT_NOT_FOUND'), ...Array(5).fill(null)]);
    const other = await suite.signIn();
    await suite.ask(other.jar);
    expect(await refusalOf(find(anna.jar, handles[3]!))).toBeNull();
  });

  it('is kept as a hash, without the values of cookies', async () => {
    const handle = await suite.ask(anna.jar, named());
    const rows = await suite.world.db.orm.em.fork().getConnection().execute('select * from one_time_codes');
    const text = JSON.stringify(rows);
    const cookies = [await anna.jar.get('binding', suite.tenant), await anna.jar.get('session', suite.tenant)];
    for (const secret of [handle, ...cookies]) expect(text).not.toContain(secret);
  });
});
