import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Method, pathsOf, type Route } from '../../../rest-compat/engine/index.ts';
import { SECRETS_VAULT } from '../../../rest-compat/secrets-vault/index.ts';
import { NOT_SERVED, SERVICES, type Service, WITHOUT_ROW } from './services.ts';

/** A path without the names of its parameters. */
const shapeOf = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

/** The name of the operation that a row serves; null for what the service adds. */
const idOf = ({ spec }: Route): string | null => /\(([A-Z]+-\d+)\)$/.exec(spec)?.[1] ?? null;

interface Placed {
  readonly id: string | null;
  readonly method: Method;
  readonly paths: readonly string[];
  readonly row: Route;
}

const ROWS: readonly Placed[] = SECRETS_VAULT.mounts.flatMap(({ prefix, routes }) =>
  routes.map((row) => ({
    id: idOf(row),
    method: row.method,
    paths: pathsOf(row).map((path) => shapeOf(`${prefix}${path}`)),
    row,
  })),
);

/** A row that is refused holds its path until it is there, unless it is one of `/Me`, which the service refuses too. */
const isThere = ({ row, id }: Placed): boolean => row.refuse !== true || id?.startsWith('SCIM-') === true;

const THERE = ROWS.filter(isThere).flatMap(({ id }) => id ?? []);
const SERVED = SERVICES.filter(([id]) => THERE.includes(id));

/** The statuses of success, or of the only answer; some rows answer 204 when they have nothing to show, some lead or show a page. */
const statusesOf = ({ reply, refuse }: Route): readonly number[] => {
  if (refuse === true) return [501];
  if (reply.as === 'browser') return [reply.status, 200];
  return reply.orEmpty === undefined ? [reply.status] : [reply.status, 204];
};

/** Scopes of keys of which each is enough. */
const keysFor = (callers: Service[4]): readonly string[] | undefined => {
  if (/^[a-z]/.test(callers)) return undefined;
  return callers.endsWith(':READ') && callers !== 'ANALYTICS:READ' ? [callers, callers.slice(0, -5)] : [callers];
};

/** The operations of a cell: `TEN-3, TEN-5` or `SCIM-20 to SCIM-24`. */
function idsOf(cell: string): readonly string[] {
  return cell.split(', ').flatMap((part) => {
    const [first, last = first] = part.split(' to ');
    const [kind, from] = first!.split('-');
    const to = Number(/\d+$/.exec(last!)?.[0]);
    return Array.from({ length: to - Number(from) + 1 }, (_, at) => `${kind}-${Number(from) + at}`);
  });
}

/** The operations that a page describes: in the first column of its tables, and in brackets behind a request. */
const describedIds = (page: string): readonly string[] => [
  ...[...page.matchAll(/^\| ([A-Z]+-\d+(?:(?:, | to )[A-Z]+-\d+)*) \|/gm)].flatMap(([, cell]) => idsOf(cell!)),
  ...[...page.matchAll(/` \(([A-Z]+-\d+)\)/g)].map(([, id]) => id!),
];

describe('the operations of Secrets Vault', () => {
  it('are 103, each served by one row, by the engine, or on the list of those that are not there yet', () => {
    expect(new Set(SERVICES.map(([id]) => id)).size).toBe(103);
    expect(THERE.toSorted()).toEqual(SERVED.map(([id]) => id).toSorted());
    const others = SERVICES.map(([id]) => id).filter((id) => !THERE.includes(id));
    expect(others.filter((id) => !NOT_SERVED.includes(id) && !WITHOUT_ROW.includes(id))).toEqual([]);
  });

  it.each(SERVED)('%s: %s %s is served, for the same callers', (id, method, path, status, callers) => {
    const placed = ROWS.find((row) => row.id === id)!;
    expect([placed.method, placed.paths]).toEqual([method, expect.arrayContaining([shapeOf(path)])]);
    const { row } = placed;
    expect(statusesOf(row)).toContain(status);
    const isOpen = row.callers.public === true || row.callers.browser === true;
    expect([isOpen, row.callers.clientAuth !== undefined]).toEqual([callers === 'anyone', callers === 'client']);
    expect(row.callers.apiKey?.toSorted()).toEqual(keysFor(callers)?.toSorted());
  });

  it('are each described where the dialect is, and those that are not there are not', () => {
    const page = readFileSync(new URL('../../../docs/dialects/secrets-vault.md', import.meta.url), 'utf8');
    const described = new Set(describedIds(page));
    expect(SERVED.flatMap(([id]) => (described.has(id) ? [] : [id]))).toEqual([]);
    const others = SERVICES.map(([id]) => id).filter((id) => !THERE.includes(id) && !WITHOUT_ROW.includes(id));
    expect(others.filter((id) => described.has(id))).toEqual([]);
  });

  it('have the limits of the service', () => {
    const limits = ROWS.filter(isThere).flatMap(({ id, row: { rateLimit: limit } }) =>
      limit === undefined ? [] : [[id, limit.per, limit.requests / limit.seconds]],
    );
    const ofService = SERVED.flatMap(([id, , , , callers]) => {
      if (id === 'AUTH-2') return [[id, 'address', 1 / 2]];
      if (['AUTH-1', 'AUTH-3', 'AUTH-7'].includes(id)) return [[id, 'address', 20]];
      return callers === 'SCIM2' ? [[id, 'credential', 200 / 60]] : [];
    });
    expect(limits).toEqual(expect.arrayContaining(ofService));
  });
});
