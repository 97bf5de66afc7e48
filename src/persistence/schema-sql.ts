import { sql } from 'kysely';
import { CLUSTER_DDL } from './cluster-ddl.ts';
import type { Database } from './database.ts';
import { EVENT_LOG_DDL } from './event-log-ddl.ts';
import { foreignKeyName, foreignKeySql, type SqlOnly } from './sql-only.ts';

/** Splits the ORM's script into statements, each of which ends with a semicolon at the end of a line. */
function statements(script: string): string[] {
  return script
    .split(/;\s*\n/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '' && !/^set /i.test(statement));
}

/** All statements that create the current schema: the entities' tables, then what only SQL describes. */
export async function freshSchemaStatements(db: Database, { foreignKeys, indexes }: SqlOnly): Promise<string[]> {
  const tables = statements(await db.orm.schema.getCreateSchemaSQL({ wrap: false }));
  return [...tables, ...EVENT_LOG_DDL, ...CLUSTER_DDL, ...foreignKeys.map(foreignKeySql), ...Object.values(indexes)];
}

/** The name of what a statement only drops, if it does nothing else. */
const droppedName = (statement: string): string | undefined =>
  /drop (?:constraint|index) "([^"]+)"$/.exec(statement)?.[1];

/** The statements with which the ORM would make the database match the entities; empty when they agree. */
export async function schemaDifference(db: Database, { foreignKeys, indexes }: SqlOnly): Promise<string[]> {
  // The ORM would drop what it does not know.
  const kept = new Set<string | undefined>([...foreignKeys.map(foreignKeyName), ...Object.keys(indexes)]);
  const script = await db.orm.schema.getUpdateSchemaSQL({ wrap: false, dropTables: false, safe: false });
  return statements(script).filter((statement) => !kept.has(droppedName(statement)));
}

/** The schema with the tables of the service: the first of the search path, where new tables are created. */
const OUR_SCHEMA = '(select oid from pg_namespace where nspname = current_schema())';

async function namesIn(db: Database, query: string): Promise<Set<string>> {
  const { rows } = await sql.raw<{ name: string }>(query).execute(db.read());
  return new Set(rows.map((row) => row.name));
}

/**
 * The foreign keys, expression indexes and tables that only SQL describes and the database lacks, as statements that create them.
 */
export async function missingSqlOnly(db: Database, { foreignKeys, indexes }: SqlOnly): Promise<string[]> {
  const constraints = await namesIn(
    db,
    `select conname as name from pg_constraint where contype = 'f' and connamespace = ${OUR_SCHEMA}`,
  );
  const relations = await namesIn(db, `select relname as name from pg_class where relnamespace = ${OUR_SCHEMA}`);
  const logMissing = !relations.has('security_events');
  return [
    ...(logMissing ? EVENT_LOG_DDL : []),
    ...(relations.has('cluster_facts') ? [] : CLUSTER_DDL),
    ...foreignKeys.filter((key) => !constraints.has(foreignKeyName(key))).map(foreignKeySql),
    ...Object.entries(indexes)
      .filter(([name]) => !relations.has(name))
      .map(([, statement]) => statement),
  ];
}
