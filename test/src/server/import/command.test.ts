import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildServer, endStarted, ROOT, Started } from '../../../support/started.ts';

const USERS = 1_600;

describe('the command that imports', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    buildServer();
    folder = mkdtempSync(join(tmpdir(), 'idgraph-command-'));
    file = join(folder, 'realm.json');
    const users = Array.from({ length: USERS }, (_, place) => ({ username: `user-${place}`, enabled: true }));
    writeFileSync(file, JSON.stringify({ realm: 'reeds', users }));
  });
  afterAll(async () => {
    await endStarted();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): Started =>
    new Started(process.execPath, [join(ROOT, 'scripts/cli.mjs'), ...args], { DATA_DIR: join(folder, 'data') });
  const lastLine = ({ output }: Started) => JSON.parse(output.trim().split('\n').at(-1)!);

  it('completes after it was killed, and changes nothing when it is repeated', async () => {
    const killed = start('import', 'keycloak', file);
    await vi.waitFor(() => expect(killed.output).toContain('"rows":1001'), { timeout: 100_000, interval: 20 });
    killed.killGroup();
    await killed.exited;
    expect(killed.errors).toMatch(/^Password of admin, shown only once: /m);

    const completed = start('import', 'keycloak', file);
    expect([await completed.exited, completed.errors]).toEqual([0, '']);
    const { user } = lastLine(completed).tallies;
    expect(user.same).toBeGreaterThanOrEqual(1_000);
    expect(user.same + user.added).toBe(USERS);

    const repeated = start('import', 'keycloak', file);
    expect(await repeated.exited).toBe(0);
    expect(lastLine(repeated).tallies).toEqual({ settings: { same: 1 }, user: { same: USERS } });
  }, 200_000);

  it('says how it is used, and which file cannot be read', async () => {
    const wrong = start('import');
    expect(await wrong.exited).toBe(1);
    expect(wrong.errors).toContain('Usage: idgraph import keycloak');
    const missing = start('import', 'keycloak', join(folder, 'nowhere.json'));
    expect(await missing.exited).toBe(1);
    expect(missing.errors).toContain('nowhere.json cannot be read');
    const refused = start('import', 'keycloak', file, '--into', 'master');
    expect(await refused.exited).toBe(1);
    expect(refused.errors).toContain('Nothing is imported into master');
  });
});
