import { beforeEach, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const FORBIDDEN = [403, { detail: 'Not enough permissions' }];
const UNAUTHENTICATED = [401, { detail: 'Not authenticated' }];

const DEFAULTS = {
  display_name: '',
  register_enable: false,
  is_2fa: false,
  use_pin: true,
  pin_size: 6,
  use_pattern: true,
  patter_size: 3,
  use_face_recognition: false,
  use_liveness: false,
  show_pin_when_typing: true,
  block_config: {
    ip_attempts_limit: 20,
    ip_reset_time: 3600,
    initial_block_time: 60,
    user_attempts_limit: 5,
    user_timeframe: 900,
    max_block_time: 86_400,
  },
  login_order: ['PIN', 'PATTERN'],
  passkey_enabled: false,
  has_username_and_email: true,
  liveness_config: null,
};

const LIVENESS = {
  gestures: ['BLINK', 'TURN_LEFT', 'OPEN_MOUTH'],
  gestures_count: 3,
  gesture_timeout: 20,
  max_attempts: 4,
  face_match_threshold: 0.75,
};

describe('tenants of Secrets Vault', () => {
  const vault = kobilOfSuite();
  let count = 0;
  let name: string;
  let root: string;

  beforeEach(() => {
    name = `harbour-${++count}`;
    root = vault.token(
      vault.master,
      ...['tenant:create:all', 'tenant:read:all', 'tenant:write:all', 'tenant:delete:all'],
      ...['setting:read:all', 'setting:write:all'],
    );
  });

  const ask = (method: string, path: string, body?: unknown, token = root) =>
    vault.ask(method, `/api/tenants${path}`, { token, ...(body === undefined ? {} : { body }) });
  const create = (members: object = {}) => ask('POST', '', { tenant_id: name, ...members });
  /** Members that are refused with 422, without positions in lists. */
  const refused = async (answer: Promise<[number, { detail: { loc: unknown[] }[] }]>) => {
    const [status, { detail }] = await answer;
    expect(status).toBe(422);
    return detail.map(({ loc }) => loc.join('.').replace(/\.\d+$/, ''));
  };

  it('TEN-2: are made with the defaults of the service, once', async () => {
    expect(await create()).toEqual([201, { tenant_id: name, ...DEFAULTS }]);
    expect((await create())[0]).toBe(409);
    expect(
      await vault.world.services.tenants.find((await vault.world.services.directory.byName(name))!.id),
    ).toMatchObject({ template: 'image' });
    const { settings } = (await vault.world.services.directory.byName(name))!;
    expect(settings).toMatchObject({ offersImageSignIn: true, offersPasskeySignIn: false });
  });

  it('TEN-2, TEN-7: have all members that are sent', async () => {
    const members = {
      display_name: 'Harbour',
      register_enable: true,
      is_2fa: true,
      use_pin: false,
      pin_size: 3,
      use_pattern: false,
      patter_size: 4,
      use_face_recognition: true,
      use_liveness: true,
      show_pin_when_typing: false,
      block_config: { ...DEFAULTS.block_config, ip_attempts_limit: 7, max_block_time: 61 },
      login_order: ['PATTERN'],
      passkey_enabled: true,
      has_username_and_email: false,
      liveness_config: LIVENESS,
    };
    const shown = { tenant_id: name, ...members };
    expect(await create({ ...members, unknown: 1 })).toEqual([201, shown]);
    expect(await ask('GET', `/${name}`)).toEqual([200, shown]);
  });

  it('TEN-2: have defaults inside what is sent', async () => {
    const [, shown] = await create({ block_config: { user_attempts_limit: 9 }, liveness_config: {} });
    expect(shown.block_config).toEqual({ ...DEFAULTS.block_config, user_attempts_limit: 9 });
    expect(shown.liveness_config).toEqual({
      gestures: ['BLINK', 'SMILE', 'TURN_LEFT', 'TURN_RIGHT', 'NOD', 'OPEN_MOUTH'],
      gestures_count: 2,
      gesture_timeout: 10,
      max_attempts: 3,
      face_match_threshold: 0.6,
    });
  });

  it.each<[string, object]>([
    ['body.tenant_id', { tenant_id: 'Harbour' }],
    ['body.tenant_id', { tenant_id: 'h' }],
    ['body.tenant_id', { tenant_id: 'admin' }],
    ['body.tenant_id', { tenant_id: 7 }],
    ['body.pin_size', { pin_size: 2 }],
    ['body.pin_size', { pin_size: 7 }],
    ['body.patter_size', { patter_size: 5 }],
    ['body.use_liveness', { use_liveness: true }],
    ['body.login_order', { login_order: ['PIN', 'PIN'] }],
    ['body.login_order', { login_order: ['FACE'] }],
    ['body.login_order', { login_order: ['FACE', 'FACE', 'FACE'] }],
    [
      'body.liveness_config.gestures',
      { liveness_config: { gestures: ['WAVE', 'WAVE', 'WAVE', 'WAVE', 'WAVE', 'WAVE', 'WAVE'] } },
    ],
    ['body.display_name', { display_name: 'd'.repeat(256) }],
    ['body.block_config.max_block_time', { block_config: { max_block_time: 59 } }],
    ['body.block_config.ip_attempts_limit', { block_config: { ip_attempts_limit: 0 } }],
    ['body.liveness_config.gestures_count', { liveness_config: { ...LIVENESS, gestures_count: 4 } }],
    ['body.liveness_config.gestures', { liveness_config: { ...LIVENESS, gestures: ['NOD', 'NOD', 'BLINK'] } }],
    ['body.register_enable', { register_enable: 'yes' }],
  ])('TEN-2: refuses %s of %j', async (place, members) => {
    expect(await refused(create(members))).toEqual([place]);
    expect(await vault.world.services.directory.byName(name)).toBeNull();
  });

  it('TEN-2, TEN-8: faults are in the order in which a tenant is answered', async () => {
    await create();
    const misshapen = Object.fromEntries(
      Object.keys(DEFAULTS)
        .toReversed()
        .map((member) => [member, member === 'login_order' ? ['FACE'] : 'no']),
    );
    const places = Object.keys(DEFAULTS)
      .filter((member) => member !== 'display_name')
      .map((member) => `body.${member}`);
    expect(await refused(ask('POST', '', { ...misshapen, tenant_id: 'other' }))).toEqual(places);
    const changeable = places.filter((place) => place !== 'body.is_2fa');
    expect(await refused(ask('PUT', `/${name}`, misshapen))).toEqual(changeable);
    const together = {
      liveness_config: { gestures: ['NOD'], gestures_count: 2 },
      login_order: ['PIN', 'PIN'],
      block_config: { initial_block_time: 60, max_block_time: 59 },
      use_liveness: true,
    };
    expect(await refused(ask('PUT', `/${name}`, { display_name: 'x', ...together }))).toEqual([
      'body.use_liveness',
      'body.block_config.max_block_time',
      'body.login_order',
      'body.liveness_config.gestures_count',
    ]);
  });

  it('TEN-8: takes the defaults of what is left out, and keeps what is null and what is fixed', async () => {
    await create({ is_2fa: true, pin_size: 4, login_order: ['PATTERN'], block_config: { ip_attempts_limit: 9 } });
    const kept = {
      is_2fa: true,
      login_order: ['PATTERN'],
      block_config: { ...DEFAULTS.block_config, ip_attempts_limit: 9 },
    };
    const changed = { tenant_id: name, ...DEFAULTS, ...kept, display_name: 'Pier' };
    expect(await ask('PUT', `/${name}`, { display_name: 'Pier' })).toEqual([200, changed]);
    expect(await ask('PUT', `/${name}`, { display_name: 'Pier', is_2fa: false, login_order: null })).toEqual([
      200,
      changed,
    ]);
    const order = { tenant_id: name, display_name: 'Pier', login_order: ['PIN'], block_config: {} };
    expect(await ask('PUT', `/${name}`, order)).toEqual([
      200,
      { ...changed, login_order: ['PIN'], block_config: DEFAULTS.block_config },
    ]);
  });

  it('TEN-8: refuses a change without a name for people, and one of another tenant', async () => {
    await create();
    expect(await refused(ask('PUT', `/${name}`, {}))).toEqual(['body.display_name']);
    expect(await refused(ask('PUT', `/${name}`, { display_name: 'x', pin_size: 9 }))).toEqual(['body.pin_size']);
    expect(await ask('PUT', `/${name}`, { display_name: 'x', tenant_id: 'acme' })).toEqual([
      400,
      { detail: 'Tenant mismatch' },
    ]);
  });

  it('TEN-1: are listed, that of the caller or all', async () => {
    await create();
    const names = async (token: string) => {
      const [status, { tenants }] = await ask('GET', '', undefined, token);
      expect(status).toBe(200);
      return tenants.map(({ tenant_id: id }: { tenant_id: string }) => id);
    };
    expect(await names(root)).toEqual(expect.arrayContaining(['acme', 'master', name]));
    expect(await names(vault.token(vault.acme, 'tenant:read', 'setting:read'))).toEqual(['acme']);
  });

  it('TEN-9: are deleted, once, but for master', async () => {
    await create();
    expect(await ask('DELETE', `/${name}`)).toEqual([204, undefined]);
    expect((await ask('DELETE', `/${name}`))[0]).toBe(404);
    expect((await ask('GET', `/${name}`))[0]).toBe(404);
    expect((await ask('DELETE', '/master'))[0]).toBe(409);
  });

  it('are for those who may', async () => {
    const admin = vault.token(vault.acme, 'tenant:read', 'tenant:write', 'setting:read', 'setting:write');
    for (const [method, path, body] of [
      ['POST', '', { tenant_id: name }],
      ['GET', '/master', undefined],
      ['GET', '/nobody', undefined],
      ['PUT', '/master', { display_name: 'x' }],
      ['DELETE', '/acme', undefined],
    ] as const) {
      expect(await ask(method, path, body, admin)).toEqual(FORBIDDEN);
      if (path !== '/nobody')
        expect(await vault.ask(method, `/api/tenants${path}`, body === undefined ? {} : { body })).toEqual(
          UNAUTHENTICATED,
        );
    }
    expect((await ask('GET', '/acme', undefined, admin))[0]).toBe(200);
    expect((await ask('PUT', '/acme', { display_name: 'Acme' }, admin))[0]).toBe(200);
    expect(await ask('GET', '/nobody')).toEqual([404, { detail: 'Tenant not found' }]);
  });

  describe('blocks of a tenant', () => {
    let reader: string;
    let lifter: string;
    beforeEach(async () => {
      const settings = { block_config: { ip_attempts_limit: 1, user_attempts_limit: 1, initial_block_time: 90 } };
      await create(settings);
      const known = (await vault.world.services.directory.byName(name))!;
      reader = vault.token(known, 'block:read');
      lifter = vault.token(known, 'block:lift');
    });
    const block = async (userId: string | null, peerIp: string | null) => {
      vault.world.clock.advance(1);
      const tenant = (await vault.world.services.directory.byName(name))!;
      const attempt = { tenant, factor: 'first', userId, name: `n${count++}`, peerIp, knownDeviceId: null } as const;
      await vault.world.services.lockouts.fail(attempt, vault.world.app(tenant));
      return vault.world.clock.now();
    };
    const list = (path: string) => ask('GET', `/${name}/${path}`, undefined, reader);
    const lift = (path: string) => ask('DELETE', `/${name}/${path}`, undefined, lifter);

    it('TEN-3, TEN-4: addresses are listed newest first, page by page, and unblocked', async () => {
      const times: Date[] = [];
      for (const last of [1, 2, 3]) times.push(await block(null, `192.0.2.${last}`));
      const shown = (last: number) => {
        const from = times[last - 1]!;
        return {
          ip: `192.0.2.${last}`,
          blocked_at: from.toISOString(),
          block_duration: 90,
          expires_at: new Date(from.getTime() + 90_000).toISOString(),
        };
      };
      expect(await list('blocked-ips')).toEqual([200, { data: [3, 2, 1].map(shown), has_next: false, total_count: 3 }]);
      expect(await list('blocked-ips?page=0&page_size=2')).toEqual([
        200,
        { data: [3, 2].map(shown), has_next: true, total_count: 3 },
      ]);
      expect(await list('blocked-ips?page=1&page_size=2&sort_direction=1')).toEqual([
        200,
        { data: [shown(3)], has_next: false, total_count: 3 },
      ]);
      expect(await list('blocked-ips?page=9')).toEqual([200, { data: [], has_next: false, total_count: 3 }]);
      expect(await lift('blocked-ips?ip=192.0.2.2')).toEqual([204, undefined]);
      expect(await lift('blocked-ips?ip=192.0.2.2')).toEqual([404, { detail: 'Not blocked' }]);
      expect((await list('blocked-ips'))[1].data).toEqual([3, 1].map(shown));
      vault.world.clock.advance(90);
      expect((await list('blocked-ips'))[1].data).toEqual([]);
    });

    it('TEN-5, TEN-6: users are listed and unblocked by their names, whatever the case', async () => {
      const tenant = (await vault.world.services.directory.byName(name))!;
      const { id } = await vault.world.newUser(tenant, { username: 'Ada' });
      const from = await block(id, null);
      const until = new Date(from.getTime() + 90_000).toISOString();
      const shown = { username: 'Ada', blocked_at: from.toISOString(), block_duration: 90, expires_at: until };
      expect(await list('blocked-users?sort_direction=0')).toEqual([
        200,
        { data: [shown], has_next: false, total_count: 1 },
      ]);
      expect(await lift('blocked-users?username=ada')).toEqual([204, undefined]);
      for (const other of ['ada', 'nobody', 'n'.repeat(256)])
        expect([other, ...(await lift(`blocked-users?username=${other}`))]).toEqual([
          other,
          404,
          { detail: 'Not blocked' },
        ]);
    });

    it('TEN-4, TEN-6: where nothing is blocked, failures stay counted', async () => {
      const { lockouts, directory } = vault.world.services;
      const limits = { ip_attempts_limit: 2, user_attempts_limit: 2 };
      await ask('PUT', `/${name}`, { display_name: 'x', block_config: limits });
      const tenant = (await directory.byName(name))!;
      const { id } = await vault.world.newUser(tenant, { username: 'Eve' });
      const attempt = { tenant, factor: 'first', userId: id, name: 'eve', knownDeviceId: null } as const;
      const fail = () => lockouts.fail({ ...attempt, peerIp: '192.0.2.9' }, vault.world.app(tenant));
      await fail();
      for (const path of ['blocked-users?username=eve', 'blocked-ips?ip=192.0.2.9'])
        expect(await lift(path)).toEqual([404, { detail: 'Not blocked' }]);
      await fail();
      expect((await list('blocked-users'))[1].data).toMatchObject([{ username: 'Eve' }]);
      expect((await list('blocked-ips'))[1].data).toMatchObject([{ ip: '192.0.2.9' }]);
    });

    it.each([
      ['blocked-ips?page_size=0', 'page_size', 'greater_than_equal'],
      ['blocked-ips?page_size=501', 'page_size', 'less_than_equal'],
      ['blocked-users?page=-1', 'page', 'greater_than_equal'],
      ['blocked-users?page=x', 'page', 'int_parsing'],
      ['blocked-users?page=0.5', 'page', 'int_parsing'],
      ['blocked-ips?page_size=', 'page_size', 'int_parsing'],
      ['blocked-users?sort_direction=2', 'sort_direction', 'less_than_equal'],
      ['blocked-users?sort_direction=-2', 'sort_direction', 'greater_than_equal'],
    ])('refuse %s', async (path, place, type) => {
      const [status, { detail }] = await list(path);
      expect([status, detail.map((item: { loc: string[]; type: string }) => [item.loc, item.type])]).toEqual([
        422,
        [[['query', place], type]],
      ]);
    });

    it.each([
      'blocked-ips',
      'blocked-ips?ip=1.2.3',
      'blocked-ips?ip=192.168.100.1000',
      'blocked-ips?ip=not-an-ip',
      'blocked-users?username=',
    ])('refuse to lift %s', async (path) => {
      expect((await lift(path))[0]).toBe(422);
    });

    it('are for those who may', async () => {
      expect(await ask('GET', `/${name}/blocked-ips`, undefined, lifter)).toEqual(FORBIDDEN);
      expect(await ask('DELETE', `/${name}/blocked-users?username=x`, undefined, reader)).toEqual(FORBIDDEN);
      const foreign = vault.token(vault.acme, 'block:read', 'block:lift');
      expect(await ask('GET', `/${name}/blocked-users`, undefined, foreign)).toEqual(FORBIDDEN);
    });
  });
});
