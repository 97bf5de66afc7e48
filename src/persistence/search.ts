import { type RawBuilder, sql } from 'kysely';
import { type FieldFault, isStorableText } from '../kernel/index.ts';
import type { Database } from './database.ts';
import { allOf, finding, type Narrowing, oneOf, testing } from './narrowing.ts';
import { exceedsSearchKey, searchKey } from './search-keys.ts';

/**
 * Search keys of attributes: a row per name and value, so that equality and order are found by index
 * (docs/data-model.md).
 */
export interface SearchKeyTable {
  readonly table: string;
  /** Column with the id of the user or group that has the attribute. */
  readonly owner: string;
  readonly ownerType: 'uuid' | 'text';
}

type SearchRow = readonly [name: string, key: string];

/** Replaces the search rows of one owner by these, in the open unit of work. */
export async function replaceSearchRows(
  db: Database,
  { table, owner, ownerType }: SearchKeyTable,
  tenantId: string,
  ownerId: string,
  wanted: readonly SearchRow[],
): Promise<void> {
  const [keys, id, type] = [sql.table(table), sql.ref(owner), sql.raw(ownerType)];
  const { rows } = await sql<{ name: string; value_key: string }>`
    select name, value_key from ${keys} where tenant_id = ${tenantId}::uuid and ${id} = ${ownerId}::${type}`.execute(
    db.read(),
  );
  const before = new Map(rows.map((row) => [`${row.name}\0${row.value_key}`, row]));
  const after = new Map(wanted.map((row) => [row.join('\0'), row]));
  const gone = [...before].flatMap(([key, row]) => (after.has(key) ? [] : [row]));
  const added = [...after].flatMap(([key, row]) => (before.has(key) ? [] : [row]));
  if (gone.length > 0)
    await sql`delete from ${keys} k
      using unnest(${gone.map((row) => row.name)}::text[], ${gone.map((row) => row.value_key)}::text[]) as gone (name, value_key)
      where k.tenant_id = ${tenantId}::uuid and k.${id} = ${ownerId}::${type}
        and k.name = gone.name and k.value_key = gone.value_key`.execute(db.read());
  await addSearchRows(db, { table, owner, ownerType }, tenantId, [{ ownerId, rows: added }]);
}

/** The search rows of an owner. */
export interface OwnedSearchRows {
  readonly ownerId: string;
  readonly rows: readonly SearchRow[];
}

/** Adds the search rows of owners that have none, with one statement, in the open unit of work. */
export async function addSearchRows(
  db: Database,
  { table, owner, ownerType }: SearchKeyTable,
  tenantId: string,
  owned: readonly OwnedSearchRows[],
): Promise<void> {
  const added = owned.flatMap(({ ownerId, rows }) => rows.map(([name, key]) => ({ ownerId, name, key })));
  if (added.length === 0) return;
  const [keys, id, type] = [sql.table(table), sql.ref(owner), sql.raw(ownerType)];
  await sql`insert into ${keys} (tenant_id, ${id}, name, value_key)
    select ${tenantId}::uuid, row.owner, row.name, row.value_key
    from unnest(${added.map(({ ownerId }) => ownerId)}::${type}[], ${added.map(({ name }) => name)}::text[],
      ${added.map(({ key }) => key)}::text[]) as row (owner, name, value_key)`.execute(db.read());
}

