import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BLITZ, registerBlitz } from '../../../rest-compat/blitz/index.ts';
import type { Route, Variables } from '../../../rest-compat/engine/index.ts';
import { type Caller, formatScope, ScopeAliases } from '../../../src/access/index.ts';
import { addSeconds } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';
import { totpCode } from '../../support/totp.ts';
import { TestUpstream } from '../../support/upstream.ts';
import type { GraphResult } from '../../support/world.ts';

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const VK = { type: 'vk', name: 'vk_1' };
const QUESTION = { question: 'First street you lived on?', answer: 'Elm' };

/** The parts of a request from which a row's variables are made; absent ones are empty. */
interface Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type Mode = 'user' | 'app';

const ROWS = BLITZ.mounts.find(({ prefix }) => prefix === '/blitz')!.routes;
const numberOf = ({ spec }: Route): number => Number(/\((\d+)\)$/.exec(spec)![1]);
const SCOPES = new ScopeAliases();
registerBlitz({ scopes: SCOPES });

/** The native scopes of the first scope of a row. Row 57 has a REST password instead, which gives the one added here. */
function nativeScopes({ callers }: Route, mode: Mode): string[] {
  const [name] = callers.bearer?.[mode] ?? [];
  if (name !== undefined) return SCOPES.expand(name, mode === 'user' ? 'user' : 'application').map(formatScope);
  return callers.basic === 'rest' && callers.bearer === undefined && mode === 'app' ? ['user:delete'] : [];
}

const REACHABLE = ROWS.flatMap((row) =>
  (['user', 'app'] as const)
    .filter((mode) => nativeScopes(row, mode).length > 0)
    .map((mode) => [`${numberOf(row)}: ${row.method} ${row.path} as ${mode}`, row, mode] as const),
);

