import { beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const error = (status: number, text: string) => [status, { error: text }];
const message = (status: number, text: string) => [status, { errorMessage: text }];
const FORBIDDEN = error(403, 'HTTP 403 Forbidden');
const NO_REALM = error(404, 'Realm not found.');
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const DONE = [204, undefined];
/** Members that only another API shows. */
const NOT_SHOWN = [
  'enableMtan',
  'adminEmailVerified',
  'adminStatus',
  'settings',
  'userCount',
  'realmCreationStatus',
  'disabledComponents',
  'adminUserCreatedTimestamp',
  'adminUserEnabled',
];

describe('the administration of realms', () => {
  const realm = kobilOfSuite();
  let all: string;
  let count = 0;
  beforeAll(() => {
    all = realm.token(realm.master, ...everyPermission('all').map(formatScope));
  });
  const newRealm = () => realm.world.tenant({ name: `Quay-${++count}`, template: 'realm' });
  const ask = (method: string, path: string, body?: unknown, token = all) =>
    realm.ask(method, `/admin/realms${path}`, { token, ...(body === undefined ? {} : { body }) });
  const read = async (name: string) => (await ask('GET', `/${name}`))[1] as Record<string, unknown>;

  it('shows a realm with 93 members, its attributes as texts', async () => {
    const { name, id } = await newRealm();
    const shown = await read(name);
    expect(shown).toMatchObject({
      id,
      realm: name,
      enabled: true,
      accessTokenLifespan: 1800,
      smtpServer: {},
      attributes: { otpFailureFactor: '1', realmReusableOtpCode: 'false', cibaBackchannelTokenDeliveryMode: 'poll' },
      defaultRole: { name: `default-roles-${name.toLowerCase()}`, composite: true, clientRole: false, containerId: id },
    });
    expect(Object.keys(shown)).toHaveLength(93);
    expect(Object.keys(shown).filter((member) => NOT_SHOWN.includes(member))).toEqual([]);
    expect(shown['attributes']).not.toHaveProperty('shortVerificationUri');
    expect(await read('acme')).not.toHaveProperty('defaultRole');
  });

  it('takes back what it showed, and nothing changes', async () => {
    const { name } = await newRealm();
    const before = await read(name);
    expect(await ask('PUT', `/${name}`, before)).toEqual(DONE);
    expect(await read(name)).toEqual(before);
    const settings = realm.token(realm.master, 'tenant:read:all', 'setting:read:all');
    const [, { data }] = await realm.ask('GET', `/realms/${name}/v3_realm/settings`, { token: settings });
    expect(Object.keys(data)).toHaveLength(60);
  });

  it('has the settings of sign-ins without a password as attributes, which are shown where they are on', async () => {
    const { name } = await newRealm();
    const OWN = ['isPasskeyEnabled', 'offersImageSignIn', 'offersPasskeySignIn'];
    const put = (value: unknown) =>
      ask('PUT', `/${name}`, { attributes: Object.fromEntries(OWN.map((attribute) => [attribute, value])) });
    const shown = async () =>
      Object.entries((await read(name))['attributes'] as object).filter(([attribute]) => OWN.includes(attribute));
    expect(await shown()).toEqual([]);
    expect(await put('true')).toEqual(DONE);
    expect(await shown()).toEqual(OWN.map((attribute) => [attribute, 'true']));
    expect((await realm.world.services.directory.byName(name))!.settings).toMatchObject(
      Object.fromEntries(OWN.map((attribute) => [attribute, true])),
    );
    expect((await put('sometimes'))[0]).toBe(400);
    expect(await put('')).toEqual(DONE);
    expect(await shown()).toEqual([]);
  });

  it('changes what is sent, of whatever kind, and leaves the rest', async () => {
    const { name } = await newRealm();
    const sent = {
      realm: name,
      displayName: 'The quay',
      accessTokenLifespan: 300,
      rememberMe: true,
      verifyEmail: null,
      supportedLocales: ['de', 'en'],
      loginTheme: 'tide',
      passwordPolicy: 'length(12) and notUsername',
      attributes: { otpFailureFactor: '4', berth: '7', frontendUrl: '' },
      browserSecurityHeaders: { xFrameOptions: 'DENY', unknown: 'x' },
      smtpServer: {
        host: 'mail.quay.example',
        port: '2525',
        from: 'id@quay.example',
        auth: 'true',
        user: 'post',
        password: 'ebb-7',
      },
      requiredActions: [{ alias: 'sign-the-log', name: 'Sign the log' }],
      users: [{ username: 'ignored' }],
    };
    expect(await ask('PUT', `/${name}`, sent)).toEqual(DONE);
    const shown = await read(name);
    expect(shown).toMatchObject({
      displayName: 'The quay',
      accessTokenLifespan: 300,
      ssoSessionIdleTimeout: 1800,
      rememberMe: true,
      verifyEmail: false,
      supportedLocales: ['de', 'en'],
      loginTheme: 'tide',
      passwordPolicy: 'length(12) and notUsername',
      attributes: { otpFailureFactor: '4', berth: '7' },
      browserSecurityHeaders: { xFrameOptions: 'DENY' },
      smtpServer: {
        host: 'mail.quay.example',
        port: 2525,
        from: 'id@quay.example',
        auth: true,
        user: 'post',
        password: '**********',
      },
    });
    expect(shown['attributes']).not.toHaveProperty('frontendUrl');
    expect(shown['requiredActions']).toHaveLength(10);
    expect(
      await ask('PUT', `/${name}`, { attributes: { berth: null }, smtpServer: {}, passwordPolicy: 'notUsername' }),
    ).toEqual(DONE);
    const after = await read(name);
    expect(after).toMatchObject({ displayName: 'The quay', smtpServer: {}, passwordPolicy: 'notUsername' });
    expect(after['attributes']).not.toHaveProperty('berth');
    expect(await ask('PUT', `/${name}`, { passwordPolicy: '' })).toEqual(DONE);
    expect(await read(name)).not.toHaveProperty('passwordPolicy');
  });

  it('asks new users for passwords of the length that the policy names', async () => {
    const tenant = await newRealm();
    await ask('PUT', `/${tenant.name}`, { passwordPolicy: 'length(12)' });
    const user = { username: 'ada', credentials: [{ type: 'password', value: 'short' }] };
    expect((await ask('POST', `/${tenant.name}/users`, user))[1]).toMatchObject({
      error: 'invalidPasswordMinLengthMessage',
    });
    expect(await ask('PUT', `/${tenant.name}`, { passwordPolicy: 'length(999)' })).toEqual(
      message(400, 'Could not update realm'),
    );
  });

  it.each([
    ['maxLength(9)', 'ten-lamps-0', 'invalidPasswordMaxLengthMessage'],
    ['digits(1)', 'no-digit', 'invalidPasswordMinDigitsMessage'],
    ['lowerCase(1)', 'NO-LOWER', 'invalidPasswordMinLowerCaseCharsMessage'],
    ['upperCase(1)', 'no-upper', 'invalidPasswordMinUpperCaseCharsMessage'],
    ['specialChars(1)', 'nospecial', 'invalidPasswordMinSpecialCharsMessage'],
    ['notUsername(undefined)', 'ADA', 'invalidPasswordNotUsernameMessage'],
    ['notContainsUsername', 'my-ada-7', 'invalidPasswordNotContainsUsernameMessage'],
    ['notEmail', 'ada@sea.example', 'invalidPasswordNotEmailMessage'],
  ])('asks for what %s means, of new users and of new passwords', async (rule, password, constant) => {
    const { name } = await newRealm();
    expect(await ask('PUT', `/${name}`, { passwordPolicy: `regexPattern(^.*$) and ${rule}` })).toEqual(DONE);
    const { passwordPolicy } = await read(name);
    expect(passwordPolicy).toBe(`${rule.replace('(undefined)', '')} and regexPattern(^.*$)`);
    const ada = { username: 'ada', email: 'ada@sea.example' };
    const value = { type: 'password', value: password };
    expect((await ask('POST', `/${name}/users`, { ...ada, credentials: [value] }))[1]).toMatchObject({
      error: constant,
    });
    expect((await ask('POST', `/${name}/users`, ada))[0]).toBe(201);
    const [, [user]] = await ask('GET', `/${name}/users?username=ada`);
    expect((await ask('PUT', `/${name}/users/${user.id}/reset-password`, value))[1]).toMatchObject({ error: constant });
    expect(await ask('PUT', `/${name}`, { passwordPolicy: '' })).toEqual(DONE);
    expect(await ask('PUT', `/${name}/users/${user.id}/reset-password`, value)).toEqual(DONE);
  });

  it('asks for passwords that match each regexPattern as a whole, and shows them as they were sent', async () => {
    const { name } = await newRealm();
    const policy = 'regexPattern(^[a-z(){}-]+$) and regexPattern(.*-.*)';
    expect(await ask('PUT', `/${name}`, { passwordPolicy: policy })).toEqual(DONE);
    expect((await read(name))['passwordPolicy']).toBe(policy);
    const add = (username: string, value: string) =>
      ask('POST', `/${name}/users`, { username, credentials: [{ type: 'password', value }] });
    for (const value of ['Ebb-tide', 'ebbtide', 'ebb-tide!'])
      expect(await add('ada', value)).toEqual([
        400,
        {
          error: 'invalidPasswordRegexPatternMessage',
          error_description: expect.stringMatching(/^Invalid password: /),
        },
      ]);
    expect((await add('ada', 'ebb-(tide)'))[0]).toBe(201);
  });

  it.each([
    ['regexPattern((?=.*[A-Z]).*)', 'Of groups that begin with "(?" only "(?:" is known.'],
    ['regexPattern((a)', 'A "(" has no end.'],
    ['regexPattern(a{9999})', 'The expression is too large.'],
    ['regexPattern', 'An expression is not blank and has no control characters.'],
    ['regexPattern()', 'An expression is not blank and has no control characters.'],
    ['regexPattern(ebb and tide)', 'An expression is not blank and has no control characters.'],
  ])('refuses %s, because it is not known or could take too long', async (rule, reason) => {
    const { name } = await newRealm();
    const refusal = message(400, `Specified regex pattern(s) is invalid. ${reason}`);
    const sent = { passwordPolicy: `digits(1) and ${rule}` };
    expect(await ask('PUT', `/${name}`, sent)).toEqual(refusal);
    expect(await read(name)).not.toHaveProperty('passwordPolicy');
    expect(await ask('POST', '', { realm: `Quay-${++count}`, ...sent })).toEqual(refusal);
  });

  it('refuses common passwords of any length for passwordBlacklist, whose file it shows as long as the rule acts', async () => {
    const { name } = await newRealm();
    const policyAfter = async (passwordPolicy: string) => {
      expect(await ask('PUT', `/${name}`, { passwordPolicy })).toEqual(DONE);
      return (await read(name))['passwordPolicy'];
    };
    const add = (value: string) =>
      ask('POST', `/${name}/users`, { username: 'ada', credentials: [{ type: 'password', value }] });
    expect(await policyAfter('passwordBlacklist(10k.txt) and digits(1)')).toBe(
      'digits(1) and passwordBlacklist(10k.txt)',
    );
    expect(await add('Password1')).toMatchObject([400, { error: 'invalidPasswordBlacklistedMessage' }]);
    const system = realm.world.system((await realm.world.services.directory.byName(name))!);
    const set = (isNotCommon: boolean) =>
      realm.world.services.tenants.updateSettings(system, { passwordRules: { isNotCommon } });
    await set(false);
    expect((await read(name))['passwordPolicy']).toBe('digits(1)');
    expect(await policyAfter('passwordBlacklist')).toBe('passwordBlacklist');
    await set(true);
    expect((await read(name))['passwordPolicy']).toBe('passwordBlacklist(common-passwords.txt) and passwordBlacklist');
    expect(await policyAfter('length(4)')).toBe('length(4)');
    expect(await policyAfter('digits(1)')).toBe('digits(1)');
    expect((await add('Password1'))[0]).toBe(201);
  });

  it('refuses passwords that the user has had, as many as passwordHistory names, the present one included', async () => {
    const { name } = await newRealm();
    expect(await ask('PUT', `/${name}`, { passwordPolicy: 'passwordHistory(2)' })).toEqual(DONE);
    expect((await read(name))['passwordPolicy']).toBe('passwordHistory(2)');
    await ask('POST', `/${name}/users`, { username: 'ada', credentials: [{ type: 'password', value: 'first-otter' }] });
    const [, [user]] = await ask('GET', `/${name}/users?username=ada`);
    const reset = (value: string) =>
      ask('PUT', `/${name}/users/${user.id}/reset-password`, { type: 'password', value });
    const refused = [400, { error: 'invalidPasswordHistoryMessage', error_description: expect.any(String) }];
    expect(await reset('first-otter')).toMatchObject(refused);
    expect(await reset('second-otter')).toEqual(DONE);
    expect(await reset('first-otter')).toMatchObject(refused);
    expect(await reset('third-otter')).toEqual(DONE);
    expect(await reset('second-otter')).toMatchObject(refused);
    expect(await reset('first-otter')).toEqual(DONE);
  });

  it('keeps rules that do not act as they were written, and reads numbers alone as numbers', async () => {
    const { name } = await newRealm();
    const policyAfter = async (passwordPolicy: string) => {
      await ask('PUT', `/${name}`, { passwordPolicy });
      return (await read(name))['passwordPolicy'];
    };
    expect(await policyAfter('digits(x) and length and  hashIterations(3) and and')).toBe(
      'digits(x) and length and hashIterations(3) and and',
    );
    expect(await policyAfter('notUsername(3) and digits(0) and constructor(1)')).toBe(
      'notUsername(3) and constructor(1)',
    );
    expect(await policyAfter('digits(2) and length(8) and digits(5)')).toBe('length(8) and digits(2)');
  });

  it('shows no rule that acts elsewhere and not here, because another program wrote it as a setting', async () => {
    const { name } = await newRealm();
    const passwordPolicy =
      'length(8) and regexPattern(a) and forceExpiredPasswordChange(3) and passwordBlacklist(x) and age(3)';
    const [status] = await realm.ask('POST', `/realms/${name}/v3_realm/settings`, {
      token: all,
      body: { passwordPolicy },
    });
    expect([status, (await read(name))['passwordPolicy']]).toEqual([200, 'age(3)']);
  });

  it('does not take a mail server without authentication with its user', async () => {
    const { name } = await newRealm();
    await ask('PUT', `/${name}`, {
      smtpServer: { host: 'mail.quay.example', from: 'id@quay.example', auth: false, user: 'post', password: 'x' },
    });
    const { smtpServer } = await read(name);
    expect(smtpServer).toMatchObject({ auth: false, user: null });
    expect(smtpServer).not.toHaveProperty('password');
  });

  it('refuses other names, values that a member cannot have, and what cannot be stored', async () => {
    const { name } = await newRealm();
    expect(await ask('PUT', `/${name}`, { realm: 'other' })).toEqual(message(400, 'Realm name cannot be changed'));
    for (const body of [
      { enabled: 'perhaps' },
      { accessTokenLifespan: 'long' },
      { accessTokenLifespan: { seconds: 1 } },
      { attributes: { otpFailureFactor: 'x' } },
      { attributes: [] },
      { smtpServer: { host: 'mail.quay.example' } },
      { requiredActions: [{}] },
      [],
      null,
    ])
      expect([body, await ask('PUT', `/${name}`, body)]).toEqual([body, WRONG_SHAPE]);
    for (const body of [
      { accessTokenLifespan: -5 },
      { duplicateEmailsAllowed: true },
      { attributes: { wide: 'x'.repeat(40_000) } },
    ])
      expect((await ask('PUT', `/${name}`, body))[1]).toEqual({ errorMessage: 'Could not update realm' });
    expect(await read(name)).toMatchObject({ enabled: true, accessTokenLifespan: 1800 });
  });

  it('makes realms, disabled unless something else is sent, for callers whose rights reach all', async () => {
    const name = `Quay-${++count}`;
    const { status, headers, json } = await realm.rest.ask('POST', '/auth/admin/realms', {
      token: all,
      body: { realm: name, id: 'x', displayName: 'Wide', rememberMe: true, attributes: { berth: '9' } },
    });
    expect([status, json]).toEqual([201, undefined]);
    expect(headers['location']).toMatch(new RegExp(`/auth/admin/realms/${name}$`));
    expect(await read(name)).toMatchObject({
      realm: name,
      displayName: 'Wide',
      enabled: false,
      rememberMe: true,
      attributes: { berth: '9' },
    });
    expect(await ask('POST', '', { realm: name.toLowerCase() })).toEqual(
      message(409, `Realm ${name.toLowerCase()} already exists`),
    );
    for (const body of [{}, { realm: '' }, { realm: null }])
      expect(await ask('POST', '', body)).toEqual(message(400, 'Realm name cannot be empty'));
    expect(await ask('POST', '', { realm: 'a b' })).toEqual(message(400, 'Realm name is invalid'));
    expect(await ask('POST', '', { realm: 'admin' })).toEqual(message(400, 'Realm name is reserved'));
    expect(await ask('POST', '', { realm: 'fine', accessTokenLifespan: -1 })).toEqual(
      message(400, 'Could not create realm'),
    );
    expect(await ask('POST', '', { realm: 7 })).toEqual(WRONG_SHAPE);
    const own = realm.token(realm.master, ...everyPermission('tenant').map(formatScope));
    expect(await ask('POST', '', { realm: 'fine' }, own)).toEqual(FORBIDDEN);
    expect((await realm.ask('POST', '/admin/realms', { body: { realm: 'fine' } }))[0]).toBe(401);
    expect(await ask('GET', '/fine')).toEqual(NO_REALM);
  });

  it('deletes realms, and neither deletes nor disables master', async () => {
    const { name } = await newRealm();
    const own = realm.token(realm.acme, ...everyPermission('tenant').map(formatScope));
    expect(await ask('DELETE', '/acme', undefined, own)).toEqual(FORBIDDEN);
    expect(await ask('DELETE', `/${name}`)).toEqual(DONE);
    expect(await ask('GET', `/${name}`)).toEqual(NO_REALM);
    expect(await ask('DELETE', '/master')).toEqual(message(400, "Can't remove master realm"));
    expect(await ask('PUT', '/master', { enabled: false })).toEqual(message(400, "Can't disable master realm"));
  });

  it('lists the realm of the caller, or all where the rights reach all; briefly too', async () => {
    const { name, id } = await newRealm();
    const names = async (token: string) =>
      ((await ask('GET', '', undefined, token))[1] as { realm: string }[]).map((one) => one.realm);
    const listed = await names(all);
    expect(listed).toEqual(expect.arrayContaining(['acme', 'master', name]));
    const own = realm.token(realm.acme, 'tenant:read', 'setting:read');
    expect(await names(own)).toEqual(['acme']);
    const [, brief] = await ask('GET', '?briefRepresentation=true');
    expect(brief).toContainEqual({ id, realm: name, enabled: true });
    const [, whole] = await ask('GET', '');
    expect((whole as { realm: string }[]).find((one) => one.realm === name)).toMatchObject({
      accessTokenLifespan: 1800,
    });
    expect(await ask('GET', '', undefined, realm.token(realm.acme, 'user:read'))).toEqual(FORBIDDEN);
    expect((await ask('GET', '?briefRepresentation=perhaps'))[0]).toBe(400);
  });
});
