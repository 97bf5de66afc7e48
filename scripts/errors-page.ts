import { ERROR_CODES, ERROR_TABLES } from '../schema/errors/codes.ts';
import { COMMON_CODES } from '../schema/errors/common-codes.ts';
import { type ErrorKind, STATUS_OF_KIND } from '../src/kernel/index.ts';

const HEAD = `# Error codes

Written by \`npm run schema:emit\` from the error tables in the code; a test compares it with them.

A refusal is an error with a stable \`code\`. In GraphQL it stands in \`extensions.code\`, beside \`extensions.kind\` and, where values are
faulty, \`extensions.fields\` (\`path\` in the input, \`code\`, \`message\`); the enum \`ErrorCode\` of the schema holds the same codes. The
message is safe to show; what is for operators alone is in the log.

The kind decides the HTTP status outside GraphQL, and is what an API translates if it declares no answer for a code. A GraphQL
response with errors has status 200, or a status of 4xx or 5xx where nothing was executed. OAuth endpoints answer the codes of RFC 6749
section 5.2, and the older APIs their own: \`rest-compat/<dialect>/errors.ts\`.
`;

const KINDS = Object.entries(STATUS_OF_KIND) as readonly [ErrorKind, number][];
const ROWS = ERROR_TABLES.flatMap(({ rows }) => Object.entries(rows));

function toTable(rows: readonly (readonly [code: string, message: string])[]): string {
  const lines = rows
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, message]) => `| \`${code}\` | ${message.replaceAll('|', '\\|')} |`);
  return ['| code | message |', '| --- | --- |', ...lines].join('\n');
}

function toSection([kind, status]: readonly [ErrorKind, number]): string {
  const rows = ROWS.filter(([, row]) => row.kind === kind).map(([code, row]) => [code, row.message] as const);
  return `## ${kind} (${status})\n\n${toTable(rows)}\n`;
}

/** The codes of GraphQL itself, which are in no table. */
function toProtocolSection(): string {
  const ours = new Set(ROWS.map(([code]) => code));
  return `## Of GraphQL itself\n\n${toTable(Object.entries(ERROR_CODES).filter(([code]) => !ours.has(code)))}\n`;
}

/** The codes that every field can give, which `@errors` does not repeat. */
function toCommonSection(): string {
  const items = Object.entries(COMMON_CODES).map(([code, reason]) => `- \`${code}\`: ${reason}`);
  return `## Codes that every field can give\n\nThe directive \`@errors\` of a field names the others.\n\n${items.join('\n')}\n`;
}

/** `docs/errors.md`: every error code by its kind, with the HTTP status of the kind. */
export function buildErrorsPage(): string {
  return [HEAD, toCommonSection(), ...KINDS.map(toSection), toProtocolSection()].join('\n');
}
