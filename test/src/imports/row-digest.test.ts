import { describe, expect, it } from 'vitest';
import { MasterKey } from '../../../src/crypto/index.ts';
import type { ImportRow } from '../../../src/imports/index.ts';
import { RowDigester } from '../../../src/imports/row-digest.ts';

const digester = new RowDigester(MasterKey.generate().key);
const role = (name: string, description: string, owner = ''): ImportRow => ({
  kind: owner === '' ? 'role' : 'clientRole',
  owner,
  name,
  input: { name, description },
});

describe('digests of rows', () => {
  it('are the same for the same content, whatever the order of its members', () => {
    const other: ImportRow = { kind: 'role', owner: '', name: 'crew', input: { description: 'Rows.', name: 'crew' } };
    expect(digester.digest(other)).toEqual(digester.digest(role('crew', 'Rows.')));
  });

  it('find a row by kind, owner and name, and tell contents apart', () => {
    const [one, changed] = [digester.digest(role('crew', 'Rows.')), digester.digest(role('crew', 'Rests.'))];
    expect(changed.key).toEqual(one.key);
    expect(changed.contentHash).not.toEqual(one.contentHash);
    for (const row of [role('captain', 'Rows.'), role('crew', 'Rows.', 'oars')])
      expect(digester.digest(row).key).not.toEqual(one.key);
  });

  it('of contents take the key of the service', () => {
    const elsewhere = new RowDigester(MasterKey.generate().key);
    expect(elsewhere.digest(role('crew', 'Rows.')).contentHash).not.toEqual(
      digester.digest(role('crew', 'Rows.')).contentHash,
    );
  });
});
