import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePrivateFolder } from '../../../src/kernel/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'idgraph-folders-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a private folder', () => {
  it('is made with its parents, only for its owner, also by two calls at the same time', async () => {
    const path = join(root, 'a', 'b');
    await Promise.all([makePrivateFolder(path), makePrivateFolder(path)]);
    await makePrivateFolder(path);
    for (const folder of [join(root, 'a'), path]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is refused where a file is in the way', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(makePrivateFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makePrivateFolder(join(root, 'file', 'x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(existsSync('/proc/self'))('is refused at once where the file system makes none', async () => {
    for (const path of ['/proc/x', '/proc/x/y'])
      await expect(makePrivateFolder(path)).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});
