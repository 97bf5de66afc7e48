import { z } from 'zod';
import { lookup } from '../engine/index.ts';
import { CLIENT_UNKNOWN } from './errors.ts';
import { IdentifyClient, type IdentifyClientData } from './operations.generated.ts';

/** The client in a path: its id. What has the form of a global id of the graph is none. */
export const CLIENT_PATH = z.object({
  id: z
    .string()
    .max(255)
    .regex(/^(?![a-z]{3}~[a-z2-7]{8}~)/)
    .describe('Id of the client.'),
});

/** The client that was found. Apps on devices of users are part of no list, and are not found. */
export const shownClient = <C extends Pick<IdentifyClientData['client'], 'kind'>>({
  client,
}: {
  readonly client: C | null;
}): C | null => (client === null || client.kind === 'INSTANCE' ? null : client);

/** The client in the path. */
export const client = lookup({
  operation: IdentifyClient,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ clientId: params.id }),
  from: shownClient,
});

/** What rows that read or change a client answer where there is none. */
export const NO_CLIENT = {
  lookups: { client },
  missing: { client: CLIENT_UNKNOWN },
} as const;

/** What codes of an unknown client are answered with; a text in the path may be the id of something else. */
export const CLIENT_ERRORS = { NOT_FOUND: CLIENT_UNKNOWN, INVALID_INPUT: CLIENT_UNKNOWN } as const;
