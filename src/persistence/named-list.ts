import { type RawBuilder, sql } from 'kysely';
import type { ColumnSet, RowColumns } from './columns.ts';
import type { Database } from './database.ts';
import { StatementVersions } from './named-statements.ts';
import {
  comparedKey,
  decodeCursor,
  MAX_PAGE_SIZE,
  type PageKey,
  type PageRequest,
  type PageResult,
  pageSize,
  toPage,
  toReading,
} from './page.ts';

export interface NamedListOptions<T> {
  /** Label of its statements, unique in the service. */
  readonly label: string;
  readonly table: string;
  /** What the rows of the list have in common, over the table; its values are `$1` and so on. An index serves it in the order of the keys. */
  readonly where: string;
  /** How many values the condition has. */
  readonly parameters: number;
  readonly keys: readonly PageKey[];
  readonly columns: RowColumns<T>;
}

/** What the statement of a page depends on, beside its columns. */
interface Shape {
  readonly key: string;
  /** How the rows are compared with the cursors of the request: ` and (keys) > (cursor)`. */
  readonly bounds: readonly ('<' | '>')[];
  /** In which order the statement reads. */
  readonly direction: 'asc' | 'desc';
}

function toShape(request: PageRequest, isBackwards: boolean): Shape {
  const { isDescending, after, before } = toReading(request, isBackwards);
  const bounds = [...(request.after == null ? [] : [after]), ...(request.before == null ? [] : [before])];
  const direction = isDescending ? 'desc' : 'asc';
  return { key: `${direction}${bounds.join('')}`, bounds, direction };
}

/** Pages whose statements are declared with the list, so that their plans can be looked at. */
const DECLARED: readonly PageRequest[] = [{}, { after: '' }, { descending: true }, { descending: true, after: '' }];

/**
 * A list without filters, whose pages are named statements. They have the same plan for all values: the inner limit, of the
 * largest page, makes the planner follow the index in its order, and the outer one ends the reading early.
 */
export class NamedList<T> {
  readonly #options: NamedListOptions<T>;
  readonly #versions: StatementVersions<T, Shape>;

  constructor(options: NamedListOptions<T>) {
    this.#options = options;
    this.#versions = new StatementVersions(options.label, (columns, shape) => this.#build(columns, shape));
    for (const request of DECLARED) this.#versions.declare(options.columns.all, toShape(request, false));
  }

  get columns(): RowColumns<T> {
    return this.#options.columns;
  }

  /** Whether it can read a page: its statements have the largest page of callers from outside as their inner limit. */
  serves({ first, last, withTotal }: PageRequest): boolean {
    return withTotal !== true && (last ?? first ?? 0) <= MAX_PAGE_SIZE;
  }

  /**
   * Reads a page that it serves; the total is not counted.
   * @param values Of the condition.
   * @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range.
   */
  async page(
    db: Database,
    values: readonly unknown[],
    request: PageRequest,
    wanted: ColumnSet | null,
  ): Promise<PageResult<T>> {
    const { keys, columns } = this.#options;
    // The inner limit of its statements allows no larger pages.
    const { size, backwards: isBackwards } = pageSize({ ...request, largest: MAX_PAGE_SIZE });
    const { after, before } = request;
    const statement = this.#versions.find(columns.narrow(wanted), toShape(request, isBackwards));
    // One row more than requested shows whether the list continues, even if no items are requested.
    const found = await db.run(statement, [
      ...values,
      size + 1,
      ...(after == null ? [] : decodeCursor(after, keys, 'after')),
      ...(before == null ? [] : decodeCursor(before, keys, 'before')),
    ]);
    return toPage(found, keys, request, { size, isBackwards });
  }

  #build(columns: RawBuilder<unknown>, { bounds, direction }: Shape): RawBuilder<unknown> {
    const { where, keys, parameters } = this.#options;
    const table = sql.raw(this.#options.table);
    const orderBy = sql.raw(keys.map(({ column }) => `${column} ${direction}`).join(', '));
    const tuple = keys.map(({ column }) => column).join(', ');
    const cursorAt = (first: number): string => keys.map((key, i) => comparedKey(key, `$${first + i}`)).join(', ');
    const within = bounds.map(
      (operator, at) => ` and (${tuple}) ${operator} (${cursorAt(parameters + 2 + at * keys.length)})`,
    );
    return sql`select ${columns} from (
        select * from ${table} where ${sql.raw(where + within.join(''))}
        order by ${orderBy} limit ${sql.lit(MAX_PAGE_SIZE + 1)}
      ) ${table} order by ${orderBy} limit ${sql.raw(`$${parameters + 1}`)}`;
  }
}
