import { findStatementName } from './named-statements.ts';
import { isNameLost, isPlanOutdated } from './unavailable.ts';

const LOST =
  'The connection pooler in front of the database does not carry prepared statements (PgBouncer: max_prepared_statements), so statements are planned each time.';

/** Whether and how this process names its statements on a server. */
export class StatementNames {
  readonly #warn: (message: string) => void;
  #areKept = true;
  #revision = 0;

  /** @param warn Called once, when the names are given up. */
  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** The present name of a text that is declared as a named statement. */
  find(text: string): string | undefined {
    if (!this.#areKept) return undefined;
    const name = findStatementName(text);
    return name === undefined ? undefined : `${name}${this.#suffix}`;
  }

  get #suffix(): string {
    return this.#revision === 0 ? '' : `.${this.#revision}`;
  }

  /**
   * Learns from the error of a named statement. When a pooler lost the name, this process sends no more names. When a table was
   * changed, each statement gets another name, under which it is prepared again.
   * @returns Whether the name was the fault, so that the same statement may succeed when it is sent again.
   */
  isRefused(name: string, error: unknown): boolean {
    if (isNameLost(error)) {
      if (this.#areKept) this.#warn(LOST);
      this.#areKept = false;
      return true;
    }
    if (!isPlanOutdated(error)) return false;
    if (name.endsWith(this.#suffix)) this.#revision++;
    return true;
  }
}
