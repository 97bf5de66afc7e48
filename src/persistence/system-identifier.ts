import { randomBytes } from 'node:crypto';

/** The file with the identifier of a cluster: its first 8 bytes, and further behind a checksum of all bytes before it. */
const CONTROL_FILE = '/global/pg_control';
/** Files of the write-ahead log repeat the identifier at this offset; PostgreSQL refuses a log with another one. */
const LOG_FILE = /^\/pg_wal\/[0-9A-F]{24}$/;
const LOG_OFFSET = 24;
/** Headers and contents of a tar file begin at multiples of this. */
const BLOCK = 512;

interface TarEntry {
  readonly name: string;
  readonly data: Buffer;
}

function* readTar(tar: Buffer): Generator<TarEntry> {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, to: number) => tar.toString('latin1', at + from, at + to).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 136), 8);
    const begin = at + BLOCK;
    yield { name: field(0, 100), data: tar.subarray(begin, begin + size) };
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** CRC-32C (RFC 3720 appendix B.4), the checksum of PostgreSQL. */
function crc32c(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

/** Where the checksum of a control file stands, which depends on the version of PostgreSQL; undefined if there is none. */
function findChecksum(control: Buffer): number | undefined {
  for (let at = 8; at + 4 <= BLOCK; at += 4) {
    const stored = control.readUInt32LE(at);
    if (stored !== 0 && stored === crc32c(control.subarray(0, at))) return at;
  }
  return undefined;
}

/**
 * Gives the data directory in a tar file another system identifier, as `initdb` gives each cluster another one. The event log
 * recognises by it that its rows were copied into another database (docs/decisions/0011-event-positions.md), which copies of one
 * template would otherwise conceal. Changes `tar` itself.
 * @returns Whether the files have the format that this code knows; if not, they are unchanged.
 */
export function renewSystemIdentifier(tar: Buffer): boolean {
  const entries = [...readTar(tar)];
  const control = entries.find(({ name }) => name === CONTROL_FILE)?.data;
  const logs = entries.filter(({ name }) => LOG_FILE.test(name)).map(({ data }) => data);
  if (control === undefined || control.length < BLOCK || logs.length === 0) return false;
  const old = Buffer.from(control.subarray(0, 8));
  const checksumAt = findChecksum(control);
  if (checksumAt === undefined || !logs.every((log) => log.subarray(LOG_OFFSET, LOG_OFFSET + 8).equals(old)))
    return false;
  const fresh = randomBytes(8);
  // PostgreSQL shows the identifier as a signed number.
  fresh[7]! &= 0x7f;
  fresh.copy(control);
  control.writeUInt32LE(crc32c(control.subarray(0, checksumAt)), checksumAt);
  for (const log of logs) fresh.copy(log, LOG_OFFSET);
  return true;
}
