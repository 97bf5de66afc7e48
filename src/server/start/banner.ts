import { ADDRESSES } from '../http/addresses.ts';
import type { RunningNode } from './node.ts';

const column = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};

/** Quotes a value for a POSIX shell. */
const quoted = (text: string): string => (/^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

function credentials({ bootstrapped }: RunningNode): string[] {
  if (bootstrapped === null) return [];
  const { adminUsername, adminPassword, clientId, clientSecret } = bootstrapped;
  const given = '(as configured)';
  return [
    '',
    'Made on this first start. Generated secrets are shown only once; keep them.',
    ...column([
      ['administrator', `${adminUsername}  ${adminPassword ?? given}`],
      ['client', `${clientId}  ${clientSecret ?? given}`],
    ]),
  ];
}

/**
 * What the start prints to standard output, and nowhere else, because it contains secrets: addresses, generated credentials,
 * the tour.
 * @param tour The commands of the README, without the first lines, which set the variables.
 */
export function banner(node: RunningNode, tour: string | null): string {
  const { publicUrl, bootstrapped, demo } = node;
  const lines = [
    `Idgraph serves at ${publicUrl}`,
    ...column(ADDRESSES.map(({ what, paths }) => [what, paths.map((path) => `${publicUrl}${path}`).join('  ')])),
    ...credentials(node),
    ...(demo === null ? [] : ['', `The tenant "${demo.name}" holds ${demo.users} made-up users.`]),
  ];
  if (bootstrapped !== null && tour !== null) {
    const { clientId, clientSecret } = bootstrapped;
    lines.push(
      '',
      'A tour to copy and paste, in a second terminal, in this folder:',
      '',
      `export IDGRAPH=${quoted(publicUrl)}`,
      `export CLIENT=${quoted(`${clientId}:${clientSecret ?? '<BOOTSTRAP_CLIENT_SECRET>'}`)}`,
      tour.trimEnd(),
    );
  }
  return `${lines.join('\n')}\n\n`;
}
