import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = new URL('../../scripts/raise-minimums.mjs', import.meta.url).pathname;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'idgraph-coverage-'));
  for (const folder of ['test', 'coverage']) mkdirSync(join(root, folder));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const part = (covered: number, total: number) => ({ covered, total });

/** Writes what a run measured: covered lines and branches of files with 100 lines and 50 branches each. */
function measure(files: Record<string, [lines: number, branches: number]>): void {
  const rows = Object.entries(files).map(([file, [lines, branches]]) => [
    join(root, file),
    { lines: part(lines, 100), branches: part(branches, 50) },
  ]);
  const total = { lines: part(1, 1), branches: part(1, 1) };
  writeFileSync(join(root, 'coverage/coverage-summary.json'), JSON.stringify({ total, ...Object.fromEntries(rows) }));
}

const MINIMUMS = 'test/coverage-minimums.json';

function raise(minimums: unknown) {
  writeFileSync(join(root, MINIMUMS), JSON.stringify(minimums));
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT], { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr, minimums: JSON.parse(readFileSync(join(root, MINIMUMS), 'utf8')) };
}

describe('npm run coverage:raise', () => {
  it('sets the minimum of each module to one whole point below what the run measured', () => {
    measure({ 'src/users/a.ts': [90, 40], 'src/users/deep/b.ts': [95, 45], 'schema/build.ts': [100, 50] });
    const { status, minimums } = raise({ 'src/users/**': { lines: 80, branches: 84 } });
    expect(status).toBe(0);
    expect(minimums).toEqual({
      'schema/*.ts': { lines: 99, branches: 99 },
      'src/users/**': { lines: 91, branches: 84 },
    });
  });

  it('lowers no minimum, and names each module whose minimum it raised', () => {
    measure({ 'src/users/a.ts': [70, 20], 'src/roles/a.ts': [70, 20] });
    const high = { lines: 80, branches: 70 };
    const { stdout, minimums } = raise({ 'src/roles/**': { lines: 60, branches: 70 }, 'src/users/**': high });
    expect(minimums).toEqual({ 'src/roles/**': { lines: 69, branches: 70 }, 'src/users/**': high });
    expect(stdout).toBe('src/roles/**: lines 60 -> 69, branches 70 -> 70\n');
  });

  it('drops the minimum of a module that no longer exists', () => {
    measure({ 'src/users/a.ts': [70, 20] });
    expect(raise({ 'src/gone/**': { lines: 60, branches: 60 } }).minimums).not.toHaveProperty('src/gone/**');
  });

  it('fails without a run that measured', () => {
    const { status, stderr, minimums } = raise({});
    expect({ status, minimums }).toEqual({ status: 1, minimums: {} });
    expect(stderr).toContain('run "npm test" first');
  });
});