const OPERATORS = { eq: '=', ne: '=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;
export type ComparisonOperator = keyof typeof OPERATORS;

/** A condition on one attribute, or on one of the fields a table lists. */
export interface Comparison {
  readonly attribute?: string | null;
  readonly field?: string | null;
  readonly operator: ComparisonOperator;
  readonly value: string;
  /** `number`: numbers are compared as numbers, other values never match. Default `text`. */
  readonly type?: 'text' | 'number' | null;
}

/**
 * Groups of conditions, of which all in at least one group must hold (disjunctive normal form, which can express any
 * formula).
 */
export type AnyOf = readonly { readonly allOf: readonly Comparison[] }[];

/** Most comparisons: each is a subquery, and planning a hundred takes about 10 ms. */
const MAX_COMPARISONS = 100;
/** Most groups of conditions. */
const MAX_ALTERNATIVES = 20;
const MAX_TEXT = 1024;
const NUMBER = /^[+-]?\d{1,30}(\.\d{1,30})?$/;

function comparisonFault({ attribute, field, type, value }: Comparison): string | null {
  if ((attribute == null) === (field == null)) return 'A comparison names either "attribute" or "field".';
  for (const text of [attribute ?? '', value]) {
    if (text.length > MAX_TEXT) return `Names and values have at most ${MAX_TEXT} characters.`;
    if (!isStorableText(text)) return 'Names and values have no control characters.';
  }
  return type === 'number' && !NUMBER.test(value) ? 'A value of type NUMBER must be a number.' : null;
}

/** Faults of conditions, each with its path. */
export function anyOfFaults(anyOf: AnyOf, path: string): FieldFault[] {
  const all = anyOf.flatMap(({ allOf }) => allOf);
  const isSized =
    anyOf.length > 0 &&
    anyOf.length <= MAX_ALTERNATIVES &&
    all.length <= MAX_COMPARISONS &&
    anyOf.every(({ allOf }) => allOf.length > 0);
  const message = isSized
    ? all.map(comparisonFault).find((fault) => fault !== null)
    : `A condition has 1 to ${MAX_ALTERNATIVES} groups with 1 to ${MAX_COMPARISONS} comparisons together.`;
  return message == null ? [] : [{ path, code: 'CONDITION_INVALID', message }];
}

/** A text column that is compared like an attribute, or a flag. */
export type SearchField =
  | {
      readonly column: string;
      /** Converts a value to the spelling that the column stores. Default: unchanged. */
      readonly normalise?: (value: string) => string;
      /** Whether an index finds the rows that have a value. Default false. */
      readonly isIndexed?: boolean;
    }
  | { readonly flag: (isSet: boolean, tenantId: string) => Narrowing };

/** Tables and fields that conditions can use. */
export interface Searched {
  readonly table: string;
  readonly keys: SearchKeyTable;
  readonly fields: Readonly<Record<string, SearchField>>;
  /** The name in the search rows of an attribute. Default: the name of the attribute. */
  readonly rowNameOf?: (attribute: string) => string;
}

type Condition = RawBuilder<boolean>;

const operatorOf = (operator: ComparisonOperator) => sql.raw(OPERATORS[operator]);
const numeric = sql`case when k.value_key ~ '^[+-]?[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]{1,3})?$' then k.value_key::numeric end`;

/** A comparison of search rows `k`, and whether their index finds the rows that meet it. */
interface KeyMatch {
  readonly match: Condition;
  readonly isEquality: boolean;
  readonly isIndexed: boolean;
  /** Whether their index can tell them by the value; else it would be read from end to end. Absent: always. */
  readonly isFindable?: Condition;
  /** Whether their index has only rows of some names: it is used where the statement itself has the names. */
  readonly isOfNames?: true;
}

function keyMatch({ operator, value, type }: Comparison): KeyMatch {
  const isEquality = operator === 'eq' || operator === 'ne';
  // Numbers are stored in one spelling, so an index finds equal ones.
  if (isEquality) return keyIs(type === 'number' ? String(Number(value)) : value);
  const isNumber = type === 'number';
  const match = isNumber
    ? sql<boolean>`${numeric} ${operatorOf(operator)} ${value}::numeric`
    : sql<boolean>`k.value_key ${operatorOf(operator)} ${searchKey(value)}`;
  return { match, isEquality, isIndexed: !isNumber };
}

/** Search rows with this value. */
export const keyIs = (value: string): KeyMatch => ({
  match: sql<boolean>`k.value_key = ${searchKey(value)}`,
  isEquality: true,
  isIndexed: true,
});

/** Larger than every character that a search key can have, and compared by bytes (U+10FFFF). */
const LAST_CHARACTER = '\u{10FFFF}';

/** No search rows. */
const NONE: KeyMatch = { match: sql<boolean>`false`, isEquality: true, isIndexed: true };

/** Search rows with this whole value, of which no stored one is longer than a search key. */
export const keyIsWhole = (value: string): KeyMatch => (exceedsSearchKey(value) ? NONE : keyIs(value));

/**
 * Search rows whose value begins with a text. A range, because a generic plan cannot make one of a pattern. A text that is longer
 * than a search key is found in none.
 */
export const keyBegins = (text: string): KeyMatch =>
  exceedsSearchKey(text)
    ? NONE
    : {
        match: sql<boolean>`k.value_key >= ${searchKey(text)} and k.value_key < ${searchKey(text) + LAST_CHARACTER}`,
        isEquality: false,
        isIndexed: true,
      };

/** Characters that have a meaning in a pattern of LIKE. */
const PATTERN = /[\\%_]/g;
/**
 * What a text needs for a whole trigram. The database decides what letters and digits are, because its locale decides that for the
 * index as well: a database without a locale has trigrams of those of ASCII alone.
 */
const WHOLE_TRIGRAM = '[[:alnum:]]{3}';

/** Search rows whose value contains a text. */
export const keyContains = (text: string): KeyMatch => keyLike(['', text, '']);

/** Search rows whose whole value matches a pattern, in which `*` stands for any text. */
export function keyMatches(pattern: string): KeyMatch {
  const parts = pattern.split(/\*+/);
  if (parts.length === 1) return keyIsWhole(pattern);
  return parts.length === 2 && parts[1] === '' ? keyBegins(parts[0]!) : keyLike(parts);
}

/**
 * Search rows whose value has these texts one after another, with any text between them. The index of trigrams finds nothing by
 * texts without a whole one: it would read all of itself, which is of all tenants. Texts that together are longer than a search
 * key are found in none.
 */
function keyLike(texts: readonly string[]): KeyMatch {
  if (exceedsSearchKey(texts.join(''))) return NONE;
  const keys = texts.map(searchKey);
  return {
    match: sql<boolean>`k.value_key like ${keys.map((key) => key.replace(PATTERN, '\\$&')).join('%')}`,
    isEquality: false,
    isIndexed: true,
    isFindable: sql<boolean>`${keys.join(' ')}::text ~ ${sql.lit(WHOLE_TRIGRAM)}`,
    isOfNames: true,
  };
}

/** Owners that have a search row of one of these names. */
export function bySearchRow(
  { table, keys }: Searched,
  tenantId: string,
  names: readonly string[],
  { match, isEquality, isIndexed, isFindable, isOfNames }: KeyMatch,
): Narrowing {
  const [rows, owner] = [sql.table(keys.table), sql.ref(`k.${keys.owner}`)];
  // A plan for any array of names would not use the key of the search rows.
  const parameter = names.length === 1 ? sql`k.name = ${names[0]}` : sql`k.name = any(${names}::text[])`;
  const named = isOfNames === true ? sql`k.name in (${sql.join(names.map((name) => sql.lit(name)))})` : parameter;
  const isNamed = sql`k.tenant_id = ${tenantId}::uuid and ${named}`;
  const own = sql.ref(`${table}.id`);
  // A range is looked for among the few search rows of the owner; the offset keeps the planner from reading the whole range.
  const test = isEquality
    ? sql<boolean>`coalesce((select true from ${rows} k where ${isNamed} and ${match} and ${owner} = ${own} limit 1), false)`
    : sql<boolean>`coalesce((select true from (select k.name, k.value_key from ${rows} k
        where k.tenant_id = ${tenantId}::uuid and ${owner} = ${own} offset 0) k
        where ${named} and ${match} limit 1), false)`;
  if (!isIndexed) return testing(test);
  const source = sql`select ${owner} as id from ${rows} k where ${isNamed} and ${match}`;
  return finding({ source, test, ...(isFindable === undefined ? {} : { isFindable }) });
}

function comparisonOf(searched: Searched, tenantId: string, comparison: Comparison): Narrowing {
  const { operator, field, attribute } = comparison;
  if (field != null) return fieldOf(searched, tenantId, searched.fields[field]!, comparison);
  const name = searched.rowNameOf?.(attribute!) ?? attribute!;
  const narrowing = bySearchRow(searched, tenantId, [name], keyMatch(comparison));
  return operator === 'ne' ? testing(sql<boolean>`not ${narrowing.test}`) : narrowing;
}

function fieldOf(searched: Searched, tenantId: string, field: SearchField, comparison: Comparison): Narrowing {
  const { operator, value } = comparison;
  if ('flag' in field) {
    const isSet = value === 'true';
    if ((!isSet && value !== 'false') || (operator !== 'eq' && operator !== 'ne'))
      return ofFlagText(tenantId, field, comparison);
    return field.flag(isSet === (operator === 'eq'), tenantId);
  }
  const column = sql.ref(`${searched.table}.${field.column}`);
  const wanted = field.normalise?.(value) ?? value;
  if (operator === 'ne') return testing(sql<boolean>`${column} <> ${wanted}`);
  if (operator !== 'eq') return testing(sql<boolean>`${column} collate "C" ${operatorOf(operator)} ${wanted}`);
  const test = sql<boolean>`${column} = ${wanted}`;
  if (field.isIndexed !== true) return testing(test);
  return finding({
    source: sql`select ${sql.table(searched.table)}.id from ${sql.table(searched.table)}
      where ${sql.table(searched.table)}.tenant_id = ${tenantId}::uuid and ${test}`,
    test,
  });
}

/** A flag compared as the text `true` or `false`, in which older searches write any comparison. */
function ofFlagText(
  tenantId: string,
  field: Extract<SearchField, { flag: unknown }>,
  { operator, value }: Comparison,
): Narrowing {
  const { test } = field.flag(true, tenantId);
  return testing(sql<boolean>`(${test})::text collate "C" ${operatorOf(operator)} ${value}`);
}

/** The condition that one of the groups of comparisons holds. */
export function anyOfNarrowing(searched: Searched, tenantId: string, anyOf: AnyOf): Narrowing {
  const alternatives = anyOf.map(
    (each) => allOf(each.allOf.map((comparison) => comparisonOf(searched, tenantId, comparison)))!,
  );
  return oneOf(alternatives as [Narrowing, ...Narrowing[]]);
}
