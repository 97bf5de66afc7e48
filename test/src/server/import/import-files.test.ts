import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../../src/kernel/index.ts';
import { importFiles, TenantRefused } from '../../../../src/server/import/import-files.ts';
import type { ImportOptions } from '../../../../src/server/import/import-options.ts';
import { FileUnreadable } from '../../../../src/server/import/json-parts.ts';
import { barProgress, jsonProgress } from '../../../../src/server/import/progress.ts';
import { testGraph, World } from '../../../support/world.ts';

const userOf = (place: number) => ({
  username: `user-${place}`,
  enabled: true,
  email: `user-${place}@reeds.example`,
  realmRoles: ['crew'],
  groups: ['/boats'],
});

describe('files of an export', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    world = await World.open();
    folder = await mkdtemp(join(tmpdir(), 'idgraph-import-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await world.close();
  });

  const newName = (): string => `t${newId().replaceAll('-', '').slice(-16)}`;

  async function fileOf(content: unknown): Promise<string> {
    const file = join(folder, `${newId()}.json`);
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }

  async function run(files: readonly string[], more: Partial<ImportOptions> = {}) {
    const lines: string[] = [];
    const options: ImportOptions = { files, renames: new Map(), into: null, ifExists: 'SKIP', isJson: true, ...more };
    const write = (text: string): void => void lines.push(text);
    const progress = options.isJson ? jsonProgress(write) : barProgress(write);
    const status = await importFiles({ services: world.services, schema: await testGraph(), progress }, options);
    return { status, lines };
  }
  const lastOf = (lines: readonly string[]) => JSON.parse(lines.at(-1)!);

  it('are imported into a tenant that is made, in whatever order their members stand', async () => {
    const name = newName();
    const users = Array.from({ length: 1_003 }, (_, place) => userOf(place));
    const first = await fileOf({
      users,
      groups: [{ name: 'boats' }],
      roles: { realm: [{ name: 'crew' }] },
      realm: name,
    });
    const second = await fileOf({ realm: name, users: [userOf(5_000)] });
    const { status, lines } = await run([first, second]);
    expect([status, lastOf(lines)]).toMatchObject([0, { state: 'COMPLETE', tallies: { user: { added: 1_004 } } }]);
    expect(lastOf(lines.slice(0, -1))).toMatchObject({ faults: 0, done: 1 });
    const tenant = (await world.services.directory.byName(name))!;
    const events = (await world.events(tenant)).length;
    const again = await run([first, second]);
    expect([again.status, lastOf(again.lines)]).toMatchObject([0, { tallies: { user: { same: 1_004 } } }]);
    expect(await world.events(tenant)).toHaveLength(events);
  });

  it('go into a tenant of another name, and show a bar to people', async () => {
    const name = newName();
    const file = await fileOf({ realm: 'A realm', users: [{ username: 'ada' }] });
    const { status, lines } = await run([file], { renames: new Map([['A realm', name]]), isJson: false });
    expect(status).toBe(0);
    expect(lines.join('')).toContain('100 %');
    expect(await world.services.directory.byName(name)).not.toBeNull();
  });

  it('go into a tenant that was there only where the operator names it, and never into the one of administrators', async () => {
    const tenant = await world.tenant();
    const { name } = tenant;
    const { imports } = world.services;
    await imports.begin(world.system(tenant));
    const files = [await fileOf({ realm: name, displayName: 'Mine', users: [{ username: 'ada' }] })];
    await expect(run(files)).rejects.toThrow(TenantRefused);
    expect(await world.services.users.findByUsername(world.system(tenant), 'ada')).toBeNull();
    for (const named of [{ into: name }, { renames: new Map([[name, name]]) }]) {
      const { status, lines } = await run(files, named);
      expect([status, lastOf(lines).tallies.settings]).toEqual([0, { skipped: 1 }]);
    }
    await expect(run(files, { into: 'master' })).rejects.toThrow(TenantRefused);
    await expect(run([await fileOf({ realm: 'master' })])).rejects.toThrow(TenantRefused);
  });

  it('go on in a tenant that an interrupted import made', async () => {
    const tenant = await world.tenant({ template: 'realm' });
    await world.services.imports.begin(world.system(tenant), 'skip', true);
    const { status, lines } = await run([await fileOf({ realm: tenant.name, displayName: 'Reeds' })]);
    expect([status, lastOf(lines).tallies]).toEqual([0, { settings: { added: 1 } }]);
  });

  it('bring more passwords in plain text than a request takes', async () => {
    const users = Array.from({ length: 60 }, (_, place) => ({
      ...userOf(place),
      realmRoles: [],
      groups: [],
      credentials: place === 0 ? [] : [{ type: 'password', value: 'three-wombats-at-dawn' }],
    }));
    const { status, lines } = await run([await fileOf({ realm: newName(), users })]);
    expect([status, lastOf(lines)]).toMatchObject([0, { tallies: { user: { added: 60 } } }]);
  });

  it('are reported where no tenant can have the name, and where something is not taken over', async () => {
    const { status, lines } = await run([await fileOf({ realm: 'A realm' })]);
    expect([status, lastOf(lines)]).toMatchObject([2, { faults: [{ kind: 'realm', name: 'A realm' }] }]);
    const reported = await run([await fileOf({ realm: newName(), users: [{ username: '' }, { username: 'ada' }] })]);
    expect([reported.status, lastOf(reported.lines)]).toMatchObject([
      2,
      { state: 'REPORTED', faultCount: 1, tallies: { user: { added: 1 } } },
    ]);
  });

  it.each(['', '[]', '{"realm":7}', '{"users":[]}', '{"realm":"cut off', '{"realm":"a","users":[{'])(
    'are refused when they are %j',
    async (content) => {
      await expect(run([await fileOf(content)])).rejects.toThrow(FileUnreadable);
    },
  );

  it('are refused when they are not there', async () => {
    await expect(run([join(folder, 'nowhere.json')])).rejects.toThrow(FileUnreadable);
  });
});
