import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const BASE = '/auth/realms/acme/kobilriskbits/resources-auth';
const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 1 });
const MISSING = [400, answer('Mandatory data is missing', 'BAD_REQUEST')];
const NO_RISKBIT = [404, answer('Riskbit not found', 'NOT_FOUND')];
const MISMATCH = 'Mismatch in realm specified in path param and request body';

const LOW = { ratingLevel: 'H', score: '800-876', risk: '16.74%', operation: 'HIGH_RISK' };
const HIGH = { ratingLevel: 'B', score: '977-985', risk: '1.64', operation: 'MEDIUM' };

describe('KOBIL: riskbits', () => {
  const kobil = kobilOfSuite();
  let token: string;
  beforeAll(() => {
    token = kobil.token(kobil.acme, 'riskbit:write', 'riskbit:delete', 'riskbit:verify');
  });
  const ask = (method: string, path: string, body?: unknown) => kobil.ask(method, `${BASE}${path}`, { token, body });
  beforeEach(async () => {
    await ask('DELETE', '');
  });
  const list = async () => ((await ask('GET', ''))[1] as { data: { id: string }[] }).data;

  it('58 stores one, whose texts come back as they were sent; empty findings are null', async () => {
    const sent = { ...LOW, riskAndroid: 'Manipulation[2](9', riskIOS: '', realmId: 'acme', comment: 'ignored' };
    expect(await ask('POST', '', sent)).toEqual([200, answer('Riskbits added successfully')]);
    const { id } = (await list())[0]!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const stored = { id, ...LOW, riskAndroid: 'Manipulation[2](9', riskIOS: null, realmId: 'acme' };
    expect(await ask('GET', '')).toEqual([200, { ...answer('Riskbits fetched successfully'), data: [stored] }]);
    expect(await ask('GET', `/${id.toUpperCase()}/`)).toEqual([
      200,
      { ...answer('Riskbit found successfully'), data: [stored] },
    ]);
  });

  it('58 refuses the level and score of another one', async () => {
    await ask('POST', '', LOW);
    expect(await ask('POST', '', { ...LOW, risk: '1' })).toEqual([409, answer('Already exist.', 'CONFLICT')]);
  });

  it('58 refuses what is missing, mistyped, meant for another tenant, or not an object', async () => {
    for (const body of [{ ...LOW, score: ' ' }, { ...LOW, score: 5 }, { ...LOW, risk: null }, {}, [LOW], 'x', '{'])
      expect(await kobil.ask('POST', BASE, { token, body, headers: { 'content-type': 'application/json' } })).toEqual(
        MISSING,
      );
    expect(await ask('POST', '', { ...LOW, realmId: 'master' })).toEqual([400, answer(MISMATCH, 'BAD_REQUEST')]);
    expect(await ask('GET', '')).toEqual(NO_RISKBIT);
  });

  it('59 deletes all, if there are any', async () => {
    await ask('POST', '', LOW);
    await ask('POST', '', HIGH);
    expect(await ask('DELETE', '')).toEqual([200, answer('All Riskbits Deleted Successfully')]);
    expect(await ask('DELETE', '')).toEqual(NO_RISKBIT);
    expect(await ask('GET', '')).toEqual(NO_RISKBIT);
  });

  it('60 and 61 know one by its id', async () => {
    await ask('POST', '', HIGH);
    const { id } = (await list())[0]!;
    expect(await ask('DELETE', `/${id}`)).toEqual([200, answer('Riskbit deleted successfully')]);
    for (const path of [`/${id}`, '/6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', '/nothing', '/%00'])
      for (const method of ['GET', 'DELETE']) expect(await ask(method, path)).toEqual(NO_RISKBIT);
  });

  it('62 works the list off in its order, and answers with the reason by the dump of what was refused', async () => {
    const items = [
      HIGH,
      { ...HIGH, riskIOS: '' },
      { ...LOW, riskAndroid: 'JBreak[400],Emulator', realmId: 'malda' },
      { ...LOW, score: undefined, risk: 7 },
      'text',
      LOW,
    ];
    const [status, json] = await ask('POST', '/list', items);
    const { data, ...rest } = json as { data: Record<string, string> };
    expect([status, rest]).toEqual([200, answer('Add riskbits request completed successfully')]);
    const shown = Object.entries(data).map(([dump, reason]) => [dump.replace(/id=[0-9a-f-]{36}/, 'id=?'), reason]);
    expect(shown).toEqual([
      [
        'KobilRiskBitsRepresentation{id=?, ratingLevel=B, score=977-985, risk=1.64, riskAndroid=null, riskIOS=, operation=MEDIUM, realmId=acme}',
        'Already exist.',
      ],
      [
        'KobilRiskBitsRepresentation{id=?, ratingLevel=H, score=800-876, risk=16.74%, riskAndroid=JBreak[400],Emulator, riskIOS=null, operation=HIGH_RISK, realmId=malda}',
        MISMATCH,
      ],
      [
        'KobilRiskBitsRepresentation{id=?, ratingLevel=H, score=null, risk=7, riskAndroid=null, riskIOS=null, operation=HIGH_RISK, realmId=acme}',
        'Mandatory data is missing',
      ],
      [
        'KobilRiskBitsRepresentation{id=?, ratingLevel=null, score=null, risk=null, riskAndroid=null, riskIOS=null, operation=null, realmId=null}',
        'Mandatory data is missing',
      ],
    ]);
    expect(await list()).toMatchObject([HIGH, LOW]);
  });

  it('62 answers an empty object when all are stored, and refuses what is no list', async () => {
    const stored = { ...answer('Add riskbits request completed successfully'), data: {} };
    expect(await ask('POST', '/list', [LOW, HIGH])).toEqual([200, stored]);
    expect(await ask('POST', '/list', [])).toEqual([200, stored]);
    expect(await ask('POST', '/list', LOW)).toEqual(MISSING);
  });

  it('63 shows more than a page of the graph has for callers from outside', async () => {
    await ask(
      'POST',
      '/list',
      Array.from({ length: 201 }, (_, at) => ({ ...LOW, score: String(at) })),
    );
    expect(await list()).toHaveLength(201);
  });

  it('64 finds those that list a finding, best level first; none is 204', async () => {
    await ask('POST', '/list', [
      { ...LOW, riskIOS: 'JBreak[400], CodeInjection' },
      { ...HIGH, riskIOS: 'CodeInjection[6][7]', riskAndroid: 'Emulator' },
    ]);
    const [status, json] = await ask('POST', '/verify', { platform: 'iOS', riskName: 'codeinjection[6][7]' });
    expect([status, json]).toEqual([
      200,
      {
        ...answer('Riskbit found successfully'),
        data: [
          expect.objectContaining({
            ...HIGH,
            riskAndroid: 'Emulator',
            riskIOS: 'CodeInjection[6][7]',
            realmId: 'acme',
          }),
          expect.objectContaining({ ...LOW, riskAndroid: null }),
        ],
      },
    ]);
    expect(await ask('POST', '/verify', { platform: 'android', riskName: 'JBreak[400]' })).toEqual([204, undefined]);
  });

  it('64 refuses an unknown platform and a missing name', async () => {
    for (const body of [{ platform: 'web', riskName: 'Emulator' }, { platform: 'ios' }, { riskName: 'Emulator' }, []])
      expect(await ask('POST', '/verify', body)).toEqual(MISSING);
  });

  it('58, 62 and 64 answer below the host of the tenant as well', async () => {
    const at = (path: string, body: unknown) =>
      kobil.ask('POST', `/digitanium/v4/riskbits${path}`, { token, body, headers: { host: 'acme.id.example.com' } });
    expect(await at('/', LOW)).toEqual([200, answer('Riskbits added successfully')]);
    expect((await at('/list', [HIGH]))[0]).toBe(200);
    expect((await at('/verify', { platform: 'ios', riskName: 'Emulator' }))[0]).toBe(204);
    expect(await list()).toMatchObject([HIGH, LOW]);
  });

  it('belong to the tenant of the path', async () => {
    await ask('POST', '', LOW);
    const { id } = (await list())[0]!;
    const theirs = kobil.token(kobil.master, 'riskbit:read', 'riskbit:delete');
    const path = '/realms/master/kobilriskbits/resources-auth';
    expect(await kobil.ask('GET', `${path}/${id}`, { token: theirs })).toEqual(NO_RISKBIT);
    expect(await kobil.ask('DELETE', `${path}/${id}`, { token: theirs })).toEqual(NO_RISKBIT);
    expect(await list()).toHaveLength(1);
  });
});
