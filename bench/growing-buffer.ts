/** Bytes that arrive in parts. It doubles when it is full, so that an answer of megabytes is copied twice and not once for each part. */
export class GrowingBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns All bytes since the last `clear`, which the next call may move. */
  append(part: Buffer): Buffer {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(2 * length);
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    part.copy(this.#bytes, this.#length);
    this.#length = length;
    return this.#bytes.subarray(0, length);
  }

  clear(): void {
    this.#length = 0;
  }
}
