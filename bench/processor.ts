import { readdir, readFile, writeFile } from 'node:fs/promises';

/** Processor time and memory of processes and of the machine, as Linux counts them in `/proc`. */

/** Processor time of a server so far, in seconds. */
export interface ServerTime {
  /** The thread that runs JavaScript. */
  readonly main: number;
  /** All other threads: the compiler and garbage collector of V8, the thread pool of libuv. */
  readonly workers: number;
}

const NANOSECONDS = 1_000_000_000;

/** Seconds on a processor, from the text of a `schedstat` file: nanoseconds running, nanoseconds waiting, time slices. */
export const parseSchedstat = (text: string): number => Number(text.split(' ', 1)[0]) / NANOSECONDS;

export async function readServerTime(pid: number): Promise<ServerTime> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map(async (thread) => {
      // A thread may end between the two reads.
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0 0 0');
      return { isMain: Number(thread) === pid, seconds: parseSchedstat(text) };
    }),
  );
  const sum = (isMain: boolean) => times.reduce((all, time) => all + (time.isMain === isMain ? time.seconds : 0), 0);
  return { main: sum(true), workers: sum(false) };
}

/** Processor time of a process with one thread, in seconds; null when it has ended. */
export async function readProcessTime(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => null);
  return text === null ? null : parseSchedstat(text);
}

/** Resident memory of a process in MB: now, and the peak since `resetPeak`. */
export async function readMemory(pid: number): Promise<{ readonly nowMb: number; readonly peakMb: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { nowMb: read('VmRSS'), peakMb: read('VmHWM') };
}

/** Lets the kernel count the peak of a process's resident memory anew (proc(5), `clear_refs`). */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** Time of all processors since the start of the machine, in clock ticks. */
export interface MachineTime {
  readonly busy: number;
  readonly idle: number;
}

/** Reads the line `cpu` of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseMachineTime(text: string): MachineTime {
  const [user, nice, system, idle, waiting, irq, softirq, steal] = text
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { busy: user! + nice! + system! + irq! + softirq! + steal!, idle: idle! + waiting! };
}

export const readMachineTime = async (): Promise<MachineTime> => parseMachineTime(await readFile('/proc/stat', 'utf8'));

/** The share of the machine's time between two readings in which a processor worked. */
export function findBusyShare(before: MachineTime, after: MachineTime): number {
  const busy = after.busy - before.busy;
  const all = busy + after.idle - before.idle;
  return all === 0 ? 0 : busy / all;
}

/** A machine whose processors are used less than this counts as quiet. */
const QUIET_SHARE = 0.1;
const SAMPLE_MS = 250;

/**
 * Waits until the machine is quiet, at most for a time.
 * @returns How long it waited, in seconds, and whether the machine was quiet then.
 */
export async function waitForQuiet(patienceSeconds: number): Promise<{ seconds: number; isQuiet: boolean }> {
  const begun = performance.now();
  for (;;) {
    const before = await readMachineTime();
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    const isQuiet = findBusyShare(before, await readMachineTime()) < QUIET_SHARE;
    const seconds = (performance.now() - begun) / 1000;
    if (isQuiet || seconds >= patienceSeconds) return { seconds, isQuiet };
  }
}
