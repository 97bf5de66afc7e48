type CreatedBy<M> = M extends { readonly create: (...needs: never) => infer C } ? C : unknown;
type NeedsOf<M> = M extends { readonly create: (needs: infer N) => unknown } ? N : unknown;
type NameOf<M> = M extends { readonly name: infer N extends string } ? N : 'without a name';

/** The services that a module creates, by name. */
export type ServicesOf<M> = CreatedBy<M> extends { readonly services: infer S } ? S : unknown;
type InternalsOf<M> = CreatedBy<M> extends { readonly internals: infer I } ? I : unknown;

/** The services of all modules of a list, by name. */
export type AllServices<L extends readonly unknown[]> = L extends readonly [infer M, ...infer Rest]
  ? ServicesOf<M> & AllServices<Rest>
  : unknown;

type NamesIn<T> = T extends unknown ? keyof T & string : never;
type ElementOf<M, K extends string> = M extends { readonly [P in K]: readonly (infer E)[] } ? E : never;

/** The names that a module announces and that no other may announce, each with its kind. */
type AnnouncedBy<M> =
  | (ElementOf<M, 'entities'> extends infer E
      ? E extends { readonly tableName: infer N extends string }
        ? `table ${N}`
        : never
      : never)
  | (M extends { readonly indexes: infer I } ? `index ${NamesIn<I>}` : never)
  | (ElementOf<M, 'errors'> extends infer E
      ? E extends { readonly rows: infer R }
        ? `error code ${NamesIn<R>}`
        : never
      : never)
  | `event type ${NamesIn<ElementOf<M, 'events'>>}`
  | `module ${NameOf<M>}`;

/** The names of the needs that `Given` does not fill with a value of the right type. */
type Unfilled<Needs, Given> = {
  [K in keyof Needs & string]-?: Given extends { readonly [P in K]: Needs[K] }
    ? never
    : undefined extends Needs[K]
      ? never
      : K;
}[keyof Needs & string];

/** What is wrong with a module at its place in the list, as a sentence; never when nothing is. */
type FaultOf<M, Given, Announced> =
  | `The module ${NameOf<M>} needs ${Unfilled<NeedsOf<M>, Given>}, which neither the base nor a module before it makes.`
  | `The module ${NameOf<M>} makes ${NamesIn<ServicesOf<M> & InternalsOf<M>> & NamesIn<Given>}, which is made before it.`
  | `The module ${NameOf<M>} announces the ${Extract<AnnouncedBy<M>, Announced>}, which a module before it announces.`;

/**
 * `true` for a list of modules that can be created in its order, else a sentence for each fault of the first wrong module: it
 * needs something that nothing before it makes, makes something that is there already, or announces a name that is taken. Use:
 * `true satisfies InOrder<typeof MODULES, Base>`.
 * @template Given What is there before the modules are created.
 */
export type InOrder<L extends readonly unknown[], Given, Announced = never> = L extends readonly [
  infer M,
  ...infer Rest,
]
  ? [FaultOf<M, Given, Announced>] extends [never]
    ? InOrder<Rest, Given & ServicesOf<M> & InternalsOf<M>, Announced | AnnouncedBy<M>>
    : Shown<FaultOf<M, Given, Announced>>
  : true;

/** Makes the compiler print the sentences instead of the name of a type. */
type Shown<T> = T extends infer S ? S : never;
