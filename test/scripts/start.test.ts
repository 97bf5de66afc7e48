import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONFIG_NAMES } from '../../src/server/environment/config.ts';
import { LIMIT_NAMES } from '../../src/server/environment/graphql-limits.ts';
import { readmeCommands } from '../../src/server/start/tour.ts';
import { endStarted, MAIN, ROOT, Started } from '../support/started.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'idgraph-start-'));
const startMain = (env: Record<string, string> = {}) =>
  new Started(process.execPath, [MAIN], { DATA_DIR: join(folder, 'data'), ...env });

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'pipe' });
}, 120_000);

afterEach(endStarted);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm start', { timeout: 180_000 }, () => {
  it('serves on a free port, and the tour of the README runs as it is written', async () => {
    const npm = await new Started('npm', ['start'], { DATA_DIR: join(folder, 'tour') }).ready();
    const tour = readmeCommands('tour', README)!;
    expect(npm.output).toContain(tour.trimEnd());
    const script = `export IDGRAPH=${npm.variable('IDGRAPH')}\nexport CLIENT=${npm.variable('CLIENT')}\n${tour}`;
    const shell = new Started('bash', ['-euo', 'pipefail', '-c', script], {
      // A replacement for curl, last in PATH, for machines without it.
      PATH: [dirname(process.execPath), process.env['PATH'], join(ROOT, 'test/support/bin')].join(delimiter),
    });
    expect(await shell.exited, shell.errors).toBe(0);
    expect(shell.output).toMatch(/"createUser":\{"user":\{"subject":"[0-9a-f-]{36}"/);
    expect(shell.output).toContain('"username":"ada"');
    expect(shell.output).toContain('{"needPasswordChange":true');
    const event = /\{[^{}\n]*"type":"auth_mode\.password_change_required".*\}/.exec(shell.output);
    expect(JSON.parse(event![0])).toMatchObject({ clientId: 'bootstrap', ip: '127.0.0.1', outcome: 'SUCCESS' });
    const authorize = shell.output.trim().split('\n').at(-1)!;
    expect(authorize).toContain(`${npm.url}/t/master/oauth/authorize?client_id=tour&`);
    const sent = await fetch(authorize, { redirect: 'manual' });
    expect(sent.status).toBe(303);
    const cookie = sent.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const page = await fetch(sent.headers.get('location')!, { headers: { cookie } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('The tour');
    npm.child.kill('SIGTERM');
    expect([0, 143, 'SIGTERM']).toContain(await npm.exited);
    await vi.waitFor(async () => expect(await fetch(npm.url).catch(() => 'gone')).toBe('gone'), { timeout: 10_000 });
  });
});

describe('the process', { timeout: 180_000 }, () => {
  it('shows credentials only on the first start, and survives SIGKILL', async () => {
    const first = await startMain().ready();
    expect(first.output).toMatch(/administrator +admin +\S{32}\n/);
    expect(first.errors).not.toContain(/administrator +admin +(\S+)/.exec(first.output)![1]!);
    first.child.kill('SIGKILL');
    await first.exited;
    const second = await startMain().ready();
    expect(second.output).not.toContain('administrator');
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
  });

  it('ends with 0 within the time of a drain after SIGTERM, and keeps its compiled code beside the build', async () => {
    const compileCache = join(ROOT, 'dist/compile-cache');
    rmSync(compileCache, { recursive: true, force: true });
    const node = await startMain({ DATA_DIR: 'memory://' }).ready();
    node.child.kill('SIGTERM');
    expect(await node.exited).toBe(0);
    expect(node.errors).toContain('"reason":"SIGTERM"');
    // One file for each module, in a folder for this version of Node and this account.
    expect(readdirSync(compileCache, { recursive: true }).length).toBeGreaterThan(1_000);
  });

  it('still serves for DRAIN_SECONDS after SIGTERM, not ready and closing connections, and ends with 0', async () => {
    const node = await startMain({ DATA_DIR: 'memory://', DRAIN_SECONDS: '8' }).ready();
    const at = performance.now();
    node.child.kill('SIGTERM');
    const ready = async () => (await fetch(`${node.url}/health/ready`)).status;
    await vi.waitFor(async () => expect(await ready()).toBe(503), { timeout: 5_000, interval: 20 });
    for (let answers = 0; answers < 3; answers += 1) {
      const answer = await fetch(`${node.url}/t/master/.well-known/openid-configuration`);
      await answer.arrayBuffer();
      expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    }
    expect(await node.exited).toBe(0);
    expect(performance.now() - at).toBeGreaterThan(8_000);
  });

  it('stops serving at once on an interrupt at the terminal, or on a second signal', async () => {
    const start = () => startMain({ DATA_DIR: 'memory://', DRAIN_SECONDS: '300' }).ready();
    const interrupted = await start();
    interrupted.child.kill('SIGINT');
    expect(await interrupted.exited).toBe(0);
    const ended = await start();
    ended.child.kill('SIGTERM');
    await vi.waitFor(() => expect(ended.errors).toContain('"reason":"SIGTERM"'), { timeout: 10_000 });
    ended.child.kill('SIGTERM');
    expect(await ended.exited).toBe(0);
  });

  it('refuses a data directory in use, and names the process that uses it', async () => {
    const first = await startMain().ready();
    const second = startMain();
    expect(await second.exited).toBe(78);
    expect(second.errors).toContain(`in use by process ${first.child.pid} on `);
    expect(second.output).toBe('');
  });

  it('refuses another master key than that of its data directory, in one line', async () => {
    const directory = { DATA_DIR: join(folder, 'sealed') };
    const first = await startMain({ ...directory, MASTER_KEY: 'ab'.repeat(32) }).ready();
    first.child.kill('SIGKILL');
    await first.exited;
    const second = startMain({ ...directory, MASTER_KEY: 'cd'.repeat(32) });
    expect(await second.exited).toBe(78);
    expect(second.errors).toMatch(/^MASTER_KEY is not the key [^\n]*DATA_DIR [^\n]*sealed\.\n$/);
  });

  it('refuses a port that is in use', async () => {
    const first = await startMain({ DATA_DIR: 'memory://' }).ready();
    const second = startMain({ DATA_DIR: 'memory://', PORT: new URL(first.url).port });
    expect(await second.exited).toBe(78);
    expect(second.errors).toContain('Set PORT to another one');
  });

  it('ends with 78 and one message that names every fault of the configuration', async () => {
    const node = startMain({ PORT: 'x', PUBLIC_URL: 'https://id.example/path', LOG_LEVEL: 'loud' });
    expect(await node.exited).toBe(78);
    expect(node.errors.trim().split('\n')).toEqual([
      'The configuration cannot be used:',
      expect.stringContaining('PORT: '),
      expect.stringContaining('PUBLIC_URL: '),
      expect.stringContaining('LOG_LEVEL: '),
    ]);
  });
});

describe('the README', () => {
  it('explains every variable and every limit', () => {
    for (const name of CONFIG_NAMES) expect(README).toContain(`| \`${name}\` |`);
    for (const name of LIMIT_NAMES) expect(README).toContain(`| \`${name}\` |`);
  });

  it('has the commands that CI runs', () => {
    expect(readmeCommands('install', README)).toBe('npm ci\n');
    expect(readmeCommands('start', README)).toBe('npm start\n');
    expect(readmeCommands('test', README)).toBe('npm test\n');
    expect(readmeCommands('nothing', README)).toBeNull();
  });

  it('has one command each to start and to test a fresh clone', () => {
    const commands = ['start', 'test'].map((name) => `\`${readmeCommands('install', README)!.trim()} && npm ${name}\``);
    for (const command of commands) expect(README).toContain(command);
  });
});
