import { expect, it } from 'vitest';
import { Turns } from '../../../../src/oauth/callbacks/turns.ts';

/** Turns that end when the test says so. */
function open(limits: { readonly limit: number; readonly tenantLimit: number }) {
  const order: string[] = [];
  const ends = new Map<string, (needsAnother: boolean) => void>();
  const run = (client: string): Promise<boolean> => {
    order.push(client);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    ends.set(client, resolve);
    return promise;
  };
  const turns = new Turns({ ...limits, run });
  const end = async (client: string, needsAnother = false) => {
    ends.get(client)!(needsAnother);
    ends.delete(client);
    await new Promise(setImmediate);
  };
  return { turns, order, end };
}

it('gives a client one turn at a time, and another one where it needs it', async () => {
  const { turns, order, end } = open({ limit: 10, tenantLimit: 10 });
  turns.enter('acme', 'a');
  turns.enter('acme', 'a');
  expect(order).toEqual(['a']);
  await end('a', true);
  expect(order).toEqual(['a', 'a']);
  await end('a');
  await turns.idle();
  turns.enter('acme', 'a');
  expect(order).toEqual(['a', 'a', 'a']);
});

it('bounds the turns of a tenant, and of all', async () => {
  const { turns, order, end } = open({ limit: 3, tenantLimit: 2 });
  for (const client of ['a', 'b', 'c']) turns.enter('acme', client);
  expect(order).toEqual(['a', 'b']);
  for (const client of ['x', 'y']) turns.enter('other', client);
  expect(order).toEqual(['a', 'b', 'x']);
  await end('x');
  expect(order).toEqual(['a', 'b', 'x', 'y']);
  await end('a');
  expect(order).toEqual(['a', 'b', 'x', 'y', 'c']);
});

it('lets tenants take turns, and a client that needs more wait behind the others', async () => {
  const { turns, order, end } = open({ limit: 1, tenantLimit: 1 });
  for (const client of ['a', 'b', 'c']) turns.enter('acme', client);
  turns.enter('other', 'x');
  await end('a', true);
  await end('b');
  await end('x');
  await end('c');
  expect(order).toEqual(['a', 'b', 'x', 'c', 'a']);
});
