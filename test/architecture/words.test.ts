import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['src', 'schema', 'rest-compat', 'web', 'bench', 'examples', 'scripts', 'test', 'docs', 'deploy'];
const TEXTS = /\.(?:ts|tsx|mjs|js|css|html|graphql|md|conf)$/;

/** Metaphors for modules, endpoints, limits and callers, in identifiers as well as in sentences. */
const METAPHORS =
  /\b(?:houses?|rooms?|doors?|doorways?|stairs|stairways?|floors?|guests?|standing|grounds?|foundations?)\b/i;

/** Phrases that leave out who acts on what. */
const RIDDLES = [
  /\bwho(?:so)?ever\b/i,
  /\bthe own\b/i,
  /\b(?:is|are|was|were|be|been) told\b(?! apart)/i,
  /\bof (?:its|their) own\b(?! accounts?\b)/i,
];

/** Files with such a word as a value: committed migrations, a list of passwords, and a test that writes an old column. */
const VALUES = [
  /^src\/persistence\/migrations\//,
  /^src\/auth-modes\/password\/common-\w+\.ts$/,
  /^test\/src\/persistence\/migrations\.test\.ts$/,
  // This file contains the patterns.
  new RegExp(`^test/architecture/${basename(import.meta.filename)}$`),
];

const files: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => /\.md$|^Dockerfile$/.test(name)),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => TEXTS.test(file))
      .map((file) => join(folder, file)),
  ),
].filter((file) => !VALUES.some((pattern) => pattern.test(file)));

/** Separates the words of identifiers and of file names: `failureFloor` has the word `floor`. */
const separateWords = (text: string): string =>
  text
    .replaceAll(/\bMath\.floor\b|\bfloor\(/g, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ');

/** `file:line: text` of every line that matches one of the patterns. */
function findLines(patterns: readonly RegExp[]): string[] {
  return files.flatMap((file) =>
    [file, ...readFileSync(join(ROOT, file), 'utf8').split('\n')].flatMap((line, number) => {
      const words = separateWords(line);
      return patterns.some((pattern) => pattern.test(words)) ? [`${file}:${number}: ${line.trim()}`] : [];
    }),
  );
}

describe('the words of code, tests, SDL and documents', () => {
  it('are not metaphors of a building: say module, endpoint, API, limit or caller', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(findLines([METAPHORS])).toEqual([]);
  });

  it('name the subject of a sentence', () => {
    expect(findLines(RIDDLES)).toEqual([]);
  });

  it.each(['createFrontDoor()', 'a door of the service', "name: 'failure_floor'", 'FLOOR.failures', 'every Room'])(
    'are found in "%s"',
    (text) => expect(separateWords(text)).toMatch(METAPHORS),
  );

  it.each(['Math.floor(x / 2)', 'base x floor(failures / limit)', 'in the background', 'outstanding', 'indoors'])(
    'are not found in "%s"',
    (text) => expect(separateWords(text)).not.toMatch(METAPHORS),
  );
});
