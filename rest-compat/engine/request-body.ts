import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
import { kernelErrors } from '../../src/kernel/index.ts';

/** The client disconnected before its request was complete, so no answer can be sent. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** The only encoding of bodies (RFC 8259 section 8.1); US-ASCII is a subset of it. */
const UTF8 = /^(utf-?8|us-ascii)$/i;
const CHARSET = /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i;

/** Whether the headers declare a body of this media type, in UTF-8 and not compressed. */
export function isOfMediaType({ headers }: IncomingMessage, mediaType: string): boolean {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';');
  const charset = parameters.map((text) => CHARSET.exec(text)?.[1]).find(Boolean) ?? 'utf-8';
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  return type.trim().toLowerCase() === mediaType && UTF8.test(charset) && encoding === 'identity';
}

/**
 * Reads a whole request body. A refused request is not destroyed, because the refusal still has to be written to its socket.
 * @param limitBytes Most bytes that are read; a larger `Content-Length` is refused before the first byte is read.
 * @throws REQUEST_TOO_LARGE
 * @throws ClientGone The client closed the connection first.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { length: request.headers['content-length'] ?? null, limit: limitBytes });
  } catch (error) {
    if ((error as Partial<getRawBody.RawBodyError>).type === 'entity.too.large')
      throw kernelErrors.REQUEST_TOO_LARGE({ message: `The request body must not exceed ${limitBytes} bytes.` });
    // A broken socket may emit another error.
    request.on('error', () => undefined);
    throw new ClientGone('The client closed the connection.', { cause: error });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes a body, without a byte order mark. @throws TypeError The body is not UTF-8. */
export function decodeBody(bytes: Buffer): string {
  return utf8.decode(bytes);
}
