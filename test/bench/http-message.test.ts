import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findResponse, readBody, writeRequest } from '../../bench/http-message.ts';

const response = (head: string, body: string): Buffer => Buffer.from(`HTTP/1.1 ${head}\r\n\r\n${body}`);
const withLength = (body: string): Buffer =>
  response(`200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}`, body);
const withChunks = (parts: readonly string[]): Buffer =>
  response(
    '200 OK\r\ntransfer-encoding: chunked',
    [...parts, ''].map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join(''),
  );

describe('messages of the load generator', () => {
  it('writes a request with its length in bytes (RFC 9112)', () => {
    const request = writeRequest(
      { method: 'POST', path: '/a?b=1', headers: { 'content-type': 'text/plain' }, body: 'é' },
      'localhost:1',
    );
    expect(request.toString()).toBe(
      'POST /a?b=1 HTTP/1.1\r\nhost: localhost:1\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\né',
    );
    expect(writeRequest({ method: 'GET', path: '/' }, 'h').toString()).toBe('GET / HTTP/1.1\r\nhost: h\r\n\r\n');
  });

  it('finds a response with a length, whatever the case of the field', () => {
    const buffer = withLength('{"a":"é"}');
    const bounds = findResponse(buffer)!;
    expect(bounds).toMatchObject({ status: 200, end: buffer.length, isChunked: false, isLast: false });
    expect(readBody(buffer, bounds)).toBe('{"a":"é"}');
  });

  it('finds no response in any beginning of one, and the same one in the whole', () => {
    const parts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, fc.boolean(), (texts, isChunked) => {
        const buffer = isChunked ? withChunks(texts) : withLength(texts.join(''));
        for (let length = 0; length < buffer.length; length++)
          expect(findResponse(buffer.subarray(0, length))).toBeNull();
        const bounds = findResponse(buffer)!;
        expect(bounds.end).toBe(buffer.length);
        expect(readBody(buffer, bounds)).toBe(texts.join(''));
      }),
      { numRuns: 50 },
    );
  });

  it('ends a response where it ends, so that a second one in the buffer is noticed', () => {
    const one = withLength('first');
    expect(findResponse(Buffer.concat([one, withLength('second')]))!.end).toBe(one.length);
  });

  it('notices that the server will close the connection', () => {
    expect(findResponse(response('200 OK\r\nconnection: close\r\ncontent-length: 0', ''))!.isLast).toBe(true);
  });

  it('reads a status without a body', () => {
    expect(findResponse(response('204 No Content\r\ndate: now', ''))).toMatchObject({ status: 204 });
  });

  it('refuses what it cannot delimit', () => {
    expect(() => findResponse(response('200 OK\r\ndate: now', 'x'))).toThrow('neither a length nor chunks');
    expect(() => findResponse(Buffer.from('SSH-2.0-x\r\n\r\n'))).toThrow('Not a final response');
    expect(() => findResponse(response('100 Continue', ''))).toThrow('Not a final response');
    expect(() => findResponse(response('200 OK\r\ntransfer-encoding: chunked', 'zz\r\n\r\n'))).toThrow('no size');
  });
});
