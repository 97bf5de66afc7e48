import { describe, expect, it } from 'vitest';
import { readImportOptions } from '../../../../src/server/import/import-options.ts';

const read = (line: string, isTerminal = true) => readImportOptions(line.split(' '), isTerminal);

describe('the command line of an import', () => {
  it('names the files and what to do with them', () => {
    expect(read('import keycloak realm.json')).toEqual({
      files: ['realm.json'],
      renames: new Map(),
      into: null,
      ifExists: 'SKIP',
      isJson: false,
    });
    expect(read('import keycloak a.json b.json --rename old=new --rename x=y --into z --overwrite --json')).toEqual({
      files: ['a.json', 'b.json'],
      renames: new Map([
        ['old', 'new'],
        ['x', 'y'],
      ]),
      into: 'z',
      ifExists: 'OVERWRITE',
      isJson: true,
    });
  });

  it('writes JSON where no person reads', () => {
    expect(read('import keycloak realm.json', false)?.isJson).toBe(true);
  });

  it.each([
    '',
    'import',
    'import keycloak',
    'import other realm.json',
    'export keycloak realm.json',
    'import keycloak realm.json --rename old',
    'import keycloak realm.json --rename =new',
    'import keycloak realm.json --rename a=b=c',
    'import keycloak realm.json --into',
    'import keycloak realm.json --unknown',
    'import keycloak realm.json --overwrite=yes',
  ])('is refused when it is "%s"', (line) => {
    expect(read(line)).toBeNull();
  });
});
