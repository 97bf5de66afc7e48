import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
// @ts-expect-error Plain JavaScript, so that an old Node can run it before anything is built.
import { nodeFault } from '../../scripts/check-node.mjs';

const SCRIPT = new URL('../../scripts/check-node.mjs', import.meta.url).pathname;
const SYSTEM_NODE = '/usr/bin/node';

describe('the check of the Node version', () => {
  it.each(['22.17.0', '22.18.1', '24.0.0', '25.1.0'])('lets Node %s pass', (version) => {
    expect(nodeFault(version)).toBeNull();
  });

  it.each(['18.20.0', '20.20.2', '22.16.9'])('tells the user of Node %s what to do', (version) => {
    expect(nodeFault(version)).toContain(`this is Node ${version}`);
    expect(nodeFault(version)).toContain('npm rebuild node');
  });

  it('prints nothing on the Node that runs the tests', () => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.runIf(existsSync(SYSTEM_NODE))('checks the version when the Node of the machine runs it', () => {
    const version = spawnSync(SYSTEM_NODE, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
    const { status, stderr } = spawnSync(SYSTEM_NODE, [SCRIPT], { encoding: 'utf8' });
    const fault: string | null = nodeFault(version);
    expect({ status, stderr: stderr.trim() }).toEqual({ status: fault === null ? 0 : 1, stderr: fault ?? '' });
  });
});
