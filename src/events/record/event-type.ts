/**
 * Whose cached access is checked again after an event; only this column decides it (`EventCatalogue.readEndedAccess`).
 * - `session`: that session alone.
 * - `subject`: the account, and with it the token or token family that the event names; where it names none of them, the
 *   tenant.
 * - `client`: the client and everything issued to it.
 * - `tenant`: the whole tenant.
 * A check costs one read, so in doubt a row names the wider scope.
 */
export type EventEnds = 'subject' | 'client' | 'tenant' | 'session' | 'nothing';

/** What a module says about a type of event. */
export interface EventTypeRow {
  /** What dashboards group by. */
  readonly category: string;
  readonly ends: EventEnds;
  /** What it reports; shown in the schema and in `docs/events.md`. */
  readonly description: string;
}

/** A type of event: a row of the catalogue with its name. */
export interface EventType<N extends string = string> extends EventTypeRow {
  readonly name: N;
}

/** The event types of a module by name. */
export type EventTable<N extends string = string> = { readonly [K in N]: EventType<K> };

/**
 * Declares the event types of a module, which its `module.ts` announces. Names are `noun.past_verb` in neutral words; the
 * dialects translate them in data files.
 * @example events.record(caller, tenant, { type: userEvents['user.created'] });
 */
export function defineEvents<N extends string>(rows: Readonly<Record<N, EventTypeRow>>): EventTable<N> {
  const types = Object.entries<EventTypeRow>(rows).map(([name, row]) => [name, { name, ...row }] as const);
  return Object.fromEntries(types) as unknown as EventTable<N>;
}
