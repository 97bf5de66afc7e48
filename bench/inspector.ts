/** The inspector of a Node process, for its live heap (Chrome DevTools Protocol). */
export class Inspector {
  readonly #socket: WebSocket;
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @param port Of `--inspect=127.0.0.1:<port>`. */
  static async open(port: number): Promise<Inspector> {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(target!.webSocketDebuggerUrl);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('The inspector does not answer.')));
    });
    return new Inspector(socket);
  }

  #call<T>(method: string): Promise<T> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve) => {
      const read = ({ data }: MessageEvent): void => {
        const message = JSON.parse(String(data)) as { id?: number; result: T };
        if (message.id !== id) return;
        this.#socket.removeEventListener('message', read);
        resolve(message.result);
      };
      this.#socket.addEventListener('message', read);
      this.#socket.send(JSON.stringify({ id, method }));
    });
  }

  /** The heap after a full garbage collection, in MB. */
  async readLiveHeapMb(): Promise<number> {
    // The second collection takes what finalizers of the first have released.
    await this.#call('HeapProfiler.collectGarbage');
    await this.#call('HeapProfiler.collectGarbage');
    const { usedSize } = await this.#call<{ usedSize: number }>('Runtime.getHeapUsage');
    return usedSize / 1_048_576;
  }

  close(): void {
    this.#socket.close();
  }
}
