import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { Users } from '../operations.generated.ts';
import { MAX_FOUND } from '../quirks.ts';
import { ACCOUNT, account } from '../replies.ts';
import { searchOf, searchParameter, USER_FIELDS } from '../search.ts';

/** Search of accounts: docs/dialects/blitz.md, section 2.4. */
export const SEARCH_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users',
    spec: '2.4 (6)',
    summary: 'Accounts that a condition finds, oldest first',
    callers: { bearer: { app: ['blitz_api_sys_users'] } },
    operation: Users,
    input: { query: z.object({ query: searchParameter(USER_FIELDS) }) },
    toVariables: ({ query: { query } }) => {
      const { anyOf, limit } = searchOf(query, USER_FIELDS);
      return { anyOf, first: Math.min(limit ?? MAX_FOUND, MAX_FOUND) };
    },
    reply: {
      status: 200,
      schema: z.array(ACCOUNT),
      from: ({ users }) => presentItems(users.nodes).map(account),
    },
    pos: { 'filter.anyOf': 'query' },
  }),
];
