import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/started.ts';

const idgraph = { name: 'idgraph', typeDefs: parse(readFileSync(join(ROOT, 'schema/subgraph.graphql'), 'utf8')) };

/** Another graph, which has connections and refers to users of this one. */
const orders = (query: string) => ({
  name: 'orders',
  typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
    type Query { ${query} }
    type Order @key(fields: "number") { number: ID! buyer: User }
    type OrderEdge { cursor: String! node: Order! }
    type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
    type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    type User @key(fields: "id") { id: ID! orders(first: Int): OrderConnection }
  `),
});

const compose = (query: string) => composeServices([idgraph, orders(query)]);

const errorsOf = (query: string): string[] => {
  const result = compose(query);
  return compositionHasErrors(result) ? result.errors.map(({ message }) => message) : [];
};

describe('the SDL as a subgraph of Apollo Federation 2', () => {
  it('composes with another graph that has connections and refers to users', () => {
    expect(errorsOf('orders(first: Int): OrderConnection!')).toEqual([]);
  });

  it('lets a gateway read `node` for callers who hold the permission of one type only', () => {
    const { supergraphSdl } = compose('orders(first: Int): OrderConnection!');
    const definitionOf = (pattern: RegExp) => supergraphSdl?.match(pattern)?.[0];
    expect(definitionOf(/^interface Node\b[^{]*/m)).not.toMatch(/requiresScopes/);
    expect(definitionOf(/^type AuthModes\b[^{]*/m)).toMatch(/requiresScopes/);
  });

  it('does not share `node`: another graph that resolves it does not compose', () => {
    const both = errorsOf('node(id: ID!): Order');
    expect(both.join()).toMatch(/Query\.node/);
  });
});
