import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { renewSystemIdentifier } from '../../../src/persistence/system-identifier.ts';

describe('renewing the system identifier of a data directory', () => {
  let tar: Buffer;
  beforeAll(async () => {
    tar = await readFile(inject('templatePath'));
  });

  /** Where the contents of a file of the tar begin. */
  const contentsOf = (name: string): number => tar.indexOf(`${name}\0`) + 512;

  it('changes the control file and the write-ahead log, and no other byte', () => {
    const before = Buffer.from(tar);
    expect(renewSystemIdentifier(tar)).toBe(true);
    const control = contentsOf('/global/pg_control');
    const log = contentsOf('/pg_wal/000000010000000000000001');
    expect(tar.subarray(control, control + 8)).not.toEqual(before.subarray(control, control + 8));
    expect(tar.subarray(log + 24, log + 32)).toEqual(tar.subarray(control, control + 8));
    before.copy(tar, log + 24, log + 24, log + 32);
    before.copy(tar, control, control, control + 512);
    expect(tar.equals(before)).toBe(true);
  });

  it.each([
    ['a control file whose checksum is wrong', () => contentsOf('/global/pg_control') + 16],
    ['a log of another cluster', () => contentsOf('/pg_wal/000000010000000000000001') + 24],
    ['a control file of another name', () => tar.indexOf('/global/pg_control') + 1],
  ])('refuses %s, and changes nothing', (_case, find) => {
    const at = find();
    tar[at]! ^= 1;
    const before = Buffer.from(tar);
    expect(renewSystemIdentifier(tar)).toBe(false);
    expect(tar.equals(before)).toBe(true);
    tar[at]! ^= 1;
    expect(renewSystemIdentifier(tar)).toBe(true);
  });
});
