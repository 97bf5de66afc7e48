import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ClientGone, decodeBody, isOfMediaType, readBody } from '../../../rest-compat/engine/index.ts';

type Headers = Readonly<Record<string, string>>;

/** A request with a body. */
function requestOf(chunks: readonly string[], headers: Headers = {}): IncomingMessage {
  return Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), {
    headers,
  }) as unknown as IncomingMessage;
}

describe('the body of a request', () => {
  it('is read whole up to the limit, in one piece or many', async () => {
    expect(String(await readBody(requestOf(['abc', 'def']), 6))).toBe('abcdef');
    expect(String(await readBody(requestOf(['abcdef'], { 'content-length': '6' }), 6))).toBe('abcdef');
    expect(await readBody(requestOf([]), 6)).toHaveLength(0);
  });

  it('is refused beyond the limit, by its declared length or as it arrives, and its socket stays open for the answer', async () => {
    for (const request of [requestOf(['x'], { 'content-length': '7' }), requestOf(Array(20).fill('abcd'))]) {
      await expect(readBody(request, 6)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
      expect(request.destroyed).toBe(false);
    }
  });

  it('that ends early is reported as a disconnected client', async () => {
    const broken = new Readable({ read: () => undefined });
    const reading = readBody(Object.assign(broken, { headers: {} }) as unknown as IncomingMessage, 6);
    broken.destroy(new Error('ECONNRESET'));
    await expect(reading).rejects.toBeInstanceOf(ClientGone);
    const gone = Object.assign(new Readable({ read: () => undefined }), { headers: {} });
    gone.destroy();
    await expect(readBody(gone as unknown as IncomingMessage, 6)).rejects.toBeInstanceOf(ClientGone);
  });

  it.each([
    [{ 'content-type': 'application/json' }, true],
    [{ 'content-type': 'Application/JSON; charset=utf-8' }, true],
    [{ 'content-type': 'application/json; charset="UTF-8"; x=y' }, true],
    [{ 'content-type': 'application/json; charset=us-ascii' }, true],
    [{ 'content-type': 'application/json', 'content-encoding': 'identity' }, true],
    [{}, false],
    [{ 'content-type': 'text/plain' }, false],
    [{ 'content-type': 'application/json; charset=latin1' }, false],
    [{ 'content-type': 'application/json; charset=utf-16' }, false],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }, false],
  ])('of %j is JSON in UTF-8 and not compressed: %s', (headers, expected) => {
    expect(isOfMediaType(requestOf([], headers as Headers), 'application/json')).toBe(expected);
  });

  it('is text without its byte order mark, and is refused when it is not UTF-8', () => {
    expect(decodeBody(Buffer.from('\ufeff{}'))).toBe('{}');
    expect(() => decodeBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow(TypeError);
  });
});
