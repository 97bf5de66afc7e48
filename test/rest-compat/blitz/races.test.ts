import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { openPostgresDatabase } from '../../support/postgres.ts';
import type { Answer } from '../../support/rest.ts';
import { totpCode, wrongTotpCode } from '../../support/totp.ts';

/** Requests sent at the same time; with several connections in the pool some of them overlap. */
const AT_ONCE = 8;
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** On a PostgreSQL server, because on the single connection of the embedded database nothing overlaps. */
describe('Blitz: concurrent requests', { timeout: 120_000 }, () => {
  const blitz = blitzOfSuite(async () => [await openPostgresDatabase(undefined, AT_ONCE)]);
  let system: string;
  let anna: User;
  let count = 0;
  beforeAll(async () => {
    await blitz.world.services.eventEngine.start();
    system = await (await blitz.allPowerful()).app();
  });
  afterAll(async () => {
    await blitz.world.services.eventEngine.stop();
  });
  beforeEach(async () => {
    anna = await blitz.account();
    count += 1;
  });

  const path = (rest: string, { id }: Pick<User, 'id'> = anna) => `/blitz/api/v3/users/${id}${rest}`;
  const ask = (method: string, at: string, body?: unknown, token = system) =>
    blitz.rest.ask(method, at, { token, headers: END_USER, ...(body === undefined ? {} : { body }) });
  const together = (work: (at: number) => Promise<Answer>, times = AT_ONCE) =>
    Promise.all(Array.from({ length: times }, (_, at) => work(at)));
  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();
  /** Expects this number of successes, and the same refusal for all others. */
  const once = (answers: readonly Answer[], success: number, refusal: readonly [status: number, error: string]) => {
    const refused = answers.filter(({ status }) => status !== success);
    expect(answers.length - refused.length).toBe(1);
    for (const { status, json } of refused) expect([status, json.errors?.[0].error ?? json.error]).toEqual(refusal);
  };
  const eventsOf = async (id: string, type: string) =>
    (await blitz.world.events(blitz.tenant)).filter((event) => event.subject_id === id && event.type === type);
  const codeSentTo = async (to: string) => {
    const { mails, texts } = await blitz.world.outbox();
    return /\d{6}/.exec([...mails, ...texts].find((one) => one.to === to)!.text)![0];
  };

  it('attach a code app once with one secret and code', async () => {
    const body = { base32Secret: SECRET, otpCode: totpCode(SECRET, blitz.world.clock.now()) };
    once(await together(() => ask('POST', path('/totps/attach/qr'), body)), 204, [400, 'already_exists']);
    expect((await ask('GET', path('/totps'))).json).toHaveLength(1);
    expect(await eventsOf(anna.id, 'credential.added')).toHaveLength(1);
  });

  it('detach a code app once', async () => {
    const body = { base32Secret: SECRET, otpCode: totpCode(SECRET, blitz.world.clock.now()) };
    await ask('POST', path('/totps/attach/qr'), body);
    const [{ id }] = (await ask('GET', path('/totps'))).json;
    once(await together(() => ask('DELETE', path(`/totps/${id}`))), 204, [404, 'not_found']);
    expect(await eventsOf(anna.id, 'credential.removed')).toHaveLength(1);
  });

  it('check no more wrong codes than the limit allows', async () => {
    const { accountLimit } = (await blitz.world.services.directory.byId(blitz.tenant.id))!.settings.lockout;
    const wrong = { base32Secret: SECRET, otpCode: wrongTotpCode(SECRET, blitz.world.clock.now()) };
    await together(() => ask('POST', path('/totps/attach/qr'), wrong), accountLimit + AT_ONCE);
    const right = { ...wrong, otpCode: totpCode(SECRET, blitz.world.clock.now()) };
    expect((await ask('POST', path('/totps/attach/qr'), right)).json.error).toBe('wrong_otp_code');
  });

  it('register an address, a login or an id for only one account', async () => {
    const attrs = [
      { email: { value: `race.${count}@example.com` } },
      { login: `race-${count}` },
      { sub: `r-${count}` },
    ];
    for (const one of attrs) {
      const answers = await together(() => ask('PUT', '/blitz/reg/api/v3/users', { user: { attrs: one } }));
      once(answers, 200, [400, 'already_exists']);
    }
  });

  it('give an app instance to only one account', async () => {
    const { clientId } = await blitz.world.newAppInstance(blitz.tenant);
    const actions = [{ type: 'bindDynClient', client_id: clientId }];
    const answers = await together(() => ask('PUT', '/blitz/reg/api/v3/users', { user: { attrs: {} }, actions }));
    once(answers, 200, [400, 'wrong_value']);
    const { subject } = answers.find(({ status }) => status === 200)!.json;
    expect((await ask('GET', path('/apps', { id: subject }))).json).toHaveLength(1);
    once(await together(() => ask('DELETE', path(`/apps/${clientId}`, { id: subject }))), 204, [404, 'not_found']);
  });

  describe('a continued registration', () => {
    let context: string;
    let code: string;
    beforeEach(async () => {
      const email = `continued.${count}@example.com`;
      const attrs = { email: { value: email }, phone_number: { value: `7999${1_000_000 + count}` } };
      context = (await ask('PUT', '/blitz/reg/api/v3/users', { user: { attrs } })).json.context;
      code = await codeSentTo(email);
    });
    const proceed = (value: string) =>
      ask('POST', `/blitz/reg/api/v3/users/${context}`, { instruction: 'confirm_email', value });

    it('accepts a right code once', async () => {
      const answers = await together(() => proceed(code), 4);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      // A later request finds the step done or, while it is being done, no registration.
      for (const { status } of answers) expect([200, 400, 404]).toContain(status);
      expect(
        await eventsOf(answers.find(({ status }) => status === 200)!.json.subject, 'user.email_verified'),
      ).toHaveLength(1);
    });

    it('accepts at most five wrong codes', async () => {
      const answers = await together(() => proceed(code === '000000' ? '111111' : '000000'), 12);
      expect(answers.filter(({ json }) => json.error === 'wrong_otp_code').length).toBeLessThanOrEqual(5);
      expect((await proceed(code)).status).toBe(404);
    });
  });

  it('confirm or refuse a QR code once, by one user', async () => {
    const powerful = await blitz.allPowerful();
    const tokens = [await powerful.user(anna), await powerful.user(await blitz.account())];
    const origin = { ip: '198.51.100.20', userAgent: null };
    const { code, ticket } = await blitz.world.services.qrSignIn.begin(blitz.tenant, { clientId: 'portal', origin });
    const decide = (at: number) => {
      const decision = at % 3 === 0 ? 'refuse' : 'confirm';
      return ask('POST', `/blitz/api/v3/auth/qr/${code}/${decision}`, undefined, tokens[at % 2]!);
    };
    const answers = await together(decide);
    once(answers, 204, [400, 'qr_code_used']);
    const result = await blitz.world.services.qrSignIn.result(blitz.tenant, ticket);
    const isRefused = answers.findIndex(({ status }) => status === 204) % 3 === 0;
    expect(result.outcome).toBe(isRefused ? 'refused' : 'confirmed');
    const types = (await blitz.world.eventTypes(blitz.tenant)).filter((type) => type.startsWith('qr_sign_in.'));
    expect(types).toEqual([`qr_sign_in.${result.outcome}`]);
  });

  it('keep the properties and attributes of all changes', async () => {
    const names = Array.from({ length: AT_ONCE }, (_, at) => `name${at}`);
    await together((at) => ask('POST', path('/props'), { add: { [names[at]!]: at } }));
    await together((at) => ask('POST', path(''), { [names[at]!]: at }));
    expect(Object.keys((await ask('GET', path('/props'))).json).sort()).toEqual(names);
    const shown = (await ask('GET', path(''))).json;
    expect(names.map((name) => shown[name])).toEqual(names.map((_, at) => at));
  });

  it('keep the authentication modes of all changes', async () => {
    const bodies = [{ needPasswordChange: true }, { methodsLocked: ['password'] }, {}];
    expect(new Set(statuses(await together((at) => ask('POST', path('/auth'), bodies[at % 3]))))).toEqual(
      new Set([200]),
    );
    expect((await ask('GET', path('/auth'))).json).toEqual({ needPasswordChange: true, methodsLocked: ['password'] });
    expect(await eventsOf(anna.id, 'auth_mode.locked_methods_changed')).toHaveLength(1);
  });

  it('set a security question with its matching answer', async () => {
    const set = (at: number) => ask('POST', path('/secQsn'), { question: `Question ${at}?`, answer: `Answer ${at}` });
    expect(new Set(statuses(await together(set)))).toEqual(new Set([204]));
    const { question } = (await ask('GET', path('/secQsn'))).json;
    const at = /\d+/.exec(question)![0];
    expect((await ask('POST', path('/secQsn/check'), { question, answer: `Answer ${at}` })).status).toBe(204);
    once(await together(() => ask('DELETE', path('/secQsn'))), 204, [404, 'not_found']);
  });

  it('link an external account to only one account', async () => {
    const { name } = await blitz.world.newProvider(blitz.tenant);
    const users = await Promise.all(Array.from({ length: AT_ONCE }, () => blitz.account()));
    once(await together((at) => ask('POST', path(`/fa/vk/${name}/1`, users[at]!))), 204, [400, 'already_bound']);
  });

  it('make a group id only once', async () => {
    const body = { profile: 'orgs', id: `race-${count}`, name: 'Race' };
    once(await together(() => ask('POST', '/blitz/api/v2/grps', body)), 200, [400, 'already_exists']);
  });

  it('grant and revoke rights in any order without a deadlock', async () => {
    const boris = await blitz.account();
    const pairs = [
      { subject: anna.id, object: boris.id, rights: ['a', 'b'] },
      { subject: boris.id, object: anna.id, rights: ['b', 'a'] },
      { subject: 'its|portal', object: anna.id, rights: ['a'] },
    ];
    const change = (at: number) =>
      ask(at % 2 === 0 ? 'PUT' : 'DELETE', '/blitz/api/v3/rights', at % 4 < 2 ? pairs : [...pairs].reverse());
    for (let round = 0; round < 3; round++)
      expect(new Set(statuses(await together(change, 2 * AT_ONCE)))).toEqual(new Set([204]));
    const held = (await ask('GET', `/blitz/api/v3/rights/of/${anna.id}`)).json;
    expect([{}, { [boris.id]: { a: ['set_from_api'], b: ['set_from_api'] } }]).toContainEqual(held);
    const events = (await blitz.world.events(blitz.tenant)).filter(({ type, params }) => {
      return type.startsWith('right.') && params['subject'] === anna.id && params['right'] === 'a';
    });
    // Every change records one event, so they alternate.
    expect(events.map(({ type }) => type)).toEqual(
      events.map((_, at) => (at % 2 === 0 ? 'right.granted' : 'right.revoked')),
    );
  });

  it('delete an account and all its data while other requests change it', async () => {
    const { name } = await blitz.world.newProvider(blitz.tenant);
    await ask('POST', '/blitz/api/v2/grps', { profile: 'orgs', id: 'deletion', name: 'Deletion' });
    for (let round = 0; round < 4; round++) {
      anna = await blitz.account();
      const otpCode = totpCode(SECRET, blitz.world.clock.now());
      const right = { subject: anna.id, object: 'its|portal', rights: ['r'] };
      const changes: (() => Promise<Answer>)[] = [
        () => ask('POST', path(''), { family_name: 'X' }),
        () => ask('POST', path('/props'), { add: { a: 1 } }),
        () => ask('POST', path('/auth'), { needPasswordChange: true }),
        () => ask('POST', path('/state'), { name: 'untouchable' }),
        () => ask('POST', path('/totps/attach/qr'), { base32Secret: SECRET, otpCode }),
        () => ask('POST', path('/secQsn'), { question: 'Q?', answer: 'A' }),
        () => ask('POST', path('/pswd'), { password: 'a-new-password-for-anna' }),
        () => ask('POST', path('/sessions/reset')),
        () => ask('POST', path(`/fa/vk/${name}/x`)),
        () => ask('PUT', '/blitz/api/v3/rights', right),
        () => ask('POST', '/blitz/api/v2/grps/deletion/members/add', [anna.id]),
      ];
      const deletion = () => ask('DELETE', path(''));
      changes.splice(round * 3, 0, deletion);
      const answers = await Promise.all([...changes, deletion].map((work) => work()));
      for (const { status } of answers) expect([200, 204, 400, 404]).toContain(status);
      expect((await ask('GET', path(''))).json.error).toBe('no_subject_found');
      expect((await ask('GET', '/blitz/api/v2/grps/deletion/members')).json).toEqual([]);
      expect((await ask('GET', '/blitz/api/v3/rights/on/its/portal')).json).toEqual({});
    }
  });

  it('revoke a permission, forget a device and change a password once', async () => {
    const { client } = await blitz.world.newClient(blitz.tenant);
    await blitz.world.consent(blitz.tenant, anna.id, client, ['openid']);
    const acl = path(`/acls/${anna.id}_${client.clientId}`);
    once(await together(() => ask('DELETE', acl)), 204, [404, 'not_found']);
    const device = { userId: anna.id, deviceId: 'SHA256_x' };
    await blitz.world.services.devices.seen(blitz.world.system(blitz.tenant), device);
    once(await together(() => ask('DELETE', path('/uas/SHA256_x'))), 204, [404, 'not_found']);
    const token = await (await blitz.allPowerful()).user(anna);
    const body = { current: 'three-wombats-at-dawn', password: 'a-new-password-for-anna' };
    const answers = await together(() => ask('POST', path('/pswd'), body, token));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    for (const { status } of answers) expect([204, 400, 401]).toContain(status);
    expect(await eventsOf(anna.id, 'password.changed')).toHaveLength(1);
  });
});
