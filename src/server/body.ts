import type { IncomingMessage } from 'node:http';
import { kernelErrors } from '../kernel/index.ts';
import { RequestAborted } from './http-errors.ts';

const tooLarge = (limitBytes: number) =>
  kernelErrors.REQUEST_TOO_LARGE({ message: `The request body must not exceed ${limitBytes} bytes.` });

/**
 * Reads a request body whole.
 * @param limitBytes Nothing beyond this is kept; a larger `Content-Length` is refused before the first byte is read.
 * @throws REQUEST_TOO_LARGE The body is larger.
 * @throws RequestAborted The client went away first.
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Not destroyed on the way out: the refusal still has to be written to this socket.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) throw tooLarge(limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (size <= limitBytes) throw new RequestAborted('The client closed the connection.');
    throw error;
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}
