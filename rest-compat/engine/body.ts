import type { IncomingMessage } from 'node:http';
import { kernelErrors } from '../../src/kernel/index.ts';
import { problems } from './problems.ts';

/** The client went away before its request was complete; there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** What a row takes as its body. */
export type BodyKind = 'json' | 'form';

const MEDIA_TYPES: Readonly<Record<BodyKind, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
};

const EMPTY = Buffer.alloc(0);

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

const unsupported = () => problems.MEDIA_TYPE_UNSUPPORTED();

/** UTF-8 is all we read: another charset, or a compressed body, is a media type we do not take. */
function assertMediaType(request: IncomingMessage, kind: BodyKind): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== MEDIA_TYPES[kind]) throw unsupported();
  const charset = parameters.map((text) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(text)?.[1]).find(Boolean);
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) throw unsupported();
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw unsupported();
}

/**
 * Reads the body of a row whole, after its size and type were found fit.
 * @param limitBytes Nothing beyond this is kept; a larger `Content-Length` is refused before the first byte is read.
 * @throws REQUEST_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED
 * @throws ClientGone The client closed the connection first.
 */
export async function readBody(request: IncomingMessage, kind: BodyKind, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const isThere = hasBody(request);
  // Clients name a type for bodies they do not send (`curl -d ''`), so an empty one is judged by the row's schema alone.
  if (isThere) assertMediaType(request, kind);
  return isThere ? collect(request, limitBytes) : EMPTY;
}

const tooLarge = (limitBytes: number) =>
  kernelErrors.REQUEST_TOO_LARGE({ message: `The request body must not exceed ${limitBytes} bytes.` });

function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      act();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else
        settle(() => {
          // Not destroyed: the refusal still has to be written to this socket.
          request.pause();
          reject(tooLarge(limitBytes));
        });
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    const onGone = () =>
      settle(() => {
        // A socket that broke may report it once more.
        request.on('error', () => undefined);
        reject(new ClientGone('The client closed the connection.'));
      });
    if (request.destroyed && !request.readableEnded) return onGone();
    request.on('data', onData).once('end', onEnd).once('close', onGone).once('error', onGone);
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** How `__proto__` may be written in JSON. */
const PROTO = /__proto__|\\u005f/i;

/** Schemas leave such a member out without a word, so that the caller would believe it was stored. */
function refuseProto(name: string, value: unknown): unknown {
  if (name === '__proto__') throw problems.BODY_MALFORMED();
  return value;
}

/** @returns `undefined` for an empty body. @throws BODY_MALFORMED Not UTF-8, not JSON, or with a member named `__proto__`. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    const text = utf8.decode(bytes);
    return JSON.parse(text, PROTO.test(text) ? refuseProto : undefined);
  } catch {
    throw problems.BODY_MALFORMED();
  }
}

/** Parameters by name; one that is given twice becomes a list, which no text schema takes (RFC 6749 section 3.1). */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Reads `a=1&b=2`. Members are own properties only, whatever their names. */
export function parseParameters(text: string, into: Record<string, string | string[]> = Object.create(null)) {
  for (const [name, value] of new URLSearchParams(text)) {
    const before = into[name];
    if (before === undefined) into[name] = value;
    else if (typeof before === 'string') into[name] = [before, value];
    else before.push(value);
  }
  return into;
}

/** A form's parameters; those without a value count as absent. */
export function parseForm(bytes: Buffer, queryString: string): Parameters {
  const merged = parseParameters(bytes.toString('utf8'), parseParameters(queryString));
  for (const [name, value] of Object.entries(merged)) if (value === '') delete merged[name];
  return merged;
}
