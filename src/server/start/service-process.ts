import { loadConfig } from '../environment/config.ts';
import { createLogger, type Logger } from '../environment/logger.ts';
import { StartRefused } from '../environment/start-refused.ts';
import { banner } from './banner.ts';
import { type RunningNode, startNode } from './node.ts';
import { collectStartGarbage } from './start-garbage.ts';
import { tour } from './tour.ts';

/**
 * Longest time from the end of `DRAIN_SECONDS` to the exit, even if something hangs; requests may take 3 s of it. In
 * milliseconds.
 */
const EXIT_WITHIN_MS = 5_000;

/** Ends the process on a signal, or after an unhandled fault, because its state is then unknown. */
function endOn(node: RunningNode, drainSeconds: number, logger: Logger): void {
  let isEnding = false;
  const end = async (reason: string, code: number, isHurried: boolean): Promise<void> => {
    // A second signal skips `DRAIN_SECONDS`.
    if (isEnding) return node.stop(true);
    isEnding = true;
    logger.info({ reason }, 'Ending');
    setTimeout(() => process.exit(code), (isHurried ? 0 : drainSeconds * 1000) + EXIT_WITHIN_MS).unref();
    await node.stop(isHurried);
    process.exit(code);
  };
  process.on('SIGTERM', () => void end('SIGTERM', 0, false));
  // SIGINT comes from a terminal: there is no load balancer, and the operator waits.
  process.on('SIGINT', () => void end('SIGINT', 0, true));
  const fatal = (error: unknown) => {
    logger.fatal({ err: error }, 'Unhandled fault');
    void end('fault', 1, true);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
}

/**
 * Prints the message of a fault that the operator can correct, and logs any other error with its stack. @returns The exit
 * status.
 */
function report(error: unknown): number {
  if (error instanceof StartRefused) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  createLogger('fatal').fatal({ err: error }, 'The start failed');
  return 1;
}

/** Runs the service in this process until a signal ends it. Sets the exit status when the service cannot start. */
export async function runService(): Promise<void> {
  try {
    const config = loadConfig();
    const logger = createLogger(config.logLevel);
    const node = await startNode(config, logger);
    endOn(node, config.drainSeconds, logger);
    process.stdout.write(banner(node, tour()));
    collectStartGarbage();
  } catch (error) {
    process.exitCode = report(error);
    // Exit anyway: a database client that still tries to connect would keep the process running.
    setTimeout(() => process.exit(), 1_000).unref();
  }
}
