import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';
import type { Answer } from '../../support/rest.ts';
import { SERVED } from './services.ts';

/** The objects that a request of the table below names. */
interface Target {
  readonly userId: string;
  readonly clientId: string;
  readonly groupId: string;
  readonly sample: Readonly<Record<'appId' | 'plainGroup' | 'parentToken', string>>;
}

interface Write {
  readonly path: (target: Target) => string;
  readonly body?: (target: Target) => unknown;
  /** Default: a token of an application with every scope of system mode. */
  readonly as?: 'rest-secret' | 'user';
}

const account = (rest: string, body?: unknown): Write => ({
  path: ({ userId }) => `/blitz/api/v3/users/${userId}${rest}`,
  ...(body === undefined ? {} : { body: () => body }),
});

/** Every row that writes to an account, an application or a group, by the number of its service. */
const WRITES: Readonly<Record<string, Write>> = {
  '2': account('', { family_name: 'Petrova' }),
  '5': account(''),
  '8': account('/props', { add: { a: 1 } }),
  '10': account('/auth', { needPasswordChange: true }),
  '12': account('/state', { name: 'untouchable' }),
  '14': account('/totps/attach/qr'),
  '15': account('/totps/attach/qr', { base32Secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', otpCode: '123456' }),
  '16': account('/totps/SW_TOTP_1_x'),
  '18': account('/acls/x'),
  '21': account('/secQsn', { question: 'Q?', answer: 'A' }),
  '22': account('/secQsn'),
  '23': account('/pswd', { password: 'four-wombats-at-dawn' }),
  '24': account('/sessions/reset'),
  '26': account('/apps/x'),
  '28': account('/uas/x'),
  '31': account('/fa/vk/vk_1/me', {}),
  '32': account('/fa/vk/vk_1/me'),
  '42': {
    path: () => '/blitz/api/v3/rights',
    body: ({ userId, sample }) => ({ subject: `its|${sample.appId}`, object: userId, rights: ['change_password'] }),
  },
  '43': {
    path: () => '/blitz/api/v3/rights',
    body: ({ userId, sample }) => ({ subject: `its|${sample.appId}`, object: userId, rights: ['change_password'] }),
  },
  '46': { path: ({ userId }) => `/blitz/api/v2/users/${userId}/fa/vk/vk_1/me` },
  '46 with a rest secret': { path: ({ userId }) => `/blitz/api/v2/users/${userId}/fa/vk/vk_1/me`, as: 'rest-secret' },
  '47': {
    path: ({ userId }) => `/blitz/api/v2/users/${userId}/password`,
    body: () => ({ password: 'four-wombats-at-dawn' }),
    as: 'user',
  },
  '48': {
    path: () => '/blitz/api/v2/users/rights/change',
    body: ({ userId, sample }) => ({ subject: `its|${sample.appId}`, object: userId, remove: ['change_password'] }),
  },
  '52': {
    path: ({ groupId }) => `/blitz/api/v2/grps/${groupId}?profile=orgs`,
    body: () => ({ name: 'X' }),
  },
  '53': { path: ({ groupId }) => `/blitz/api/v2/grps/${groupId}?profile=orgs` },
  '55': {
    path: ({ sample }) => `/blitz/api/v2/grps/${sample.plainGroup}/members/add?profile=orgs`,
    body: ({ userId }) => [{ subjectId: userId }],
  },
  '56': {
    path: ({ sample }) => `/blitz/api/v2/grps/${sample.plainGroup}/members/rm?profile=orgs`,
    body: ({ userId }) => [{ subjectId: userId }],
  },
  '57': {
    path: ({ userId }) => `/blitz/api/v2/users/${userId}?instanceId=${userId}`,
    as: 'rest-secret',
  },
};

/** Rows that change no account, each with the reason. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  3: 'makes an account, which holds nothing yet',
  4: 'proves the contacts of an account that the same registration made',
  20: 'compares an answer; tries are counted',
  35: 'signs the caller in, and nobody else',
  36: 'as 35',
  44: "names no account: it changes the caller's own, or that of the browser's session",
  51: 'makes a group, which holds nothing yet',
  61: 'issues a token to the client or user that authenticates',
  63: 'reads',
};

describe('Blitz: takeover inside a tenant', () => {
  const blitz = blitzOfSuite();
  let strong: Target;
  let tokens: { readonly app: string; readonly user: string };
  let weak: () => Promise<Target>;

  beforeAll(async () => {
    const { tenant, world } = blitz;
    await world.newProvider(tenant, { type: 'vk', name: 'vk_1' });
    const powerful = await blitz.allPowerful();
    const parent = await blitz.account();
    tokens = { app: await powerful.app(), user: await powerful.user(parent) };
    const plain = await world.newGroup(tenant, { profile: 'orgs', key: 'plain' });
    const sample = { appId: blitz.clientId, plainGroup: plain.key!, parentToken: tokens.user };
    weak = async () => {
      const { id: userId } = await world.newUser(tenant);
      await world.services.rights.grant(world.system(tenant), [
        { subject: { kind: 'user', id: parent.id }, object: { kind: 'user', id: userId }, names: ['change_password'] },
      ]);
      const { client } = await world.newClient(tenant);
      const group = await world.newGroup(tenant, { profile: 'orgs', key: newId() });
      return { userId, clientId: client.clientId, groupId: group.key!, sample };
    };
    strong = await weak();
    // No scope of the dialect includes it.
    const role = await world.newRole(tenant, { permissions: ['key:rotate'] });
    const client = (await world.services.clients.find(world.system(tenant), strong))!;
    const group = (await world.services.groups.find(world.system(tenant), { profile: 'orgs', key: strong.groupId }))!;
    for (const [holderKind, holderId] of [
      ['user', strong.userId],
      ['client', client.id],
      ['group', group.id],
    ] as const)
      await world.grantRole(tenant, { roleId: role.id, holderKind, holderId });
  });

  const call = (name: string, target: Target): Promise<Answer> => {
    const write = WRITES[name]!;
    const service = SERVED.find(({ number }) => number === Number.parseInt(name, 10))!;
    const headers: Record<string, string> = { 'x-forwarded-for': '200.200.100.100', 'user-agent': 'Mozilla/5.0' };
    if (write.as === 'rest-secret') headers['authorization'] = blitz.restBasic;
    return blitz.ask(service.method, write.path(target), {
      headers,
      ...(write.body === undefined ? {} : { body: write.body(target) }),
      ...(write.as === 'rest-secret' ? {} : { token: write.as === 'user' ? tokens.user : tokens.app }),
    });
  };

  it.each(Object.keys(WRITES))(
    'service %s is refused for an account with more permissions, and changes nothing',
    async (name) => {
      const events = await blitz.eventsOf(async () => {
        const { status, json } = await call(name, strong);
        expect([status, json.error]).toEqual([403, 'access_denied']);
      });
      expect(events).toEqual([]);
    },
  );

  it.each(Object.keys(WRITES))('service %s is allowed for accounts without roles', async (name) => {
    expect((await call(name, await weak())).status).not.toBe(403);
  });

  it('covers every service that changes something, or has a reason', () => {
    const changing = SERVED.filter(({ method }) => method !== 'GET').map(({ number }) => number);
    const inTable = new Set(Object.keys(WRITES).map((name) => Number.parseInt(name, 10)));
    const missing = changing.filter((number) => !inTable.has(number) && ELSEWHERE[number] === undefined);
    expect(missing).toEqual([]);
    expect(Object.keys(ELSEWHERE).filter((number) => inTable.has(Number(number)))).toEqual([]);
  });
});
