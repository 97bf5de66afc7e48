import type { z } from 'zod';
import { IdentityError } from '../../../src/kernel/index.ts';
import type { ImportRowInput } from '../operations.generated.ts';

/** A kind of rows. */
export type RowKind = Exclude<keyof ImportRowInput, 'owner' | 'name'>;

/** What each kind of row brings, as the graph takes it. */
export type RowInputs = { readonly [K in RowKind]: NonNullable<ImportRowInput[K]> };

/** Whose row it is among those of its kind: its name, and of roles of clients the `client_id`, which is empty for others. */
export interface RowName {
  readonly owner: string;
  readonly name: string;
}

/** One thing of an export, of a kind. */
export interface RowOf<K extends RowKind> extends RowName {
  readonly kind: K;
  readonly input: RowInputs[K];
}

/** One thing of an export. */
export type Row = { [K in RowKind]: RowOf<K> }[RowKind];

/**
 * Something that is not taken over as the export has it.
 * `MALFORMED`: it has another shape; `DUPLICATE`: an earlier row has the name; `SECRET_HIDDEN`: the export has no secret, another
 * one is made; `WITHOUT_EFFECT`: the service has nothing alike; others are codes of refused values.
 */
export interface Fault extends RowName {
  readonly kind: RowKind | 'providerMapper' | 'realm';
  readonly reason: string;
  /** Which value is meant; empty: the whole. */
  readonly at: string;
}

/** What was read: rows that can be written, and what cannot be. */
export interface Read {
  readonly rows: readonly Row[];
  readonly faults: readonly Fault[];
}

/** The members of an object. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value that was not checked yet is an object with members. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Greatest length of names in faults. */
const MAX_NAME = 255;

/** The text of a member of a value that was not checked yet, as it can be stored; empty where there is none. */
export function textIn(sent: unknown, member: string): string {
  const value = isMembers(sent) ? sent[member] : null;
  return typeof value === 'string' ? value.slice(0, MAX_NAME).toWellFormed().replaceAll('\0', '\uFFFD') : '';
}

/** Nothing at all. */
export const NOTHING: Read = { rows: [], faults: [] };

/** A fault alone. */
export const faulty = (fault: Fault): Read => ({ rows: [], faults: [fault] });

/** Everything that several readers read, in their order. */
export const joined = (reads: readonly Read[]): Read => ({
  rows: reads.flatMap(({ rows }) => rows),
  faults: reads.flatMap(({ faults }) => faults),
});

/** How one thing of an export is read. */
export interface Reader<K extends RowKind, Sent> {
  readonly kind: K;
  readonly shape: z.ZodType<Sent>;
  /** @throws INVALID_INPUT A value that the service does not have. */
  readonly toInput: (sent: Sent) => RowInputs[K];
}

/** Reads one thing. A value of another shape, and one that is refused, is a fault. */
export function readOne<K extends RowKind, Sent>(reader: Reader<K, Sent>, name: RowName, sent: unknown): Read {
  const { kind, shape, toInput } = reader;
  const { data, error } = shape.safeParse(sent);
  if (error !== undefined)
    return faulty({ kind, ...name, reason: 'MALFORMED', at: (error.issues[0]?.path ?? []).join('.') });
  try {
    return { rows: [{ kind, ...name, input: toInput(data) } as Row], faults: [] };
  } catch (refusal) {
    if (!(refusal instanceof IdentityError)) throw refusal;
    const [field] = refusal.fields ?? [];
    return faulty({ kind, ...name, reason: field?.code ?? refusal.code, at: field?.path ?? '' });
  }
}

const notThere = (value: unknown): value is null | undefined => value === null || value === undefined;

/** A part of an export that has another shape. @param at Where it stands. */
export const malformed = (at: string): Read => faulty({ kind: 'realm', owner: '', name: '', reason: 'MALFORMED', at });

/** Reads each item of a list; a list that is absent or null has none. @param at Where the list stands in the export. */
export function readEach(at: string, list: unknown, read: (item: unknown) => Read): Read {
  if (notThere(list)) return NOTHING;
  if (!Array.isArray(list)) return malformed(at);
  return joined(list.map((item: unknown) => read(item)));
}

/** Reads each member of an object, as `readEach` does the items of a list. */
export function readMembers(at: string, members: unknown, read: (name: string, value: unknown) => Read): Read {
  if (notThere(members)) return NOTHING;
  if (!isMembers(members)) return malformed(at);
  return joined(Object.entries(members).map(([name, value]) => read(name, value)));
}

/** The same with one row of each name; the others are faults. */
export function withoutDuplicates({ rows, faults }: Read): Read {
  const seen = new Set<string>();
  const isFirst = ({ kind, owner, name }: Row): boolean => {
    const key = JSON.stringify([kind, owner, name]);
    return !seen.has(key) && seen.add(key) !== undefined;
  };
  const divided = Map.groupBy(rows, isFirst);
  const again = (divided.get(false) ?? []).map(({ kind, owner, name }) => ({
    kind,
    owner,
    name,
    reason: 'DUPLICATE',
    at: '',
  }));
  return { rows: divided.get(true) ?? [], faults: [...faults, ...again] };
}
