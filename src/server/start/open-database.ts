import { sql } from 'kysely';
import { ENTITIES } from '../../modules.ts';
import {
  Database,
  type DatabaseLocation,
  isDatabaseUnavailable,
  isNewDatabase,
  migrate,
  readDatabaseTemplate,
} from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';
import { PROJECT_ROOT } from '../environment/project-root.ts';
import { StartRefused } from '../environment/start-refused.ts';
import { type DatabaseFault, describeDatabaseFault } from './database-fault.ts';

/** How long the start waits for a database server. The health check of the image allows for it. */
export const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;
/** The oldest PostgreSQL that the service is tested with. */
const LEAST_MAJOR = 15;
/** Where the build writes the template of the embedded database. */
export const DATABASE_TEMPLATE = new URL('dist/database/', PROJECT_ROOT);

export interface OpenOptions {
  /** How long to wait, in milliseconds. Default one minute. */
  readonly patienceMs?: number;
  /** The folder with the template of a new embedded database. Default that of the build. */
  readonly templateFolder?: URL;
}

/**
 * Opens and migrates the database. Waits for a server that does not answer yet, because nodes and database often start
 * together. A new embedded database begins as a copy of the template, or is made and migrated where that cannot be used.
 * @throws StartRefused One sentence that names the variable to change.
 */
export async function openDatabase(
  location: DatabaseLocation,
  logger: Pick<Logger, 'info' | 'warn'>,
  { patienceMs = PATIENCE_MS, templateFolder = DATABASE_TEMPLATE }: OpenOptions = {},
): Promise<Database> {
  const deadline = Date.now() + patienceMs;
  let said = '';
  for (;;) {
    const db = await Database.open({
      location: await withTemplate(location, logger, templateFolder),
      entities: ENTITIES,
      warn: (message) => logger.warn(message),
    });
    try {
      await requireUsable(db);
      await migrate(db, (migrations) => logger.info({ migrations }, 'Migrating the database'));
      return db;
    } catch (error) {
      await db.close();
      const fault = location.kind === 'server' ? describeDatabaseFault(error, location.url) : null;
      refuseOrWait(error, fault, Date.now() > deadline);
      const sentence = fault?.message ?? 'The database of DATABASE_URL does not answer.';
      // Log each reason once, not once a second.
      if (sentence !== said) logger.warn(`${sentence} Waiting for it, up to ${patienceMs / 1000} s.`);
      said = sentence;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Adds the template to the location of an embedded database that does not exist yet. */
async function withTemplate(
  location: DatabaseLocation,
  logger: Pick<Logger, 'info'>,
  folder: URL,
): Promise<DatabaseLocation> {
  if (!('dataDir' in location) || !(await isNewDatabase(location.dataDir))) return location;
  const template = await readDatabaseTemplate(folder);
  if (template === null) logger.info(`Creating the database in ${location.dataDir}, which may take a minute`);
  return { ...location, template };
}

/** Returns if waiting may help and there is time left, else throws. */
function refuseOrWait(error: unknown, fault: DatabaseFault | null, isOver: boolean): void {
  if (error instanceof StartRefused) throw error;
  const isWorthWaiting = fault?.isWorthWaiting ?? isDatabaseUnavailable(error);
  if (isWorthWaiting && !isOver) return;
  if (fault === null) throw error;
  throw new StartRefused(fault.message, { cause: error, ...(fault.isConfiguration ? {} : { exitCode: 1 }) });
}

/** Refuses a database that the service cannot use, before anything is written. */
async function requireUsable(db: Database): Promise<void> {
  if (db.isEmbedded) return;
  const { rows } = await sql<{ encoding: string; version: number }>`
    select current_setting('server_encoding') as encoding, current_setting('server_version_num')::int as version`.execute(
    db.read(),
  );
  const { encoding, version } = rows[0]!;
  const major = Math.floor(version / 10_000);
  if (major < LEAST_MAJOR)
    throw new StartRefused(`DATABASE_URL leads to PostgreSQL ${major}; the service needs ${LEAST_MAJOR} or newer.`);
  if (encoding !== 'UTF8')
    throw new StartRefused(
      `The database of DATABASE_URL has the encoding ${encoding}, which cannot store all names and attributes: create one with ENCODING 'UTF8'.`,
    );
}
