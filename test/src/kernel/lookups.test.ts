import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { Lookups, type Resolve } from '../../../src/kernel/lookups.ts';

const ADDRESSES: LookupAddress[] = [{ address: '192.0.2.1', family: 4 }];

/** Look-ups of which a test decides when each is answered. */
function open(limit: number) {
  const asked: string[] = [];
  const answers = new Map<string, () => void>();
  const resolve: Resolve = (host, _options, found) => {
    asked.push(host);
    answers.set(host, () => found(null, ADDRESSES));
  };
  const lookups = new Lookups(resolve, limit);
  const found: string[] = [];
  const find = (host: string, isWanted = () => true, owner = host) =>
    lookups.find(host, owner, isWanted, (error, addresses) => {
      expect([error, addresses]).toEqual([null, ADDRESSES]);
      found.push(host);
    });
  return { asked, found, find, answer: (host: string) => answers.get(host)!() };
}

describe('names that are resolved', () => {
  it('are a bounded number at once, in the order in which they are asked for', () => {
    const { asked, found, find, answer } = open(2);
    for (const host of ['a', 'b', 'c', 'd']) find(host);
    expect(asked).toEqual(['a', 'b']);
    answer('b');
    expect([asked, found]).toEqual([['a', 'b', 'c'], ['b']]);
    answer('a');
    answer('c');
    answer('d');
    expect(found).toEqual(['b', 'a', 'c', 'd']);
  });

  it('are resolved once for all who ask meanwhile, so that a silent name server holds one place', () => {
    const { asked, found, find, answer } = open(2);
    for (const host of ['slow', 'slow', 'slow', 'quick']) find(host);
    expect(asked).toEqual(['slow', 'quick']);
    answer('slow');
    expect(found).toEqual(['slow', 'slow', 'slow']);
    find('slow');
    expect(asked).toEqual(['slow', 'quick', 'slow']);
  });

  it('are one at once of each tenant, so that one with slow name servers keeps no other waiting', () => {
    const { asked, find, answer } = open(3);
    for (const host of ['slow-1', 'slow-2', 'slow-3']) find(host, undefined, 'slow');
    find('quick');
    expect(asked).toEqual(['slow-1', 'quick']);
    answer('slow-1');
    expect(asked).toEqual(['slow-1', 'quick', 'slow-2']);
  });

  it('are forgotten when nobody waits for them any more', () => {
    const { asked, found, find, answer } = open(1);
    let isWanted = true;
    find('first');
    for (let at = 0; at < 150; at++) find(`left-${at}`, () => isWanted);
    isWanted = false;
    find('last');
    answer('first');
    answer('last');
    expect([asked, found]).toEqual([
      ['first', 'last'],
      ['first', 'last'],
    ]);
  });
});
