import { hash } from 'node:crypto';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';

/**
 * A statement that PostgreSQL prepares once for each connection and then executes by its name: parsing and planning, which for
 * a row by its key cost more than reading it, are saved. For rows by their keys and for writes, whose best plan is the same
 * for all values; a list or a search has to be planned for its values and stays unnamed.
 */
export interface NamedStatement<R> {
  /** Label and hash of the text: builds with different texts never use one name on one connection. */
  readonly name: string;
  /** Parameters are `$1`, `$2` and so on. */
  readonly text: string;
  /** The type of its rows; no value. */
  readonly row?: R;
}

const LABEL = /^[a-z][a-z0-9-]*$/;
/** PostgreSQL cuts names to 63 bytes; the hash and the revision of a connection need 20 of them. */
const LONGEST_LABEL = 43;

const labels = new Set<string>();
const names = new Map<string, string>();

/** Builds texts and executes nothing. */
const builder = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/**
 * Declares a statement that is sent by name; `Database.run` runs it. Declare it beside its store, once, when the module is
 * loaded. It must name its columns, because a name stands for one type of rows.
 * @param label Unique in the service.
 * @param statement A text with the parameters `$1`, `$2` and so on, or an `sql` template of such a text and column lists.
 * @throws Error A label or a text that is declared already, or a template that holds a value.
 */
export function defineStatement<R>(label: string, statement: string | RawBuilder<R>): NamedStatement<R> {
  const text = typeof statement === 'string' ? statement : compileText(label, statement);
  if (!LABEL.test(label) || label.length > LONGEST_LABEL) throw new Error(`"${label}" cannot name a statement.`);
  if (labels.has(label)) throw new Error(`Two statements have the name ${label}.`);
  if (names.has(text)) throw new Error(`The statement ${label} has another name already: ${names.get(text)}.`);
  const name = `${label}-${hash('sha256', text).slice(0, 12)}`;
  labels.add(label);
  names.set(text, name);
  return { name, text };
}

/** All declared statements. */
export function listStatements(): NamedStatement<unknown>[] {
  return [...names].map(([text, name]) => ({ name, text }));
}

/** The name under which a text is declared; the list is as long as the code makes it. */
export function findStatementName(text: string): string | undefined {
  return names.get(text);
}

function compileText<R>(label: string, statement: RawBuilder<R>): string {
  const { sql, parameters } = statement.compile(builder);
  if (parameters.length > 0) throw new Error(`The statement ${label} holds a value; give it as a parameter.`);
  return sql;
}
