import { parseArgs } from 'node:util';

const COMMANDS = ['rows', 'soak', 'growth', 'names'] as const;
type Command = (typeof COMMANDS)[number];

/** What `npm run bench -- ...` was asked for. */
export interface BenchArguments {
  readonly command: Command;
  /** Keys of the rows to measure; null for all. */
  readonly rows: readonly string[] | null;
  readonly rounds: number;
  readonly burstSeconds: number;
  /** Requests before the first round; null for those of the row. */
  readonly warmUp: number | null;
  /** How long a round waits for a quiet machine, in seconds. */
  readonly patienceSeconds: number;
  /** Requests of a soak. */
  readonly requests: number;
  /** The large database of `growth`. */
  readonly users: number;
  readonly tenants: number;
  readonly events: number;
  /** What becomes of `bench/budget.json`: the run is compared with it, added to its runs, or takes the place of them. */
  readonly budget: 'compared' | 'extended' | 'replaced';
}

export const USAGE = `npm run bench -- [soak | growth | names] [options]

  --rows a,b          measures these rows only; an unknown name lists them
  --rounds n          bursts of each server, 1...100. Default 8
  --seconds n         length of a burst, 0.2...60. Default 2
  --warm-up n         requests before the first round. Default 30,000, for lists 5,000
  --patience n        seconds that a round waits for a quiet machine, 0...600. Default 10
  --write-budget      adds the figures to the runs of bench/budget.json instead of comparing with it
  --new-budget        writes bench/budget.json anew, with this run alone
  soak --requests n   sends n mixed requests and compares the live heap. Default 1,000,000
  growth              compares each read of 10,000 users, 100 tenants and 10,000 events with that of a large database:
    --users n         its users. Default 1,000,000
    --tenants n       its tenants. Default 10,000
    --events n        its events. Default 1,000,000
  names --rounds n    shows how long sign-ins by an image are refused for names that users have, and for others
`;

/** Raised for arguments that cannot be used. The message says which. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

const OPTIONS = {
  rows: { type: 'string' },
  rounds: { type: 'string', default: '8' },
  seconds: { type: 'string', default: '2' },
  'warm-up': { type: 'string' },
  patience: { type: 'string', default: '10' },
  requests: { type: 'string', default: '1000000' },
  users: { type: 'string', default: '1000000' },
  tenants: { type: 'string', default: '10000' },
  events: { type: 'string', default: '1000000' },
  'write-budget': { type: 'boolean', default: false },
  'new-budget': { type: 'boolean', default: false },
} as const;

function readNumber(name: string, text: string, [min, max]: readonly [number, number], isWhole = true): number {
  const value = Number(text.replaceAll(/[,_]/g, ''));
  const isValid = text !== '' && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (!isValid) throw new ArgumentError(`--${name} must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}.`);
  return value;
}

function readRows(text: string | undefined, known: readonly string[]): readonly string[] | null {
  if (text === undefined) return null;
  const rows = text.split(',').map((row) => row.trim());
  const unknown = rows.filter((row) => !known.includes(row));
  if (unknown.length > 0)
    throw new ArgumentError(`There is no row "${unknown.join('", "')}". The rows are: ${known.join(', ')}.`);
  return rows;
}

const isCommand = (text: string): text is Command => (COMMANDS as readonly string[]).includes(text);

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new ArgumentError((error as Error).message);
  }
}

/**
 * Reads the arguments of the command.
 * @param known Keys of the rows.
 * @throws ArgumentError
 */
export function readArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const { values, positionals } = parse(args);
  const [command = 'rows', ...more] = positionals;
  if (!isCommand(command) || more.length > 0)
    throw new ArgumentError(`There is no command "${positionals.join(' ')}".`);
  const warmUp = values['warm-up'];
  return {
    command,
    rows: readRows(values.rows, known),
    rounds: readNumber('rounds', values.rounds, [1, 100]),
    burstSeconds: readNumber('seconds', values.seconds, [0.2, 60], false),
    warmUp: warmUp === undefined ? null : readNumber('warm-up', warmUp, [1, 10_000_000]),
    patienceSeconds: readNumber('patience', values.patience, [0, 600], false),
    requests: readNumber('requests', values.requests, [1_000, 100_000_000]),
    users: readNumber('users', values.users, [10_000, 10_000_000]),
    tenants: readNumber('tenants', values.tenants, [100, 1_000_000]),
    events: readNumber('events', values.events, [10_000, 100_000_000]),
    budget: values['new-budget'] ? 'replaced' : values['write-budget'] ? 'extended' : 'compared',
  };
}
