/** How far an import has come. */
export interface Step {
  /** Rows that were written or left out so far. */
  readonly rows: number;
  readonly faults: number;
  /** 0 to 1, by the bytes that were read. */
  readonly done: number;
}

/** Shows how far an import has come. */
export interface Progress {
  step(step: Step): void;
  end(summary: object): void;
}

type Write = (text: string) => void;

/** One line of JSON for each batch, and one at the end. */
export const jsonProgress = (write: Write): Progress => ({
  step: (step) => write(`${JSON.stringify(step)}\n`),
  end: (summary) => write(`${JSON.stringify(summary)}\n`),
});

const WIDTH = 30;

const bar = (done: number): string => {
  const filled = Math.round(Math.min(1, done) * WIDTH);
  return `[${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.round(Math.min(1, done) * 100)} %`;
};

/** A line that is written over again, for terminals. */
export const barProgress = (write: Write): Progress => ({
  step: ({ rows, faults, done }) => write(`\r${bar(done)}  ${rows} rows, ${faults} reported`),
  end: (summary) => write(`\n${JSON.stringify(summary, null, 2)}\n`),
});
