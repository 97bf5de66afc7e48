import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FanoutOptions, FanoutResult } from './fanout-process.ts';
import { collect, pinned } from './load.ts';
import type { Subject } from './servers.ts';

const SUBSCRIBERS = 1000;
const EVENTS = 30;

/** 1,000 sockets subscribe to one tenant; each token issued there is an event that all of them must receive. */
export async function runFanout(subject: Subject, token: string, cpu: number | null): Promise<FanoutResult> {
  const options: FanoutOptions = {
    url: subject.url,
    token,
    tenant: 'master',
    subscribers: SUBSCRIBERS,
    events: EVENTS,
    trigger: {
      url: `${subject.url}/t/master/oauth/token`,
      authorization: `Basic ${Buffer.from(`${subject.clientId}:${subject.clientSecret}`).toString('base64')}`,
      body: 'grant_type=client_credentials&scope=user%3Aread',
    },
  };
  const script = fileURLToPath(new URL('./fanout-process.js', import.meta.url));
  const [command, args] = pinned(cpu, process.execPath, [script]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(options));
  return JSON.parse(await collect(child)) as FanoutResult;
}
