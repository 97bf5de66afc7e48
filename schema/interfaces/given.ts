/**
 * The members of an input that say something: a left-out one says nothing, nor does null, which GraphQL allows wherever a
 * member may be left out.
 * @param nullable Members where null is a value of its own: it removes what was there.
 */
export function given<T extends object>(input: T, nullable: readonly string[] = []): Partial<T> {
  const said = Object.entries(input).filter(
    ([name, value]) => value !== undefined && (value !== null || nullable.includes(name)),
  );
  return Object.fromEntries(said) as Partial<T>;
}
