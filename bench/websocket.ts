/** The part of the WebSocket protocol (RFC 6455) that a client needs which reads many small texts. */

export const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** A frame in a buffer: its kind, and where its payload begins and ends. */
export interface FrameBounds {
  readonly opcode: number;
  readonly start: number;
  readonly end: number;
}

/** The frame at a place of a buffer; null while it is incomplete. Throws for fragments, which our server does not send. */
export function findFrame(buffer: Buffer, at: number): FrameBounds | null {
  if (buffer.length < at + 2) return null;
  const first = buffer[at]!;
  if ((first & 0x80) === 0) throw new Error('A fragment of a message.');
  const short = buffer[at + 1]! & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = at + 2 + lengthBytes;
  if (buffer.length < start) return null;
  const length =
    lengthBytes === 0 ? short : buffer.readUIntBE(start - Math.min(6, lengthBytes), Math.min(6, lengthBytes));
  const end = start + length;
  return end > buffer.length ? null : { opcode: first & 0x0f, start, end };
}

/**
 * A frame of a client with at most 65,535 bytes. The mask is zero, which the protocol allows and which leaves the payload as it
 * is: masks protect proxies from pages, and there are neither here.
 */
export function writeFrame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = 0x80 | opcode;
  if (payload.length < 126) head[1] = 0x80 | payload.length;
  else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}
