import { describe, expect, it } from 'vitest';
import { findFrame, OPCODE, writeFrame } from '../../bench/websocket.ts';

/** A frame of a server: without a mask. */
function serverFrame(length: number, opcode: number = OPCODE.text): Buffer {
  const payload = Buffer.alloc(length, 'a');
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

describe('frames of WebSockets (RFC 6455 section 5.2)', () => {
  it.each([0, 125, 126, 65_535, 65_536])('finds a frame with %d bytes, and none in a beginning of it', (length) => {
    const frame = serverFrame(length);
    expect(findFrame(frame, 0)).toEqual({ opcode: OPCODE.text, start: frame.length - length, end: frame.length });
    for (const shorter of [0, 1, frame.length - length - 1, frame.length - 1])
      if (shorter < frame.length) expect(findFrame(frame.subarray(0, shorter), 0)).toBeNull();
  });

  it('finds the second frame of a buffer', () => {
    const first = serverFrame(10);
    const both = Buffer.concat([first, serverFrame(3, OPCODE.ping)]);
    expect(findFrame(both, first.length)).toEqual({ opcode: OPCODE.ping, start: both.length - 3, end: both.length });
  });

  it('refuses a fragment of a message', () => {
    expect(() => findFrame(Buffer.from([OPCODE.text, 0]), 0)).toThrow('fragment');
  });

  it.each([2, 300])('writes a masked frame with %d bytes, whose mask is zero', (length) => {
    const payload = Buffer.alloc(length, 'x');
    const frame = writeFrame(OPCODE.text, payload);
    expect(frame[0]).toBe(0x81);
    expect(frame[1]! & 0x80).toBe(0x80);
    const head = frame.length - length;
    expect(frame.subarray(head - 4, head)).toEqual(Buffer.alloc(4));
    expect(frame.subarray(head)).toEqual(payload);
  });
});
