import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { expect, vi } from 'vitest';
import { CONFIG_NAMES } from '../../src/server/environment/config.ts';
import { recordingEnvironment } from './field-errors/record.mjs';

/** The project's folder. */
export const ROOT = resolve(import.meta.dirname, '../..');
/** The built server; `buildServer()` makes it. */
export const MAIN = join(ROOT, 'dist/src/server/start/main.js');

/** Builds the server unless the build is current. */
export function build(part: 'server' | 'graphiql' | 'docs' | 'sign-in' | 'zero-knowledge'): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), part], { stdio: 'pipe' });
}

export const buildServer = (): void => build('server');

const started: Started[] = [];

/** Ends every process of this file's tests, and the processes that they started. */
export async function endStarted(): Promise<void> {
  for (const one of started.splice(0)) {
    one.killGroup();
    await one.exited;
  }
}

/** What the test run sets for its workers when it collects coverage. */
const OF_THE_RUN: ReadonlySet<string> = new Set(['NODE_DISABLE_COMPILE_CACHE', 'NODE_V8_COVERAGE']);

/** The environment of the machine without settings of the service and of the test run. */
function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !CONFIG_NAMES.includes(name as never) && !OF_THE_RUN.has(name)),
  );
  return { ...clean, ...recordingEnvironment(), PORT: '0', DRAIN_SECONDS: '0', ...env };
}

/** A process under test: the server, `npm`, a shell. Default working directory: the project's folder. */
export class Started {
  readonly child: ChildProcess;
  output = '';
  errors = '';
  readonly exited: Promise<number | string>;

  constructor(command: string, args: readonly string[], env: Record<string, string>, folder = ROOT) {
    this.child = spawn(command, args, {
      cwd: folder,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group, so that all processes that it started can be ended.
      detached: true,
    });
    this.child.stdout!.on('data', (chunk) => {
      this.output += String(chunk);
    });
    this.child.stderr!.on('data', (chunk) => {
      this.errors += String(chunk);
    });
    this.exited = once(this.child, 'close').then(([code, signal]) => code ?? signal);
    started.push(this);
  }

  killGroup(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // All processes of the group have already ended.
    }
  }

  /** Waits for the last line of what the start prints. */
  async ready(): Promise<this> {
    const printed = vi.waitFor(() => expect(this.output).toMatch(/Idgraph serves at[\s\S]*\n\n$/), {
      timeout: 100_000,
      interval: 100,
    });
    const ended = this.exited.then((code) => {
      throw new Error(`The process ended with ${code}: ${this.errors}`);
    });
    await Promise.race([printed, ended]);
    printed.catch(() => undefined);
    ended.catch(() => undefined);
    return this;
  }

  /** A variable of the printed tour. */
  variable(name: string): string {
    return new RegExp(`^export ${name}=(.*)$`, 'm').exec(this.output)![1]!;
  }

  get url(): string {
    return /Idgraph serves at (\S+)/.exec(this.output)![1]!;
  }
}
