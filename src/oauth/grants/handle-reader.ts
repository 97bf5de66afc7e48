import { BatchReader, type Database, type NamedStatement } from '../../persistence/index.ts';

/** Most handles of one statement; each is small. */
const MAX_BATCH = 500;

interface Wanted {
  readonly tenantId: string;
  readonly hash: Buffer;
}

/** Reads what handles stand for. Requests of the same moment share a statement. */
export class HandleReader<Row extends { readonly place: number }, Found> {
  readonly #batch: BatchReader<Wanted, Found | null>;

  /**
   * @param statement Takes tenants and hashes in hexadecimal digits, and gives the place of each that it finds.
   * @param toFound Reads a row.
   */
  constructor(db: Database, statement: NamedStatement<Row>, toFound: (tenantId: string, row: Row) => Found | null) {
    const read = async (wanted: readonly Wanted[]): Promise<readonly (Found | null)[]> => {
      const keys = [wanted.map(({ tenantId }) => tenantId), wanted.map(({ hash }) => hash.toString('hex'))];
      const found: (Found | null)[] = wanted.map(() => null);
      for (const row of await db.run(statement, keys)) found[row.place] = toFound(wanted[row.place]!.tenantId, row);
      return found;
    };
    this.#batch = new BatchReader({ max: MAX_BATCH, read });
  }

  /** Null when there is nothing with this hash. */
  find(tenantId: string, hash: Buffer): Promise<Found | null> {
    return this.#batch.ask({ tenantId, hash });
  }
}
