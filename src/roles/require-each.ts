import type { IdentityError } from '../kernel/index.ts';

/**
 * What a list of references names, each once and in its order.
 * @param path GraphQL input path of the list.
 * @throws What `missing` makes, at the first reference that names nothing.
 */
export function requireEach<R, T extends { readonly id: string }>(
  references: readonly R[],
  find: (reference: R) => T | undefined,
  missing: () => IdentityError,
  path: string,
): T[] {
  const found = new Map<string, T>();
  for (const [index, reference] of references.entries()) {
    const one = find(reference);
    if (one === undefined) throw missing().at(`${path}.${index}`);
    found.set(one.id, one);
  }
  return [...found.values()];
}
