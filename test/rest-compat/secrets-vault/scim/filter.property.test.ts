import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../rest-compat/secrets-vault/scim/filter.ts';
import { meetsFilter, resolveFilter } from '../../../../rest-compat/secrets-vault/scim/resolved-filter.ts';
import { USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';

/** Numbers that look random and are the same in each run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Email {
  readonly value?: string;
  readonly type?: string;
}
interface User {
  readonly userName: string;
  readonly externalId?: string;
  readonly title?: string;
  readonly active: boolean;
  readonly emails?: readonly Email[];
}
type Holds<T> = (value: T) => boolean;
/** A filter as text and what it means. */
interface Case<T> {
  readonly text: string;
  readonly holds: Holds<T>;
}

const TEXTS = ['a', 'A', 'ab', 'B', 'b', '', 'a"b', 'and', 'é'];

describe('filters of SCIM', () => {
  it('mean what an evaluator finds that does not share their code, for 1,000 random trees', () => {
    const next = random(7644);
    const among = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
    const perhaps = <T>(make: () => T): T | undefined => (next() < 0.3 ? undefined : make());

    const email = (): Email =>
      stripped({ value: perhaps(() => among(TEXTS)), type: perhaps(() => among(['work', 'Home'])) });
    const user = (): User =>
      stripped({
        userName: among(['a', 'AB', 'b', 'a"b']),
        externalId: perhaps(() => among(TEXTS)),
        title: perhaps(() => among(TEXTS)),
        active: next() < 0.5,
        emails: perhaps(() => [email(), email()].slice(0, Math.floor(next() * 3))),
      });

    function comparison<T>(name: string, isExact: boolean, texts: (value: T) => (string | undefined)[]): Case<T> {
      const wanted = among(TEXTS);
      const key = (text: string) => (isExact ? text : text.toLowerCase());
      const operator = among(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'] as const);
      const present = (value: T) => texts(value).filter((text) => text !== undefined && text !== '') as string[];
      const by = (test: (one: string, other: string) => boolean) => (value: T) =>
        present(value).some((text) => test(key(text), key(wanted)));
      const meanings: Record<typeof operator, Holds<T>> = {
        eq: by((one, other) => one === other),
        ne: (value) => present(value).length === 0 || by((one, other) => one !== other)(value),
        co: by((one, other) => one.indexOf(other) >= 0),
        sw: by((one, other) => one.indexOf(other) === 0),
        ew: by((one, other) => one.slice(one.length - other.length) === other && one.length >= other.length),
        gt: by((one, other) => one > other),
        ge: by((one, other) => one >= other),
        lt: by((one, other) => one < other),
        le: by((one, other) => one <= other),
        pr: (value) => present(value).length > 0,
      };
      const written = next() < 0.5 ? name : name.toUpperCase();
      return {
        text: operator === 'pr' ? `${written} pr` : `${written} ${operator} ${JSON.stringify(wanted)}`,
        holds: meanings[operator],
      };
    }

    function logical<T>(depth: number, leaf: () => Case<T>): Case<T> {
      if (depth === 0 || next() < 0.3) return leaf();
      const one = logical(depth - 1, leaf);
      const other = logical(depth - 1, leaf);
      return among<() => Case<T>>([
        () => ({ text: `not (${one.text})`, holds: (value) => !one.holds(value) }),
        () => ({ text: `(${one.text}) and (${other.text})`, holds: (value) => one.holds(value) && other.holds(value) }),
        () => ({ text: `(${one.text}) or (${other.text})`, holds: (value) => one.holds(value) || other.holds(value) }),
      ])();
    }

    const emailLeaf = () =>
      among<() => Case<Email>>([
        () => comparison('value', false, ({ value }) => [value]),
        () => comparison('type', false, ({ type }) => [type]),
      ])();
    const userLeaf = () =>
      among<() => Case<User>>([
        () => comparison('userName', false, ({ userName }) => [userName]),
        () => comparison('externalId', true, ({ externalId }) => [externalId]),
        () => comparison('title', false, ({ title }) => [title]),
        () => comparison('emails.value', false, ({ emails }) => (emails ?? []).map(({ value }) => value)),
        () => {
          const wanted = next() < 0.5;
          return { text: `active eq ${wanted}`, holds: ({ active }) => active === wanted };
        },
        () => {
          const inside = logical(2, emailLeaf);
          // A value without members is no value.
          const isThere = ({ value, type }: Email) => Boolean(value) || Boolean(type);
          return {
            text: `emails[${inside.text}]`,
            holds: ({ emails }) => (emails ?? []).some((each) => isThere(each) && inside.holds(each)),
          };
        },
      ])();

    const users = Array.from({ length: 40 }, user);
    let held = 0;
    for (let count = 0; count < 1000; count += 1) {
      const { text, holds } = logical(4, userLeaf);
      if (text.length > 2048) continue;
      const filter = resolveFilter(USER_KIND, parseFilter(text));
      for (const each of users) {
        const expected = holds(each);
        expect(meetsFilter(filter, each), `${text} ${JSON.stringify(each)}`).toBe(expected);
        held += expected ? 1 : 0;
      }
    }
    expect(held).toBeGreaterThan(10_000);
  });
});

const stripped = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
