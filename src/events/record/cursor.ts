import { eventErrors } from './event.errors.ts';

/** A place in the log. Positions are dense over all generations; a generation ends where the next one begins. */
export interface LogPosition {
  readonly generation: number;
  readonly position: number;
}

/**
 * Whether `a` comes after `b`. Any place in a later generation comes after the former generation, whose lost tail does not
 * count.
 */
export function isAfter(a: LogPosition, b: LogPosition): boolean {
  return a.generation === b.generation ? a.position > b.position : a.generation > b.generation;
}

/**
 * Encrypts text so that it can be opened only in the context given. `Sealer` of `crypto/` implements it; give it a purpose, and
 * so a key, that nothing else uses.
 */
export interface CursorSealer {
  seal(text: string, context: string): string;
  /** @throws for anything `seal` did not make in this context. */
  open(text: string, context: string): { toString(): string };
}

/** Sealed cursors are about 90 characters long. */
const LONGEST = 256;
const GENERATION_DIGITS = 6;
const POSITION_DIGITS = 16;
const FORM = /^(\d{6,})\.(\d{16})$/;

/** Makes and reads the cursors of a tenant's feed: `generation.position`, sealed. */
export class CursorCodec {
  readonly #sealer: CursorSealer;

  constructor(sealer: CursorSealer) {
    this.#sealer = sealer;
  }

  /** Pads to a fixed length, so that the length does not reveal how many events the service has. */
  encode(tenantId: string, { generation, position }: LogPosition): string {
    const text = `${String(generation).padStart(GENERATION_DIGITS, '0')}.${String(position).padStart(POSITION_DIGITS, '0')}`;
    return this.#sealer.seal(text, contextOf(tenantId));
  }

  /** @throws EVENT_CURSOR_INVALID */
  decode(tenantId: string, cursor: string): LogPosition {
    const match = cursor.length <= LONGEST ? FORM.exec(this.#open(tenantId, cursor)) : null;
    if (match === null) throw eventErrors.EVENT_CURSOR_INVALID();
    return { generation: Number(match[1]), position: Number(match[2]) };
  }

  #open(tenantId: string, cursor: string): string {
    try {
      return this.#sealer.open(cursor, contextOf(tenantId)).toString();
    } catch (cause) {
      throw eventErrors.EVENT_CURSOR_INVALID({ cause });
    }
  }
}

const contextOf = (tenantId: string): string => `event-cursor/${tenantId}`;
