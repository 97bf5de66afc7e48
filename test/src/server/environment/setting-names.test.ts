import { describe, expect, it } from 'vitest';
import { CONFIG_NAMES, parseConfig } from '../../../../src/server/environment/config.ts';
import { findMisspelt } from '../../../../src/server/environment/setting-names.ts';

const guess = (env: Record<string, string>) => findMisspelt(env, CONFIG_NAMES);

describe('a misspelt setting', () => {
  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['MASTERKEY', 'MASTER_KEY'],
    ['database_url', 'DATABASE_URL'],
    ['BOOTSTRAP_CLIENT_SECERT', 'BOOTSTRAP_CLIENT_SECRET'],
    ['DRAIN_SECOND', 'DRAIN_SECONDS'],
    ['Port', 'PORT'],
  ])('%s refuses the start, and %s is named', (name, meant) => {
    expect(guess({ [name]: 'x' })).toEqual([{ name, meant }]);
    expect(() => parseConfig({ [name]: 'x' })).toThrow(`${name}: is not a setting; did you mean ${meant}?`);
  });

  it('is not assumed for names of other programs, for empty values, and if the right name is also set', () => {
    const machine = [
      'HOME',
      'PATH',
      'POST',
      'USER',
      'HOSTNAME',
      'PWD',
      'NATS_PORT',
      'SMTP_PORT',
      'XDG_DATA_DIRS',
      'NODE_ENV',
    ];
    expect(guess(Object.fromEntries(machine.map((name) => [name, 'x'])))).toEqual([]);
    expect(guess({ DATABSE_URL: ' ' })).toEqual([]);
    expect(guess({ LOGLEVEL: 'x', LOG_LEVEL: 'info' })).toEqual([]);
  });

  it('is never another setting', () => {
    for (const name of CONFIG_NAMES) expect(guess({ [name]: 'x' })).toEqual([]);
  });
});
