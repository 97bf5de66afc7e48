import { type ColumnSet, toColumnSet } from './columns.ts';
import { MAX_INSIDE_PAGE_SIZE, type PageRequest, type PageResult, SKIPPED_AT_MOST } from './page.ts';

/** For rows of which only the place in the list is asked for. */
const NO_COLUMNS = toColumnSet([]);

type Read<T> = (request: PageRequest) => Promise<PageResult<T>>;

/**
 * Reads a page, which begins at `request.offset` if the request has one. Rows before it are passed by reading their keys, 10,000 in a
 * statement.
 * @param readKeys Reads a page with the keys of the rows alone.
 * @param read Reads a page.
 */
export function pageAt<T>(request: PageRequest, readKeys: Read<unknown>, read: Read<T>): Promise<PageResult<T>> {
  const { offset, ...others } = request;
  return offset === undefined ? read(request) : pageBehind(offset, others, readKeys, read);
}

/**
 * As `pageAt`, for a list of which readers choose the columns.
 * @param columns What is read of the rows of the page; null: all.
 * @param read Reads a page with these columns.
 */
export function narrowPageAt<T>(
  request: PageRequest,
  columns: ColumnSet | null,
  read: (request: PageRequest, columns: ColumnSet | null) => Promise<PageResult<T>>,
): Promise<PageResult<T>> {
  return pageAt(
    request,
    (part) => read(part, NO_COLUMNS),
    (part) => read(part, columns),
  );
}

async function pageBehind<T>(
  offset: number,
  request: Omit<PageRequest, 'offset'>,
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
