import { existsSync, readFileSync } from 'node:fs';
import { PROJECT_ROOT } from '../environment/project-root.ts';

/** A block of commands in the README: between `<!-- name:begin -->` and `<!-- name:end -->`, in a fence. */
export function readmeCommands(name: string, readme: string): string | null {
  const block = new RegExp(`<!-- ${name}:begin -->\\s*\`\`\`\\w*\\n([\\s\\S]*?)\`\`\`\\s*<!-- ${name}:end -->`).exec(
    readme,
  );
  return block?.[1] ?? null;
}

/** The tour as the README has it, so that the two cannot differ; null where the README was not shipped. */
export function tour(): string | null {
  const file = new URL('README.md', PROJECT_ROOT);
  return existsSync(file) ? readmeCommands('tour', readFileSync(file, 'utf8')) : null;
}
