import pg from 'pg';

/** A statement and the parameters with which it was sent. */
export interface SentStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** What a statement did when it ran. */
export interface Plan {
  /** Tables that were read from beginning to end. */
  readonly scanned: readonly string[];
  /** Rows that its scans looked at by table, those that a filter removed included. */
  readonly read: ReadonlyMap<string, number>;
  readonly returned: number;
  /** Milliseconds, of the server. */
  readonly took: number;
  /** The nodes that read tables, for messages and reports. */
  readonly shape: string;
}

/** `custom`: planned for the parameters, as a statement without a name is. `generic`: as a named one is after five runs. */
export type PlanKind = 'custom' | 'generic';

/** Runs statements under `EXPLAIN (ANALYZE)`, on a connection that nothing else uses; changes are rolled back. */
export class Planner {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<Planner> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('set plan_cache_mode = force_generic_plan');
    return new Planner(client);
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async explain({ sql, parameters }: SentStatement, kind: PlanKind): Promise<Plan> {
    await this.#client.query('begin');
    try {
      const explain = 'explain (analyze, format json)';
      const { rows } =
        kind === 'custom'
          ? await this.#client.query(`${explain} ${sql}`, [...parameters])
          : await this.#generic(explain, sql, parameters);
      return toPlan(rows[0]['QUERY PLAN'][0]);
    } finally {
      await this.#client.query('rollback');
    }
  }

  async #generic(explain: string, sql: string, parameters: readonly unknown[]) {
    await this.#client.query(`prepare explained as ${sql}`);
    try {
      const values = parameters.length === 0 ? '' : `(${parameters.map(toLiteral).join(', ')})`;
      return await this.#client.query(`${explain} execute explained${values}`);
    } finally {
      // Not deallocated by the rollback.
      await this.#client.query('deallocate explained').catch(() => undefined);
    }
  }
}

/** A parameter as the text that the driver sends, quoted; its type is that of the prepared statement. */
function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return pg.escapeLiteral(toText(value));
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map((item) => JSON.stringify(toText(item))).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toPlan(explained: { readonly Plan: PlanNode; readonly 'Execution Time': number }): Plan {
  const scans = nodesOf(explained.Plan).filter((node) => node['Relation Name'] !== undefined && !isBitmapPart(node));
  return {
    scanned: scans.filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0).map(relationOf),
    read: sumByTable(scans),
    returned: explained.Plan['Actual Rows'] * explained.Plan['Actual Loops'],
    took: explained['Execution Time'],
    shape: scans
      .map((node) => `${node['Node Type']} ${node['Index Name'] ?? relationOf(node)} ${Math.round(rowsRead(node))}`)
      .join(', '),
  };
}

function sumByTable(scans: readonly PlanNode[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const node of scans) sums.set(relationOf(node), (sums.get(relationOf(node)) ?? 0) + rowsRead(node));
  return sums;
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const relationOf = (node: PlanNode): string => node['Relation Name']!;
/** Changed rows are counted by the scan that found them. */
const isBitmapPart = (node: PlanNode): boolean => node['Node Type'] === 'ModifyTable';
const rowsRead = (node: PlanNode): number =>
  node['Actual Loops'] *
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0));
