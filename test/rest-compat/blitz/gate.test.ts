import { beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import type { Answer, Ask } from '../../support/rest.ts';
import { SERVED, type Service } from './services.ts';

/** Bodies in the declared shape, by the number of the service, so that refusals have other reasons. */
const BODIES: Readonly<Record<number, unknown>> = {
  2: { family_name: 'Petrova' },
  3: { user: { attrs: {} } },
  4: { instruction: 'confirm_email', value: '123456' },
  8: { add: { a: 1 } },
  10: { needPasswordChange: true },
  12: { name: 'untouchable' },
  15: { base32Secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', otpCode: '123456' },
  20: { question: 'Q?', answer: 'A' },
  21: { question: 'Q?', answer: 'A' },
  23: { current: 'three-wombats-at-dawn', password: 'four-wombats-at-dawn' },
  31: {},
  42: { subject: 'nobody', object: 'its|portal', rights: ['r'] },
  43: { subject: 'nobody', object: 'its|portal', rights: ['r'] },
  44: { fp: 'vk:vk_1', callback: 'https://app.company.com/callback' },
  47: { password: 'four-wombats-at-dawn' },
  48: { subject: 'nobody', object: 'its|portal', remove: ['r'] },
  51: { profile: 'orgs', name: 'X' },
  52: { name: 'X' },
  55: [],
  56: [],
};
const QUERIES: Readonly<Record<number, string>> = { 6: '?query=limit(1)', 40: '?objectExt=orgs' };

type Values = Readonly<Record<string, string>>;

/** A path with the id of an account, and any text for every other parameter. */
const filled = ({ number, paths }: Service, values: Values): string[] =>
  paths.map(
    (path) =>
      path.replace(/\{(\w+)\}/g, (_, name: string) => values[name === 'instanceId' ? 'subjectId' : name] ?? 'x') +
      (QUERIES[number] ?? '') +
      (number === 57 ? `?instanceId=${values['subjectId']}` : ''),
  );

const named = (services: readonly Service[]) =>
  services.map((service) => [`${service.number}: ${service.method} ${service.paths[0]}`, service] as const);
const takesBearer = ({ user, app }: Service) => user.length + app.length > 0;
const isOfAccount = ({ paths }: Service) => /users\/\{(subjectId|instanceId)\}|rights\/(of|on)\/\{/.test(paths[0]!);
/** Users may change passwords of other users with a right. */
const OF_OTHERS_TOO = 47;
/** In system mode the account is that of the browser session. */
const BIND = 44;

const body = (service: Service): Pick<Ask, 'body'> =>
  BODIES[service.number] === undefined ? {} : { body: BODIES[service.number] };

describe('Blitz: what every service refuses', () => {
  const blitz = blitzOfSuite();
  let anna: User;
  let boris: User;
  let user: string;
  let app: string;
  let expired: readonly string[];
  let poor: { readonly user: string; readonly app: string };
  let neighbour: TenantRef;
  /** Ids that exist in the other tenant only. */
  let theirs: Values;
  let neighboursToken: string;
  beforeAll(async () => {
    const { world, tenant } = blitz;
    const powerful = await blitz.allPowerful();
    [anna, boris] = [await blitz.account(), await blitz.account()];
    expired = [await powerful.app(), await powerful.user(anna)];
    world.clock.advance(3601);
    [app, user] = [await powerful.app(), await powerful.user(anna)];
    poor = { user: await powerful.user(anna, ['openid']), app: await powerful.app(['blitz_api_sys_app']) };
    await world.newProvider(tenant, { type: 'vk', name: 'vk_1' });
    neighbour = await world.tenant();
    theirs = await newNeighbour();
    neighboursToken = await tokenOfNeighbour();
  });

  async function newNeighbour(): Promise<Values> {
    const { world } = blitz;
    const { id } = await world.newUser(neighbour);
    const { client } = await world.newClient(neighbour, { clientId: 'theirs' });
    const group = await world.newGroup(neighbour, { profile: 'orgs', key: 'theirs' });
    const { name } = await world.newProvider(neighbour, { type: 'vk' });
    await world.link(neighbour, id, { type: 'vk', name }, 'theirs');
    const origin = { ip: null, userAgent: null };
    const { code } = await world.services.qrSignIn.begin(neighbour, { clientId: client.clientId, origin });
    const signUp = { email: 'theirs@example.com' };
    const { context } = await world.services.signUp.signUp(world.system(neighbour), signUp);
    const provider = { fpType: 'vk', fpName: name, fedPointType: 'vk', fedPointName: name, sid: 'theirs' };
    return {
      ...provider,
      subjectId: id,
      app_id: client.clientId,
      grp_id: group.key!,
      id: group.key!,
      QR_code: code,
      context,
    };
  }

  /** A token with all permissions in another tenant. */
  async function tokenOfNeighbour(): Promise<string> {
    const scopes = SERVED.flatMap((service) => service.app);
    const { client, secret } = await blitz.world.newClient(neighbour, {
      grantTypes: ['client_credentials'],
      scopes: [...new Set(scopes)].map((name) => ({ name, isDefault: true })),
    });
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`;
    const answer = await blitz.rest.ask('POST', `/t/${neighbour.name}/blitz/oauth/te`, {
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    return answer.json.access_token;
  }

  const here = (): Values => ({ subjectId: anna.id });
  /** Each path of the service. */
  const call = (service: Service, over: Ask = {}, values = here(), prefix = ''): Promise<Answer[]> =>
    Promise.all(
      filled(service, values).map((path) =>
        blitz.rest.ask(service.method, prefix + path, { headers: END_USER, ...body(service), ...over }),
      ),
    );
  /** A credential that the service accepts. */
  const credential = (service: Service): Ask =>
    takesBearer(service) ? { token: service.app.length > 0 ? app : user } : basic();
  const basic = (): Ask => ({ headers: { ...END_USER, authorization: blitz.restBasic } });
  const expectAll = (answers: readonly Answer[], status: number, error: string) => {
    for (const answer of answers) expect([answer.status, answer.json?.error]).toEqual([status, error]);
  };

  describe.each(named(SERVED.filter((service) => takesBearer(service) || service.number === 57)))(
    '%s',
    (_, service) => {
      it('callers without a credential, or with an invalid one', async () => {
        for (const authorization of [undefined, 'Bearer x', 'Bearer a.b.c', 'Basic eDp5', 'Digest x']) {
          const headers = { ...END_USER, ...(authorization === undefined ? {} : { authorization }) };
          for (const answer of await call(service, { headers })) {
            expect([answer.status, authorization]).toEqual([401, authorization]);
            expect(['invalid_token', 'invalid_client']).toContain(answer.json.error);
            expect(answer.headers['www-authenticate']).toMatch(
              /^(Bearer error="invalid_token"|(Bearer error="invalid_token", )?Basic realm="blitz")$/,
            );
          }
        }
      });

      it('T12: expired tokens', async () => {
        for (const token of expired) expectAll(await call(service, { token }), 401, 'invalid_token');
      });
    },
  );

  describe.each(named(SERVED.filter(takesBearer)))('%s', (_, service) => {
    it('T13: tokens without its scope, and those of the mode it does not have', async () => {
      for (const token of [poor.user, poor.app]) expectAll(await call(service, { token }), 403, 'insufficient_scope');
      if (service.app.length === 0 && service.number !== BIND)
        expectAll(await call(service, { token: app }), 403, 'insufficient_scope');
      // A user may read only the user's own rights; an application is not the user's account.
      const reason = service.number === 38 ? 'access_denied' : 'insufficient_scope';
      if (service.user.length === 0) expectAll(await call(service, { token: user }), 403, reason);
    });

    it('tokens of another tenant, at its path and at the path of this tenant (check 55)', async () => {
      expectAll(await call(service, { token: neighboursToken }), 403, 'insufficient_scope');
      const prefix = `/t/${neighbour.name}`;
      for (const token of [app, user])
        expectAll(await call(service, { token }, theirs, prefix), 403, 'insufficient_scope');
    });
  });

  describe.each(named(SERVED.filter((service) => service.user.length > 0 && isOfAccount(service))))(
    '%s',
    (_, service) => {
      it('T13: a user who names another account, with the same answer whether or not it exists', async () => {
        for (const subjectId of [boris.id, 'nobody', theirs['subjectId']!]) {
          const answers = await call(service, { token: user }, { subjectId });
          expectAll(answers, 403, 'access_denied');
          expect(answers[0]!.text).toBe((await call(service, { token: user }, { subjectId: 'nobody' }))[0]!.text);
        }
      });
    },
  );

  const CHANGED_BY_USERS = SERVED.filter(
    (service) => service.user.length > 0 && isOfAccount(service) && service.method !== 'GET',
  );
  describe.each(named(CHANGED_BY_USERS))('%s', (_, service) => {
    it('T9: a change by a user without the address of the user', async () => {
      for (const headers of [{}, { 'x-forwarded-for': 'nowhere' }, { 'x-forwarded-for': '' }]) {
        for (const { status, json } of await call(service, { token: user, headers })) {
          const item = {
            type: 'input_error',
            error: 'wrong_value',
            desc: expect.any(String),
            pos: 'X-Forwarded-For',
          };
          expect([status, json]).toEqual([400, { type: 'input_error', error: 'wrong_values', errors: [item] }]);
        }
      }
    });
  });

  describe.each(named(SERVED.filter((service) => isOfAccount(service) && service.number !== OF_OTHERS_TOO)))(
    '%s',
    (_, service) => {
      it('accounts that do not exist, or only in another tenant, with the same answer', async () => {
        const [unknown, foreign] = await Promise.all([
          call(service, credential(service), { subjectId: 'nobody' }),
          call(service, credential(service), theirs),
        ]);
        expectAll(unknown, 404, 'no_subject_found');
        expect(foreign.map(({ status, text }) => [status, text])).toEqual(
          unknown.map(({ status, text }) => [status, text]),
        );
      });
    },
  );

  const OTHER_IDS = SERVED.filter(({ paths }) =>
    /\{(app_id|grp_id|id|QR_code|context|fpType|fedPointType)\}/.test(paths[0]!),
  );
  it.each(named(OTHER_IDS))('%s: ids that exist only in another tenant', async (_, service) => {
    const values = {
      ...theirs,
      ...here(),
      ...(/(acls|apps|uas|totps)/.test(service.paths[0]!) ? { id: 'theirs' } : {}),
    };
    expectAll(await call(service, credential(service), values), 404, 'not_found');
  });

  describe.each(named(SERVED.filter((service) => service.body === 'json')))('%s', (_, service) => {
    const sent = (text: string, type: string): Promise<Answer[]> => {
      const { headers, ...rest } = credential(service);
      return call(service, { ...rest, headers: { ...END_USER, ...headers, 'content-type': type }, body: text });
    };

    it('a body that is not JSON', async () => {
      const item = { type: 'input_error', error: 'wrong_json', desc: expect.any(String), pos: '' };
      for (const text of ['{', '"', 'undefined', '{"a":1}}', '\ufeff{']) {
        for (const { status, json } of await sent(text, 'application/json'))
          expect([status, json]).toEqual([400, { type: 'input_error', error: 'wrong_values', errors: [item] }]);
      }
    });

    it('another media type, and a body that is too large', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])
        for (const { status, text } of await sent('{}', type)) expect([status, text]).toEqual([415, '']);
      for (const { status, json } of await sent(`"${'x'.repeat(1_048_576)}"`, 'application/json'))
        expect([status, json.error]).toEqual([413, 'request_too_large']);
    });
  });

  it.each(named(SERVED))('%s: another method', async (_, service) => {
    for (const path of filled(service, here())) {
      const { status, text, headers } = await blitz.rest.ask('PATCH', path, credential(service));
      // Paths of OAuth answer with its errors.
      if (/^\/blitz\/(?:oauth|login)\//.test(path)) expect(status).toBe(405);
      else expect([status, text]).toEqual([405, '']);
      expect(headers.allow).toContain(service.method);
    }
  });
});
