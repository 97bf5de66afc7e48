import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { isNewDatabase, openEmbedded } from '../../../src/persistence/embedded.ts';

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idgraph-embedded-'));
  data = join(folder, 'pg');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const template = async () => new Blob([await readFile(inject('templatePath'))]);

describe('the embedded database', { timeout: 120_000 }, () => {
  it('is new in memory, and where its directory is absent, empty or unfinished', async () => {
    expect(await isNewDatabase('memory://')).toBe(true);
    expect(await isNewDatabase(data)).toBe(true);
    await mkdir(data);
    expect(await isNewDatabase(data)).toBe(true);
    await writeFile(join(data, 'PG_VERSION'), '18\n');
    expect(await isNewDatabase(data)).toBe(false);
    await writeFile(`${data}.unfinished`, '');
    expect(await isNewDatabase(data)).toBe(true);
  });

  it('is made again when the process that made it was killed before it was complete', async () => {
    await mkdir(join(data, 'base'), { recursive: true });
    await writeFile(join(data, 'PG_VERSION'), '18\n');
    await writeFile(`${data}.unfinished`, '');
    const pglite = await openEmbedded(data, await template());
    expect((await pglite.query('select 1 from migrations')).rows.length).toBeGreaterThan(0);
    await pglite.close();
    expect(existsSync(`${data}.unfinished`)).toBe(false);
  });

  it('keeps its data when a template is given for it again', async () => {
    const first = await openEmbedded(data, await template());
    await first.query("insert into cluster_facts (name, value) values ('kept', 'yes')");
    await first.close();
    const second = await openEmbedded(data, await template());
    expect((await second.query('select value from cluster_facts')).rows).toEqual([{ value: 'yes' }]);
    await second.close();
  });
});
