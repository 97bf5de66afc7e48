import { existsSync, readFileSync } from 'node:fs';
import { PROJECT_ROOT } from '../environment/project-root.ts';

/** Reads a code block of the README, between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function readmeCommands(name: string, readme: string): string | null {
  const block = new RegExp(`<!-- ${name}:begin -->\\s*\`\`\`\\w*\\n([\\s\\S]*?)\`\`\`\\s*<!-- ${name}:end -->`).exec(
    readme,
  );
  return block?.[1] ?? null;
}

/** Reads the tour from the README, so that the two cannot differ; null if the README was not shipped. */
export function tour(): string | null {
  const file = new URL('README.md', PROJECT_ROOT);
  return existsSync(file) ? readmeCommands('tour', readFileSync(file, 'utf8')) : null;
}
