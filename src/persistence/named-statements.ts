import { hash } from 'node:crypto';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely';
import type { SelectList } from './columns.ts';

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
  return declare(label, typeof statement === 'string' ? statement : compileText(label, statement));
}

function declare<R>(label: string, text: string): NamedStatement<R> {
  if (!LABEL.test(label) || label.length > LONGEST_LABEL) throw new Error(`"${label}" cannot name a statement.`);
  if (labels.has(label)) throw new Error(`Two statements have the name ${label}.`);
  if (names.has(text)) throw new Error(`The statement ${label} has another name already: ${names.get(text)}.`);
  const name = `${label}-${hash('sha256', text).slice(0, 12)}`;
  labels.add(label);
  names.set(text, name);
  return { name, text };
}

/**
 * Most versions of a statement that get names when they are used. A name keeps a text of about 1 KB here, and some 30 KB of plan on each connection
 * that used it: 32 versions of a statement on 16 connections take 15 MB of the database server.
 */
const NAMED_VERSIONS = 32;
/** Most versions that are remembered as used once. */
const USED_ONCE = 256;

/** What versions of a statement differ in, beside their columns. */
interface Variant {
  /** Different for different variants. */
  readonly key: string;
}

type Build<V> = (columns: RawBuilder<unknown>, variant: V) => RawBuilder<unknown>;

/**
 * A statement in versions that differ in the columns that they select, because each reader selects others. A version gets a name
 * when it is used again, so that readers who come once take none, and 32 get one; those after them are planned each time, and
 * their texts are not kept.
 */
export class StatementVersions<R, V extends Variant = Variant> {
  readonly #label: string;
  readonly #build: Build<V>;
  readonly #named = new Map<string, NamedStatement<R>>();
  readonly #usedOnce = new Set<string>();
  #namesLeft = NAMED_VERSIONS;

  /**
   * @param label Unique in the service.
   * @param build Writes the statement with these columns; its values are `$1`, `$2` and so on.
   */
  constructor(label: string, build: Build<V>) {
    this.#label = label;
    this.#build = build;
  }

  /** Gives a version a name before it is used, beside the 32. */
  declare(list: SelectList, variant: V): void {
    this.#name(toVersionKey(list, variant), this.#textOf(list, variant));
  }

  find(list: SelectList, variant: V): Pick<NamedStatement<R>, 'text' | 'row'> {
    const key = toVersionKey(list, variant);
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const text = this.#textOf(list, variant);
    if (this.#namesLeft === 0 || !this.#isUsedAgain(key)) return { text };
    this.#namesLeft -= 1;
    return this.#name(key, text);
  }

  #isUsedAgain(key: string): boolean {
    if (this.#usedOnce.delete(key)) return true;
    if (this.#usedOnce.size >= USED_ONCE) this.#usedOnce.clear();
    this.#usedOnce.add(key);
    return false;
  }

  #textOf({ columns }: SelectList, variant: V): string {
    return compileText(this.#label, this.#build(columns, variant));
  }

  #name(key: string, text: string): NamedStatement<R> {
    const statement = declare<R>(`${this.#label}-${this.#named.size + 1}`, text);
    this.#named.set(key, statement);
    return statement;
  }
}

const toVersionKey = ({ key }: SelectList, variant: Variant): string => `${variant.key} ${key}`;

const ONLY: Variant = { key: '' };

/**
 * Declares a statement whose columns its reader chooses; the version with all columns is declared at once.
 * @param build Writes the statement with these columns; its values are `$1`, `$2` and so on.
 * @returns Finds the version for a list of columns.
 */
export function defineVersions<R>(
  label: string,
  all: SelectList,
  build: (columns: RawBuilder<unknown>) => RawBuilder<unknown>,
): (list: SelectList) => Pick<NamedStatement<R>, 'text' | 'row'> {
  const versions = new StatementVersions<R>(label, build);
  versions.declare(all, ONLY);
  return (list) => versions.find(list, ONLY);
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
