import { readdirSync, readFileSync } from 'node:fs';
import { pathsOf, type Route } from '../rest-compat/engine/index.ts';
import { KEYCLOAK_ADMIN } from '../rest-compat/keycloak-admin/index.ts';

const CLIENT = new URL('../node_modules/@keycloak/keycloak-admin-client/', import.meta.url.replace('/dist/', '/'));

/** A call of the stock client, with the names that it has for the parameters of the path. */
interface ClientCall {
  readonly method: string;
  readonly path: string;
}

const MADE = /this\.make(?:Update)?Request\(/g;
const CALL = /this\.make(?:Update)?Request\(\{\s*method: "(\w+)",(?:\s*path: ["`]([^"`]*)["`],)?/g;
const BASE = /super\(client, \{\s*path: (?:"([^"]*)"|`([^`]*)`)/;
/** What the path of groups has in organizations alone. */
const CHOICE = /\$\{[^?]*\?.*?: ""\}/;

/** @throws Error A call is written in another way than this reads. */
function readCallsOf(source: string, file: string): ClientCall[] {
  const [, plain, template = ''] = BASE.exec(source) ?? [];
  const base = (plain ?? template).replace(CHOICE, '');
  const calls = [...source.matchAll(CALL)].map(([, method, path = '']) => ({
    method: method!,
    path: `${base}/${path}`
      .replace(/\/+/g, '/')
      .replace(/[^/]+\/\.\.\//, '')
      .replace(/(?<=.)\/$/, ''),
  }));
  if (calls.length !== [...source.matchAll(MADE)].length) throw new Error(`${file} has calls that cannot be read.`);
  return calls;
}

/** The calls that the installed client makes, each once, by path. */
export function readClientCalls(): ClientCall[] {
  const folder = new URL('lib/resources/', CLIENT);
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const calls = files.flatMap((file) => readCallsOf(readFileSync(new URL(file, folder), 'utf8'), file));
  const once = new Map(calls.map((call) => [`${call.path} ${call.method}`, call]));
  return [...once].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
}

/** A path without the names of its parameters. */
const shapeOf = (path: string): string => path.replace(/\{\w+\*?\}/g, '{}');

/** The rows by method and shape of the whole path. */
function readRows(): ReadonlyMap<string, Route> {
  return new Map(
    KEYCLOAK_ADMIN.mounts.flatMap(({ prefix, routes }) =>
      routes.flatMap((row) =>
        pathsOf(row).map((path): [string, Route] => [`${row.method} ${shapeOf(`${prefix}${path}`)}`, row]),
      ),
    ),
  );
}

const MARKS = { served: 'served', refused: '501', absent: 'not served yet' } as const;

function markOf(row: Route | undefined): string {
  if (row === undefined) return MARKS.absent;
  return row.refuse === true ? MARKS.refused : MARKS.served;
}

/** `docs/keycloak-calls.md`: every call of the installed client, with what the rows make of it. */
export function buildKeycloakCallsPage(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', CLIENT), 'utf8')) as { version: string };
  const rows = readRows();
  const calls = readClientCalls().map((call) => ({
    ...call,
    mark: markOf(rows.get(`${call.method} ${shapeOf(call.path)}`)),
  }));
  const counts = Object.values(MARKS).map((mark) => `${calls.filter((call) => call.mark === mark).length} ${mark}`);
  return `# Calls of Keycloak's Admin client

Written by \`npm run calls:emit\` from \`@keycloak/keycloak-admin-client\` ${version}, as it is installed, and from the rows of
\`rest-compat/keycloak-admin\`; a test compares it with them. The manual is section 4 of docs/dialects/kobil.md.

${calls.length} calls: ${counts.join(', ')}.

| method | path | |
| --- | --- | --- |
${calls.map(({ method, path, mark }) => `| ${method} | \`${path}\` | ${mark} |`).join('\n')}
`;
}
