import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface ImportOptions {
  /** The export, and files with more of its users. */
  readonly files: readonly string[];
  /** Names of tenants, by the names that realms have in files. */
  readonly renames: ReadonlyMap<string, string>;
  /** Name of the tenant, which may be there already; null: the one of the realm. */
  readonly into: string | null;
  readonly ifExists: 'SKIP' | 'OVERWRITE';
  /** Whether to write JSON lines in place of a progress bar. */
  readonly isJson: boolean;
}

export const USAGE = `Usage: idgraph import keycloak <realm.json> [<realm-users-0.json> ...] [options]

Imports an export of a Keycloak realm into the tenant of its name, which is made if there is none. A tenant that
no import has made is taken only where --rename or --into names it.

  --rename old=new   Import the realm "old" into the tenant "new".
  --into name        Import into this tenant, which may be there already.
  --overwrite        Change what is there already. Default: it stays as it is.
  --json             Write one line of JSON for each batch, and one at the end.

The service is configured as for "npm start". An embedded database must not be in use by a running service.
Exit status: 0 complete, 2 something was not taken over, 1 not read or not written.`;

const RENAME = /^([^=]+)=([^=]+)$/;

function toRenames(texts: readonly string[]): ReadonlyMap<string, string> | null {
  const read = texts.map((text) => RENAME.exec(text));
  if (read.some((one) => one === null)) return null;
  return new Map(read.map((one) => [one![1]!, one![2]!]));
}

/** Reads the arguments after the name of the program; null: they are wrong. @param isTerminal Whether a person reads the output. */
export function readImportOptions(args: readonly string[], isTerminal: boolean): ImportOptions | null {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rename: { type: 'string', multiple: true },
        into: { type: 'string' },
        overwrite: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
    const [command, format, ...files] = positionals;
    const renames = toRenames(values.rename ?? []);
    if (command !== 'import' || format !== 'keycloak' || files.length === 0 || renames === null) return null;
    return {
      files,
      renames,
      into: values.into ?? null,
      ifExists: values.overwrite === true ? 'OVERWRITE' : 'SKIP',
      isJson: values.json === true || !isTerminal,
    };
  } catch {
    return null;
  }
}
