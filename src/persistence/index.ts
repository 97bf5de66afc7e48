/**
 * Access to the database: opening it, units of work, paging, migrations. Imports no other module; `server/` passes it the
 * entities.
 */
export { BatchReader, type BatchReaderOptions } from './batch-reader.ts';
export { type ColumnSet, type Columns, columnNamesOf, columnsOf, RowColumns, toColumnSet } from './columns.ts';
export { Database, type DatabaseLocation, type DatabaseOptions } from './database.ts';
export type { DatabaseServer } from './database-server.ts';
export { readDatabaseTemplate, writeDatabaseTemplate } from './database-template.ts';
export type { StatementObserver } from './dialect.ts';
export { isNewDatabase } from './embedded.ts';
export { migrate } from './migrate.ts';
export { NamedList } from './named-list.ts';
export { lockName } from './named-lock.ts';
export { defineStatement, defineVersions, type NamedStatement } from './named-statements.ts';
export { type NarrowedList, narrowedPage, WALKED_AT_MOST } from './narrowed-page.ts';
export { allOf, finding, type Narrowing, notMeeting, oneOf, testing } from './narrowing.ts';
export type { EntityList } from './orm-options.ts';
export {
  firstPage,
  isForFirst,
  keysetPage,
  MAX_INSIDE_PAGE_SIZE,
  type PageKey,
  type PageRequest,
  type PageResult,
  pageOfWhole,
} from './page.ts';
export { narrowPageAt, pageAt } from './page-at.ts';
export { ReadCache, type ReadCacheOptions } from './read-cache.ts';
export {
  type AnyOf,
  addSearchRows,
  anyOfFaults,
  anyOfNarrowing,
  bySearchRow,
  type Comparison,
  type ComparisonOperator,
  keyBegins,
  keyContains,
  keyIs,
  keyIsWhole,
  keyMatches,
  replaceSearchRows,
  type Searched,
  type SearchField,
  type SearchKeyTable,
} from './search.ts';
export { exceedsSearchKey, searchKey, searchKeysOf } from './search-keys.ts';
export type { ServerConnection } from './server-connection.ts';
export { withServerLock } from './server-lock.ts';
export { byTenant, type ForeignKey, fk, type SqlOnly } from './sql-only.ts';
export { DEFAULT_TIME_LIMITS, settlesWithin, type TimeLimits, withTimeLimits } from './time-limits.ts';
export { isDatabaseUnavailable, isPreparationLost, translateDatabaseError } from './unavailable.ts';
export { openUnitOfWork } from './unit-of-work.ts';
export { violatedConstraint } from './violations.ts';
