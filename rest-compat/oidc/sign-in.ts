import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../engine/index.ts';
import { Interaction } from './operations.generated.ts';

/** The page that takes the steps of a sign-in, whatever began it (docs/sign-in.md). */
export const SIGN_IN_PAGE: Route = route({
  method: 'GET',
  path: '/sign-in/{handle}',
  spec: 'OpenID Connect Core 3.1.2.3',
  summary: 'Page on which a user signs in',
  callers: { browser: true },
  faults: 'page',
  opener: true,
  operation: Interaction,
  input: { params: z.object({ handle: z.string().describe('Names the sign-in.') }) },
  toVariables: ({ params: { handle } }) => ({ handle }),
  reply: {
    status: 303,
    as: 'browser',
    from: ({ interaction }): BrowserAnswer => ({
      document: 'sign-in',
      state: { page: 'sign-in', handle: interaction.handle, interaction },
    }),
  },
});
