import { sql } from 'kysely';
import { CLUSTER_DDL } from './cluster-ddl.ts';
import type { Database } from './database.ts';
import { EVENT_LOG_DDL } from './event-log-ddl.ts';
import { EXPRESSION_INDEXES, FOREIGN_KEYS, foreignKeyName, foreignKeySql } from './sql-only.ts';

/** Splits the ORM's script into statements, each of which ends with a semicolon at the end of a line. */
function statements(script: string): string[] {
  return script
    .split(/;\s*\n/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '' && !/^set /i.test(statement));
}

/** All statements that create the current schema: the entities' tables, then what only SQL describes. */
export async function freshSchemaStatements(db: Database): Promise<string[]> {
  const tables = statements(await db.orm.schema.getCreateSchemaSQL({ wrap: false }));
  return [
    ...tables,
    ...EVENT_LOG_DDL,
    ...CLUSTER_DDL,
    ...FOREIGN_KEYS.map(foreignKeySql),
    ...Object.values(EXPRESSION_INDEXES),
  ];
}

const SQL_ONLY_NAMES = new Set([...FOREIGN_KEYS.map(foreignKeyName), ...Object.keys(EXPRESSION_INDEXES)]);

/** Whether a statement only drops what `sql-only.ts` describes, which the ORM does not know. */
function dropsSqlOnly(statement: string): boolean {
  const dropped = /drop (?:constraint|index) "([^"]+)"$/.exec(statement)?.[1];
  return dropped !== undefined && SQL_ONLY_NAMES.has(dropped);
}

/** The statements with which the ORM would make the database match the entities; empty when they agree. */
export async function schemaDifference(db: Database): Promise<string[]> {
  const script = await db.orm.schema.getUpdateSchemaSQL({ wrap: false, dropTables: false, safe: false });
  return statements(script).filter((statement) => !dropsSqlOnly(statement));
}

/** The schema with the tables of the service: the first of the search path, where new tables are created. */
const OUR_SCHEMA = '(select oid from pg_namespace where nspname = current_schema())';

async function namesIn(db: Database, query: string): Promise<Set<string>> {
  const { rows } = await sql.raw<{ name: string }>(query).execute(db.read());
  return new Set(rows.map((row) => row.name));
}

/**
 * The foreign keys, expression indexes and tables of `sql-only.ts` that the database lacks, as statements that create them.
 */
export async function missingSqlOnly(db: Database): Promise<string[]> {
  const constraints = await namesIn(
    db,
    `select conname as name from pg_constraint where contype = 'f' and connamespace = ${OUR_SCHEMA}`,
  );
  const relations = await namesIn(db, `select relname as name from pg_class where relnamespace = ${OUR_SCHEMA}`);
  const logMissing = !relations.has('security_events');
  return [
    ...(logMissing ? EVENT_LOG_DDL : []),
    ...(relations.has('cluster_facts') ? [] : CLUSTER_DDL),
    ...FOREIGN_KEYS.filter((key) => !constraints.has(foreignKeyName(key))).map(foreignKeySql),
    ...Object.entries(EXPRESSION_INDEXES)
      .filter(([name]) => !relations.has(name))
      .map(([, statement]) => statement),
  ];
}
