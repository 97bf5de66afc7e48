import { MAX_INSIDE_PAGE_SIZE, type PageRequest, type PageResult, SKIPPED_AT_MOST } from './page.ts';

type Read<T> = (request: PageRequest) => Promise<PageResult<T>>;

/**
 * Reads the page that begins at `request.offset`. Rows before it are passed by reading their keys, 10,000 in a statement.
 * @param readKeys Reads a page with the keys of the rows alone.
 * @param read Reads a page.
 */
export async function pageAt<T>(
  { offset = 0, ...request }: PageRequest,
  readKeys: Read<unknown>,
  read: Read<T>,
): Promise<PageResult<T>> {
  // Counting, which a page without rows may ask for as well, does not depend on where the page begins.
  const counted = { ...request, isCountedFar: true };
  const nothing = () => read({ ...counted, first: 0 });
  if (offset > SKIPPED_AT_MOST) return nothing();
  let after: string | undefined;
  for (let left = offset; left > 0; ) {
    const size = Math.min(left, MAX_INSIDE_PAGE_SIZE);
    const { rows, cursorOf } = await readKeys({
      first: size,
      after,
      largest: size,
      descending: request.descending,
    });
    if (rows.length < size) return nothing();
    after = cursorOf(rows.at(-1) as never);
    left -= size;
  }
  return read({ ...counted, after });
}
