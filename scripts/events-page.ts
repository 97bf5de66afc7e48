import type { EventEnds } from '../src/events/index.ts';
import { EVENT_CATALOGUE } from '../src/modules.ts';

const HEAD = `# Security events

Written by \`npm run schema:emit\` from the event catalogue in the code; a test compares it with that.

Every type of event in the log, as \`SecurityEvent.type\` and the query \`eventTypes\` of the graph name it.

\`ends\` says whose access may have ended. A node caches what it read about access tokens, roles, clients and tenants, and keeps
sockets open; once the event is committed there, or arrives from another node, it checks again the cached access of those named here,
and closes the sockets whose tokens are no longer valid:

`;

const MEANINGS: Readonly<Record<EventEnds, string>> = {
  session: 'the session that the event names, and the tokens made in it',
  subject:
    'the account that the event names, and the token or token family in its parameters; where it names none of these ' +
    '(a role was taken from a group), the whole tenant',
  client: 'the client that the event names, and every token issued to it',
  tenant: 'the whole tenant',
  nothing: 'no access: the caches of tokens and the sockets stay as they are',
};

const TAIL = `
An event that a node does not know, because a newer version wrote it, counts for the whole tenant.
`;

/** `docs/events.md`: every event type by category, in the order of the catalogue, with the access that it ends. */
export function buildEventsPage(): string {
  const meanings = Object.entries(MEANINGS).map(([ends, meaning]) => `- \`${ends}\`: ${meaning}.\n`);
  const byCategory = Map.groupBy(EVENT_CATALOGUE.types, ({ category }) => category);
  const tables = [...byCategory].map(([category, rows]) => {
    const lines = rows.map(({ name, ends, description }) => `| \`${name}\` | ${ends} | ${description} |\n`);
    return `\n## ${category}\n\n| type | ends | description |\n| --- | --- | --- |\n${lines.join('')}`;
  });
  return [HEAD, ...meanings, TAIL, ...tables].join('');
}
