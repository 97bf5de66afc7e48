import type { EntityList, ForeignKey } from '../persistence/index.ts';
import type { AnnouncedErrors, ServiceModule } from './service-module.ts';

type ErrorsOf<M> = M extends { readonly errors: readonly (infer T)[] } ? T : never;

type EventsOf<M> = M extends { readonly events: readonly (infer T)[] } ? T : never;
/** The members of all types of a union. */
type AllOf<U> = {
  readonly [K in U extends unknown ? keyof U : never]: U extends { readonly [P in K]: infer V } ? V : never;
};

/** The entities of all modules. @throws Error Two modules announce a table of the same name. */
export function gatherEntities(modules: readonly ServiceModule[]): EntityList {
  refuseDoubles(modules, 'table', ({ entities = [] }) => entities.map(tableName));
  return modules.flatMap(({ entities = [] }) => entities);
}

/** The foreign keys of all modules. @throws Error A module announces a key of a table that it does not have. */
export function gatherForeignKeys(modules: readonly ServiceModule[]): readonly ForeignKey[] {
  for (const { name, entities = [], foreignKeys = [] } of modules) {
    const own = new Set(entities.map(tableName));
    const foreign = foreignKeys.find(({ table }) => !own.has(table));
    if (foreign !== undefined)
      throw new Error(
        `The module ${name} announces a foreign key of ${foreign.table}, which is not one of its tables.`,
      );
  }
  return modules.flatMap(({ foreignKeys = [] }) => foreignKeys);
}

/** The indexes that only SQL describes, of all modules. @throws Error Two modules announce an index of the same name. */
export function gatherIndexes(modules: readonly ServiceModule[]): Readonly<Record<string, string>> {
  refuseDoubles(modules, 'index', ({ indexes = {} }) => Object.keys(indexes));
  return Object.assign({}, ...modules.map(({ indexes }) => indexes));
}

/** The error tables of all modules. @throws Error Two modules announce the same code. */
export function gatherErrors<M extends ServiceModule>(modules: readonly M[]): readonly ErrorsOf<M>[] {
  refuseDoubles(modules, 'error code', ({ errors = [] }) => errors.flatMap(({ rows }) => Object.keys(rows)));
  return modules.flatMap(({ errors = [] as readonly AnnouncedErrors[] }) => errors as readonly ErrorsOf<M>[]);
}

/** The event types of all modules by name. @throws Error Two modules announce the same type. */
export function gatherEvents<M extends ServiceModule>(modules: readonly M[]): AllOf<EventsOf<M>> {
  refuseDoubles(modules, 'event type', ({ events = [] }) => events.flatMap((table) => Object.keys(table)));
  return Object.assign({}, ...modules.flatMap(({ events = [] }) => events));
}

const tableName = (entity: EntityList[number]): string =>
  (entity as { readonly meta: { readonly tableName: string } }).meta.tableName;

/** @throws Error Two modules, or one twice, announce something of the same name. */
function refuseDoubles(
  modules: readonly ServiceModule[],
  kind: string,
  namesOf: (module: ServiceModule) => readonly string[],
): void {
  const owners = new Map<string, string>();
  for (const module of modules) {
    for (const name of namesOf(module)) {
      const owner = owners.get(name);
      if (owner !== undefined)
        throw new Error(`The ${kind} ${name} is announced twice: by the modules ${owner} and ${module.name}.`);
      owners.set(name, module.name);
    }
  }
}
