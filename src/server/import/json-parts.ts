/** Why a file cannot be read; the message is for the operator and quotes nothing of the file. */
export class FileUnreadable extends Error {
  override readonly name: string = 'FileUnreadable';
}

/** A member of the object in a file, or an item of a member that is a list and is read item by item. */
export interface Part {
  readonly member: string;
  readonly isItem: boolean;
  readonly value: unknown;
}

export interface PartOptions {
  /** Members that are read item by item, where they are lists. */
  readonly itemwise: ReadonlySet<string>;
  /** Whether a member is read; others are passed over. */
  readonly isWanted: (member: string) => boolean;
  /** Most bytes of one member, or of one item. Default 64 MiB: an export without its users has a few. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 64 * 1024 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const ENDS: ReadonlySet<number> = new Set([COMMA, LIST_END, OBJECT_END, ...BLANKS]);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

type State =
  | 'start'
  | 'first-member'
  | 'member'
  | 'colon'
  | 'value'
  | 'after-value'
  | 'first-item'
  | 'item'
  | 'after-item'
  | 'end';

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A JSON text that is being collected. */
class Text {
  readonly #bytes: Uint8Array[] = [];
  readonly #isKept: boolean;
  readonly #maxBytes: number;
  #size = 0;
  #level = 0;
  #isInText = false;
  #isEscaped = false;
  #isWhole = false;
  #begun = false;
  #isScalar = false;

  constructor(isKept: boolean, maxBytes: number) {
    this.#isKept = isKept;
    this.#maxBytes = maxBytes;
  }

  /** Takes bytes from a place on. @returns The place after the text, where it ends in these bytes; else null. */
  take(chunk: Uint8Array, from: number): number | null {
    let at = from;
    for (; at < chunk.length && !this.#isWhole; at += 1) {
      if (this.#isScalar && ENDS.has(chunk[at]!)) {
        this.#isWhole = true;
        break;
      }
      this.#step(chunk[at]!);
    }
    this.#keep(chunk.subarray(from, at));
    return this.#isWhole ? at : null;
  }

  #step(byte: number): void {
    if (this.#isInText) this.#stepInText(byte);
    else if (byte === QUOTE) this.#isInText = true;
    else if (byte === LIST || byte === OBJECT) this.#level += 1;
    else if (byte === LIST_END || byte === OBJECT_END) this.#level -= 1;
    else if (!this.#begun) this.#isScalar = true;
    this.#begun = true;
    this.#isWhole = !this.#isScalar && !this.#isInText && this.#level <= 0;
  }

  #stepInText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInText = false;
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (!this.#isKept) return;
    if (this.#size > this.#maxBytes) throw new FileUnreadable(`A value has more than ${this.#maxBytes} bytes.`);
    this.#bytes.push(bytes);
  }

  /** @throws FileUnreadable It is no JSON in UTF-8. */
  parse(): unknown {
    try {
      return JSON.parse(DECODER.decode(Buffer.concat(this.#bytes)));
    } catch (cause) {
      throw new FileUnreadable('The file is not JSON in UTF-8.', { cause });
    }
  }
}

/** Reads the members of the JSON object in a file while it arrives, so that the file can be larger than the memory. */
class PartReader {
  readonly #options: PartOptions;
  #state: State = 'start';
  #member = '';
  #text: Text | null = null;
  #marks = 0;

  constructor(options: PartOptions) {
    this.#options = options;
  }

  /** The parts that end in these bytes. @throws FileUnreadable */
  push(chunk: Uint8Array): Part[] {
    const parts: Part[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#text === null) {
        at = this.#between(chunk, at);
        continue;
      }
      const end = this.#text.take(chunk, at);
      if (end === null) break;
      at = end;
      const part = this.#endText(this.#text);
      if (part !== null) parts.push(part);
    }
    return parts;
  }

  /** To be called after all bytes. @throws FileUnreadable The file is cut off. */
  finish(): void {
    if (this.#state !== 'end') throw new FileUnreadable('The file is not a whole JSON object.');
  }

  /** Takes a byte between texts; one that begins a text is left to it. @returns The place to go on at. */
  #between(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    if (this.#isMark(byte) || BLANKS.has(byte)) return at + 1;
    return this.#beginsText(byte) ? at : at + 1;
  }

  /** Whether it belongs to the mark with which some programs begin a file. */
  #isMark(byte: number): boolean {
    if (this.#state !== 'start' || byte !== BYTE_ORDER_MARK[this.#marks]) return false;
    this.#marks += 1;
    return true;
  }

  #beginsText(byte: number): boolean {
    const next = this.#after(byte);
    if (next !== null) {
      this.#state = next;
      return false;
    }
    const { isWanted, maxBytes = MAX_BYTES } = this.#options;
    const isName = this.#state === 'member' || this.#state === 'first-member';
    if (isName && byte !== QUOTE) throw new FileUnreadable('The file is not JSON.');
    this.#text = new Text(isName || isWanted(this.#member), maxBytes);
    return true;
  }

  /** The state after a sign between texts; null: a text begins. @throws FileUnreadable The sign cannot stand here. */
  #after(byte: number): State | null {
    const state = this.#state;
    if (state === 'start' && byte === OBJECT) return 'first-member';
    if (state === 'first-member' && byte === OBJECT_END) return 'end';
    if (state === 'colon' && byte === COLON) return 'value';
    if (state === 'value' && byte === LIST && this.#options.itemwise.has(this.#member)) return 'first-item';
    if (state === 'after-value' && byte === COMMA) return 'member';
    if (state === 'after-value' && byte === OBJECT_END) return 'end';
    if (state === 'first-item' && byte === LIST_END) return 'after-value';
    if (state === 'after-item' && byte === COMMA) return 'item';
    if (state === 'after-item' && byte === LIST_END) return 'after-value';
    if (['first-member', 'member', 'value', 'first-item', 'item'].includes(state)) return null;
    throw new FileUnreadable('The file is not a JSON object.');
  }

  #endText(text: Text): Part | null {
    this.#text = null;
    if (this.#state === 'member' || this.#state === 'first-member') {
      this.#member = String(text.parse());
      this.#state = 'colon';
      return null;
    }
    const isItem = this.#state === 'item' || this.#state === 'first-item';
    this.#state = isItem ? 'after-item' : 'after-value';
    if (!this.#options.isWanted(this.#member)) return null;
    return { member: this.#member, isItem, value: text.parse() };
  }
}

/** The parts of a file. @param chunks Its bytes. @throws FileUnreadable */
export async function* readParts(chunks: AsyncIterable<Uint8Array>, options: PartOptions): AsyncGenerator<Part> {
  const reader = new PartReader(options);
  for await (const chunk of chunks) yield* reader.push(chunk);
  reader.finish();
}
