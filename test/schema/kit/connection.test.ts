import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { toConnection } from '../../../schema/kit/connection.ts';

describe('a page of rows as a connection', () => {
  const page = () => {
    const computed: string[] = [];
    const cursorOf = (row: string) => {
      computed.push(row);
      return `cursor of ${row}`;
    };
    const rows = ['a', 'b', 'c'];
    return { computed, connection: toConnection({ rows, cursorOf, hasNextPage: true, hasPreviousPage: false }) };
  };

  it('computes no cursor that is not read', () => {
    const { computed, connection } = page();
    expect([connection.nodes, connection.totalCount]).toEqual([['a', 'b', 'c'], null]);
    expect(computed).toEqual([]);
  });

  it('computes each cursor once, however often it is read', () => {
    const { computed, connection } = page();
    for (let time = 0; time < 3; time++) {
      expect(connection.edges[2]).toEqual({ cursor: 'cursor of c', node: 'c' });
      expect(connection.pageInfo).toEqual({
        hasNextPage: true,
        hasPreviousPage: false,
        startCursor: 'cursor of a',
        endCursor: 'cursor of c',
      });
    }
    expect(computed).toEqual(['a', 'b', 'c', 'a', 'c']);
  });
});
