import pg from 'pg';

/** Why the database could not be opened, for the operator. */
export interface DatabaseFault {
  /** A sentence that names the variable and contains no secret. */
  readonly message: string;
  /** Whether the configuration is the likely cause, so that a restart with the same configuration cannot succeed. */
  readonly isConfiguration: boolean;
  /** Whether waiting may help: name service and database often start together with the nodes. */
  readonly isWorthWaiting: boolean;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

interface Cause {
  readonly code: string;
  readonly message: string;
}

type Row = (place: Place, cause: Cause) => DatabaseFault;

const wrong =
  (say: (place: Place, cause: Cause) => string): Row =>
  (place, cause) => ({ message: say(place, cause), isConfiguration: true, isWorthWaiting: false });

const absent =
  (say: (place: Place, cause: Cause) => string): Row =>
  (place, cause) => ({ message: say(place, cause), isConfiguration: false, isWorthWaiting: true });

const unknownHost = ({ host }: Place): string => `DATABASE_URL names the host "${host}", which cannot be resolved.`;
const silent = ({ host, port }: Place, { code }: Cause): string =>
  `DATABASE_URL leads to port ${port} of "${host}", where no database answers (${code}).`;
const unencrypted = (_: Place, { message }: Cause): string =>
  `DATABASE_URL asks for an encrypted connection that cannot be made: ${message}.`;

/** By the codes of PostgreSQL (appendix A) and of the operating system. */
const BY_CODE: Readonly<Record<string, Row>> = {
  '28P01': wrong(() => 'DATABASE_URL holds a user name or a password that the database refuses.'),
  '28000': wrong((_, { message }) => `The database refuses the user of DATABASE_URL: ${message}.`),
  '3D000': wrong(() => 'DATABASE_URL names a database that does not exist on its server.'),
  '42501': wrong((_, { message }) => `The user of DATABASE_URL lacks a right that the start needs: ${message}.`),
  ENOTFOUND: (place) => ({ message: unknownHost(place), isConfiguration: true, isWorthWaiting: true }),
  EAI_AGAIN: absent(unknownHost),
  ECONNREFUSED: absent(silent),
  ECONNRESET: absent(silent),
  EHOSTUNREACH: absent(silent),
  ENETUNREACH: absent(silent),
  ETIMEDOUT: absent(silent),
  '57P03': absent((_, { message }) => `The database of DATABASE_URL takes no connections yet: ${message}.`),
  '53300': absent((_, { message }) => `The database of DATABASE_URL has no connection left: ${message}.`),
  '25006': absent(() => 'The database of DATABASE_URL is read-only.'),
};

/** Errors of the driver that have no code. */
const BY_MESSAGE: readonly (readonly [RegExp, Row])[] = [
  [/client password must be a string/, wrong(() => 'DATABASE_URL holds no password, and the database asks for one.')],
  [/does not support SSL connections/, wrong(unencrypted)],
  [
    /timeout exceeded when trying to connect|timeout expired|Connection terminated/,
    absent((place) => silent(place, { code: 'no answer', message: '' })),
  ],
];
/** Error codes of Node for failed certificates and TLS handshakes. */
const TLS_CODE = /^(?:ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|HOSTNAME_MISMATCH)/;

function* causesOf(error: unknown, depth = 0): IterableIterator<Cause> {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const { code, message, cause, errors } = error as {
    code?: unknown;
    message?: unknown;
    cause?: unknown;
    errors?: unknown;
  };
  yield { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
  for (const inner of Array.isArray(errors) ? errors : []) yield* causesOf(inner, depth + 1);
  yield* causesOf(cause, depth + 1);
}

function rowOf({ code, message }: Cause): Row | undefined {
  if (TLS_CODE.test(code)) return wrong(unencrypted);
  return BY_CODE[code] ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
}

/** @returns Null for an error that does not concern the connection to the database. */
export function describeDatabaseFault(error: unknown, url: string): DatabaseFault | null {
  const { host, port } = new pg.Client({ connectionString: url });
  for (const cause of causesOf(error)) {
    const row = rowOf(cause);
    if (row !== undefined) return row({ host, port }, { ...cause, message: cause.message.replace(/\.$/, '') });
  }
  return null;
}
