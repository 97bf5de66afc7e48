import type { RowKind, RowName } from './import-row.ts';

/** The tenant itself, as a thing that rows bring parts of. */
export const TENANT = 'tenant';

type Whole = RowKind | typeof TENANT;

/**
 * Kinds of rows that bring parts of a thing, with the kind of that thing. It has the same owner and name, unless it is the tenant.
 * Which groups new users join is a setting of the tenant.
 */
const WHOLES: { readonly [K in RowKind]?: Whole } = {
  settings: TENANT,
  texts: TENANT,
  userProfile: TENANT,
  defaultGroup: TENANT,
  roleChildren: 'role',
  clientRoleChildren: 'clientRole',
  clientScopeRoles: 'client',
  serviceAccount: 'client',
  scopeScopeRoles: 'clientScope',
};

/** The kind of the thing that rows of a kind bring parts of; null: they bring things. */
export const wholeOf = (kind: RowKind): Whole | null => WHOLES[kind] ?? null;

/** The kinds of rows that bring parts of a thing of a kind. */
export const partsOf = (kind: RowKind): RowKind[] =>
  (Object.keys(WHOLES) as RowKind[]).filter((part) => WHOLES[part] === kind);

/** Names a thing among all of an import. */
export const thingKey = (kind: RowKind, { owner, name }: RowName): string => JSON.stringify([kind, owner, name]);

/** Things that an import made, by their keys, and those of the unit of work that is open. */
export class MadeThings {
  readonly #keys: Set<string>;

  /** @param keys `thingKey` of what was made before, or `TENANT`, where the tenant was. */
  constructor(keys: Iterable<string> = []) {
    this.#keys = new Set(keys);
  }

  /** A thing that was made in this unit of work. */
  add(kind: RowKind, name: RowName): void {
    this.#keys.add(thingKey(kind, name));
  }

  /** Whether the import made a thing. What a tenant has that the import made, was made with it. */
  has(kind: Whole, name: RowName): boolean {
    return this.#keys.has(TENANT) || (kind !== TENANT && this.#keys.has(thingKey(kind, name)));
  }
}
