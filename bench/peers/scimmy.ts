import { createServer } from 'node:http';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { serve } from './serve.ts';
import { bearerOf, makeToken, readToken } from './tokens.ts';

/**
 * A peer: SCIM 2.0 by `scimmy` and its routers for Express, with 1,000 users in memory, among whom its own filter looks. They have
 * what the users of the measured service have (`fillTenant`). It checks the bearer token and remembers it.
 */
const USERS = 1_000;

function makeUser(n: number) {
  const number = String(n).padStart(7, '0');
  const [givenName, familyName] = [`Given${n % 997}`, `Family${n % 4_999}`];
  const moment = new Date();
  return {
    id: `00000000-0000-4000-8000-00000${number}`,
    externalId: `ext-${n}`,
    userName: `user${number}`,
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    active: true,
    emails: [{ value: `user${n}@example.com`, primary: true }],
    meta: { created: moment, lastModified: moment },
  };
}

const users = new Map(
  Array.from({ length: USERS }, (_, at) => {
    const user = makeUser(at + 1);
    return [user.id, user] as const;
  }),
);

SCIMMY.Resources.declare(SCIMMY.Resources.User).egress((resource) => {
  if (resource.id !== undefined) return users.get(resource.id)!;
  const all = [...users.values()];
  return resource.filter?.match(all) ?? all;
});

const app = express();
app.post('/token', async (request, response) => {
  const made = await makeToken(request);
  response.status(made === null ? 401 : 200).json(made?.body ?? { error: 'invalid_client' });
});
app.use(
  '/scim/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      const claims = readToken(bearerOf(request));
      if (claims === null) throw new Error('Not authenticated');
      return claims.client_id;
    },
  }),
);
serve(createServer(app), async () => undefined);
