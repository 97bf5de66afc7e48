import { copyFile } from 'node:fs/promises';
import type { PGlite } from '@electric-sql/pglite';
import { cloneTemplate as openClone } from '../support/template.ts';

/** How long emptying may take; a transaction that a changed test left open would block it for ever. */
const MOST_MS = 20_000;

/** Every table of the template is empty but that of the migrations, so that deleting all rows makes the template again. */
const EMPTY = `do $$ declare name text; begin
    set local session_replication_role = replica;
    for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations' loop
      execute format('delete from %I', name);
    end loop;
  end $$`;

/** Takes the template that scripts/mutation.mjs made once, of unchanged code, for all its processes. */
export async function writeTemplate(path: string): Promise<void> {
  await copyFile(process.env.MUTATION_TEMPLATE ?? '', path);
}

const idle: PGlite[] = [];

/**
 * As `cloneTemplate` of template.ts, in whose place the runs of `npm run mutation` load this: closing a database only empties
 * it for the next test file of the thread. To open one takes most of the processor time of a test file.
 */
export async function cloneTemplate(path: string): Promise<PGlite> {
  const pglite = idle.pop() ?? (await openClone(path));
  const end = Object.getPrototypeOf(pglite).close.bind(pglite);
  let closing: Promise<void> | null = null;
  pglite.close = () => {
    closing ??= canBeEmptied(pglite).then((isEmpty) => (isEmpty ? void idle.push(pglite) : end()));
    return closing;
  };
  return pglite;
}

async function canBeEmptied(pglite: PGlite): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, MOST_MS, false);
  });
  // `discard all` does not run beside other statements.
  const emptied = pglite
    .exec('rollback')
    .then(() => pglite.exec('discard all'))
    .then(() => pglite.exec(EMPTY))
    .then(
      () => true,
      () => false,
    );
  const isEmpty = await Promise.race([emptied, late]);
  clearTimeout(timer);
  return isEmpty;
}