describe('Blitz: GraphQL does what each service does, with only native scopes', () => {
  const blitz = blitzOfSuite();
  let anna: User;
  let clientUuid: string;
  let upstream: TestUpstream;
  beforeAll(async () => {
    const { world, tenant } = blitz;
    const redirectUris = ['https://id.example.com/blitz/api/users/current/fps/bind/cb/vk/vk_1'];
    upstream = await TestUpstream.start({ clientId: 'idgraph', redirectUris });
    await world.newProvider(tenant, { ...VK, issuer: upstream.issuer, storeTokens: true });
    clientUuid = (await world.stores.clientStore.findByClientId(tenant.id, blitz.clientId))!.id;
  });
  afterAll(async () => {
    await upstream.close();
  });
  beforeEach(async () => {
    anna = await blitz.account();
  });

  const callerOf = (mode: Mode, scopes: readonly string[]): Caller => {
    const { world, tenant, clientId } = blitz;
    const caller = mode === 'user' ? world.userOfTwoFactors(tenant, anna.id, ...scopes) : world.app(tenant, ...scopes);
    return { ...caller, clientId, clientUuid };
  };

  /** Runs the document of a row as a client of the graph sends it. */
  async function run(row: Route, request: Request, caller: Caller): Promise<GraphResult> {
    const nothing = { params: {}, query: {}, headers: {}, body: {}, form: {} };
    const parsed = { ...nothing, ...request, baseUrl: 'https://id.example.com/blitz' };
    const variables: Variables = { ...row.toVariables?.(parsed as never, {}), tenant: blitz.tenant.name };
    return blitz.world.graphql(caller, row.operation.text, JSON.parse(JSON.stringify(variables)));
  }

  const system = () => blitz.world.system(blitz.tenant);
  const ofAnna = (over: Record<string, string> = {}): Request => ({ params: { subjectId: anna.id, ...over } });
  const link = () => ({ fpType: VK.type, fpName: VK.name, sid: `x-${anna.id}` });
  const rights = () => ({ subject: anna.id, object: 'its|portal', rights: ['r'] });

  /** A link of the user, with a token of the provider. */
  const linked = () =>
    blitz.world.services.federationLinks.linkProven(
      system(),
      { userId: anna.id, provider: VK, externalId: `x-${anna.id}` },
      { accessToken: 'vk1', tokenType: 'Bearer', expiresAt: addSeconds(blitz.world.clock.now(), 60) },
    );
  const asked = async (): Promise<void> => {
    await blitz.world.services.securityQuestions.set(system(), { userId: anna.id, ...QUESTION });
  };
  const qrCode = async (): Promise<Request> => {
    const origin = { ip: null, userAgent: null };
    const { code } = await blitz.world.services.qrSignIn.begin(blitz.tenant, { clientId: 'portal', origin });
    return { params: { QR_code: code } };
  };
  const organisation = async (body?: unknown): Promise<Request> => {
    const { key } = await blitz.world.newGroup(blitz.tenant, { profile: 'orgs', key: `org-${anna.id}` });
    return { params: { id: key!, grp_id: key! }, query: { profile: 'orgs', objectExt: 'orgs' }, body };
  };
  const unlinking = async (): Promise<Request> => {
    await linked();
    return ofAnna(link());
  };

  /** For each service a successful request, after the objects that it needs are made. */
  const REQUESTS: Readonly<Record<number, (mode: Mode) => Request | Promise<Request>>> = {
    1: () => ofAnna(),
    2: () => ({ ...ofAnna(), body: { family_name: 'Petrova' } }),
    3: () => ({ body: { user: { attrs: { sub: `new-${anna.id}` } } } }),
    4: async () => {
      const email = `${anna.id}@example.com`;
      const { context } = await blitz.world.services.signUp.signUp(system(), { email });
      const { text } = (await blitz.world.outbox()).mails.find(({ to }) => to === email)!;
      return { params: { context }, body: { instruction: 'confirm_email', value: /\d{6}/.exec(text)![0] } };
    },
    5: () => ofAnna(),
    6: () => ({ query: { query: 'limit(3)' } }),
    7: () => ofAnna(),
    8: () => ({ ...ofAnna(), body: { add: { a: 1 } } }),
    9: () => ofAnna(),
    10: () => ({ ...ofAnna(), body: { needPasswordChange: true } }),
    11: () => ofAnna(),
    12: () => ({ ...ofAnna(), body: { name: 'untouchable' } }),
    13: async () => {
      await blitz.world.giveTotp(blitz.tenant, anna.id);
      return ofAnna();
    },
    14: () => ofAnna(),
    15: () => ({ ...ofAnna(), body: { base32Secret: SECRET, otpCode: totpCode(SECRET, blitz.world.clock.now()) } }),
    16: async () => {
      const { ordinal } = await blitz.world.giveTotp(blitz.tenant, anna.id);
      return ofAnna({ id: `SW_TOTP_${ordinal}_${anna.id}` });
    },
    17: async () => {
      await blitz.world.consent(blitz.tenant, anna.id, { id: clientUuid, clientId: blitz.clientId }, ['openid']);
      return ofAnna();
    },
    18: async () => {
      await blitz.world.consent(blitz.tenant, anna.id, { id: clientUuid, clientId: blitz.clientId }, ['openid']);
      return ofAnna({ id: `${anna.id}_${blitz.clientId}` });
    },
    19: async () => {
      await asked();
      return ofAnna();
    },
    20: async () => {
      await asked();
      return { ...ofAnna(), body: QUESTION };
    },
    21: () => ({ ...ofAnna(), body: QUESTION }),
    22: async () => {
      await asked();
      return ofAnna();
    },
    23: (mode) => ({
      ...ofAnna(),
      body: { password: 'four-wombats-at-dawn', ...(mode === 'user' ? { current: 'three-wombats-at-dawn' } : {}) },
    }),
    24: () => ofAnna(),
    25: async () => {
      await blitz.world.newLinkedApp(blitz.tenant, anna.id);
      return ofAnna();
    },
    26: async () => {
      const { client } = await blitz.world.newLinkedApp(blitz.tenant, anna.id);
      return ofAnna({ id: client.clientId });
    },
    27: async () => {
      await blitz.world.services.devices.seen(system(), { userId: anna.id, deviceId: 'd' });
      return ofAnna();
    },
    28: async () => {
      await blitz.world.services.devices.seen(system(), { userId: anna.id, deviceId: 'd' });
      return ofAnna({ id: 'd' });
    },
    29: () => ofAnna(),
    30: unlinking,
    31: () => ofAnna(link()),
    32: unlinking,
    33: async () => {
      await linked();
      return ofAnna({ fedPointType: VK.type, fedPointName: VK.name });
    },
    34: qrCode,
    35: qrCode,
    36: qrCode,
    37: () => ofAnna(),
    38: () => ({ params: { app_id: blitz.clientId } }),
    39: () => ofAnna(),
    40: () => organisation(),
    41: () => ({ params: { app_id: blitz.clientId } }),
    42: () => ({ body: rights() }),
    43: () => ({ body: [rights()] }),
    44: () => ({ body: { fp: 'vk:vk_1', callback: 'https://app.company.com/callback' } }),
    46: unlinking,
    47: async () => {
      const child = await blitz.account();
      const sides = { subject: { kind: 'user', id: anna.id }, object: { kind: 'user', id: child.id } } as const;
      await blitz.world.services.rights.grant(system(), [{ ...sides, names: ['change_password'] }]);
      return { params: { subjectId: child.id }, body: { password: 'four-wombats-at-dawn' } };
    },
    48: () => ({ body: { subject: anna.id, object: anna.id, remove: ['r'] } }),
    49: () => organisation(),
    50: () => ({ query: { profile: 'orgs' } }),
    51: () => ({ body: { profile: 'orgs', name: `made-${anna.id}` } }),
    52: () => organisation({ name: `renamed-${anna.id}` }),
    53: () => organisation(),
    54: () => organisation(),
    55: () => organisation([anna.id]),
    56: () => organisation([anna.id]),
    57: () => ({ ...ofAnna(), query: { instanceId: anna.id } }),
  };

  it('has a request for each service that accepts a token or a REST password', () => {
    const reachable = new Set(REACHABLE.map(([, row]) => numberOf(row)));
    expect([...reachable].sort((a, b) => a - b)).toEqual(Object.keys(REQUESTS).map(Number));
  });

  it.each(REACHABLE)('%s', async (_, row, mode) => {
    const request = await REQUESTS[numberOf(row)]!(mode);
    const scopes = nativeScopes(row, mode);
    for (const scope of scopes) expect(scope).toMatch(mode === 'user' ? /^[a-z-]+:[a-z]+:self$/ : /^[a-z-]+:[a-z]+$/);
    const without = await run(row, request, callerOf(mode, []));
    expect(without.code).toBe('FORBIDDEN');
    const answer = await run(row, request, callerOf(mode, scopes));
    expect(answer.errors).toEqual([]);
    expect(Object.values(answer.data).every((value) => value !== null)).toBe(true);
  });
});
