import { type LoadRequest, type ResponseBounds, writeRequest } from './http-message.ts';

/** A text of an answer that later requests of the same cycle send. */
export interface Pick {
  /** Its place in the path, the headers and the body of the later requests. */
  readonly name: string;
  /** What stands before it in the answer, whose bytes are read as Latin-1: the status line, the header fields, the body. */
  readonly after: string;
  /** The first character after it. */
  readonly until: string;
}

/** Texts by the names of their picks. */
export type PickedTexts = Map<string, string>;

/** A request with places for picked texts, split once, so that sending it joins a few strings. */
export class RequestTemplate {
  /** The whole request, when it has no places. */
  readonly #fixed: Buffer | null;
  /** Alternately text and the name of a place. */
  readonly #head: readonly string[];
  readonly #body: readonly string[] | null;

  constructor({ body, ...request }: LoadRequest, host: string, names: readonly string[]) {
    const head = writeRequest(request, host).toString('utf8').slice(0, -END_OF_HEAD.length);
    this.#head = splitAtNames(head, names);
    this.#body = body === undefined ? null : splitAtNames(body, names);
    const isFixed = this.#head.length === 1 && (this.#body === null || this.#body.length === 1);
    this.#fixed = isFixed ? writeRequest(body === undefined ? request : { ...request, body }, host) : null;
  }

  /** The bytes of the request. @throws Error when a text was not picked */
  write(texts: PickedTexts): Buffer {
    if (this.#fixed !== null) return this.#fixed;
    const head = join(this.#head, texts);
    if (this.#body === null) return Buffer.from(head + END_OF_HEAD);
    const body = join(this.#body, texts);
    return Buffer.from(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}${END_OF_HEAD}${body}`);
  }
}

const END_OF_HEAD = '\r\n\r\n';

function splitAtNames(text: string, names: readonly string[]): string[] {
  // Names are upper case letters between underscores, which mean themselves in a pattern.
  return names.length === 0 ? [text] : text.split(new RegExp(`(${names.join('|')})`));
}

function join(parts: readonly string[], texts: PickedTexts): string {
  let joined = parts[0]!;
  for (let at = 1; at < parts.length; at += 2) {
    const text = texts.get(parts[at]!);
    if (text === undefined) throw new Error(`No answer had a text for ${parts[at]}.`);
    joined += text + parts[at + 1]!;
  }
  return joined;
}

const indexBefore = (end: number, index: number): number => (index < end ? index : -1);

/** Adds the texts that stand in an answer. @throws Error when one does not */
export function pickTexts(buffer: Buffer, { end }: ResponseBounds, picks: readonly Pick[], texts: PickedTexts): void {
  for (const { name, after, until } of picks) {
    const found = indexBefore(end, buffer.indexOf(after, 0, 'latin1'));
    const from = found + after.length;
    const to = found === -1 ? -1 : indexBefore(end, buffer.indexOf(until, from, 'latin1'));
    if (to === -1) throw new Error(`An answer has no ${after}: ${buffer.toString('latin1', 0, Math.min(end, 600))}`);
    texts.set(name, buffer.toString('latin1', from, to));
  }
}
