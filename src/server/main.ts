import { banner } from './banner.ts';
import { loadConfig } from './config.ts';
import { createLogger, type Logger } from './logger.ts';
import { type RunningNode, startNode } from './node.ts';
import { StartRefused } from './start-refused.ts';
import { tour } from './tour.ts';

/** EX_CONFIG of sysexits(3): a restart without another configuration is in vain. */
const EXIT_CONFIG = 78;
/** SIGTERM to exit, whatever hangs; the drain itself takes at most 8 s of it. In milliseconds. */
const EXIT_WITHIN_MS = 10_000;

/** Ends the process when the operator asks, or when nobody can say any more what state it is in. */
function endOn(node: RunningNode, logger: Logger): void {
  let isEnding = false;
  const end = async (reason: string, code: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    logger.info({ reason }, 'Ending');
    setTimeout(() => process.exit(code), EXIT_WITHIN_MS).unref();
    await node.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal, 0));
  const fatal = (error: unknown) => {
    logger.fatal({ err: error }, 'A fault that nobody handled');
    void end('fault', 1);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
}

/** A fault the operator can mend is told in words; anything else with its stack. */
function report(error: unknown): number {
  const isOperators = error instanceof StartRefused;
  const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  if (isOperators || isBusy) {
    const message = isBusy ? 'The port is in use. Set PORT to another one.' : (error as Error).message;
    process.stderr.write(`${message}\n`);
    return EXIT_CONFIG;
  }
  createLogger('fatal').fatal({ err: error }, 'The start failed');
  return 1;
}

async function main(): Promise<void> {
  try {
    const config = loadConfig();
    const logger = createLogger(config.logLevel);
    const node = await startNode(config, logger);
    endOn(node, logger);
    process.stdout.write(banner(node, tour()));
  } catch (error) {
    process.exitCode = report(error);
    // A database client that still tries to connect would keep the process.
    setTimeout(() => process.exit(), 1_000).unref();
  }
}

await main();
