/** A request of a load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The bytes of a request (RFC 9112), built once and sent many times. */
export function writeRequest({ method, path, headers = {}, body }: LoadRequest, host: string): Buffer {
  const length = body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path} HTTP/1.1`, `host: ${host}`, ...fields, ...length];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

/** Where the parts of a response stand in a buffer. */
export interface ResponseBounds {
  readonly status: number;
  readonly bodyStart: number;
  /** Where the response ends. */
  readonly end: number;
  readonly isChunked: boolean;
  /** The server will close the connection after this response. */
  readonly isLast: boolean;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const CR = 0x0d;

/** The bounds of the response at the start of a buffer; null while it is incomplete. Throws when it is not HTTP/1.1. */
export function findResponse(buffer: Buffer): ResponseBounds | null {
  const headEnd = buffer.indexOf(END_OF_HEAD);
  if (headEnd === -1) return null;
  const head = buffer.toString('latin1', 0, headEnd + 2);
  const status = Number(head.slice(9, 12));
  if (!head.startsWith('HTTP/1.1 ') || !(status >= 200)) throw new Error(`Not a final response: ${head.slice(0, 40)}`);
  const bodyStart = headEnd + 4;
  const isLast = /\r\nconnection: *close\r\n/i.test(head);
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head);
  if (length !== null) return bounded(bodyStart + Number(length[1]), false);
  if (/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) return bounded(findEndOfChunks(buffer, bodyStart), true);
  if (status === 204 || status === 304) return bounded(bodyStart, false);
  throw new Error('A response with neither a length nor chunks cannot be followed by another one.');

  function bounded(end: number, isChunked: boolean): ResponseBounds | null {
    return end > buffer.length ? null : { status, bodyStart, end, isChunked, isLast };
  }
}

/** Where the last chunk ends (RFC 9112 section 7.1); infinite while it is not there. Trailer fields are not supported. */
function findEndOfChunks(buffer: Buffer, start: number): number {
  for (let at = start; ; ) {
    const size = readChunkSize(buffer, at);
    if (size === null) return Number.POSITIVE_INFINITY;
    at = size.dataStart + size.length + 2;
    if (size.length === 0) return at;
  }
}

function readChunkSize(buffer: Buffer, at: number): { dataStart: number; length: number } | null {
  const lineEnd = buffer.indexOf(CR, at);
  if (lineEnd === -1 || lineEnd + 2 > buffer.length) return null;
  const length = Number.parseInt(buffer.toString('latin1', at, lineEnd), 16);
  if (Number.isNaN(length)) throw new Error('A chunk has no size.');
  return { dataStart: lineEnd + 2, length };
}

/** The body of a complete response. */
export function readBody(buffer: Buffer, { bodyStart, end, isChunked }: ResponseBounds): string {
  if (!isChunked) return buffer.toString('utf8', bodyStart, end);
  const parts: Buffer[] = [];
  for (let at = bodyStart; ; ) {
    const size = readChunkSize(buffer, at);
    if (size === null || size.length === 0) return Buffer.concat(parts).toString('utf8');
    parts.push(buffer.subarray(size.dataStart, size.dataStart + size.length));
    at = size.dataStart + size.length + 2;
  }
}
