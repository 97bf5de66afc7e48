import '../schema/modules.ts';
import { taggedTypes, toGlobalId } from '../schema/global-id.ts';

const HEAD = `# Global ids

Written by \`npm run schema:emit\`, which refuses to change or to drop a tag: clients keep ids.

A global id is \`<tag>~<route>~<key>\`: the tag of the type, the route of the tenant (8 base32 characters), the key. The parts of a
composite key are percent-encoded and joined by \`:\`. An argument \`<noun>Id\` takes the global or the bare form.

| tag | type |
| --- | --- |
`;

/** The tags that a page lists, each with its type. */
const readTags = (page: string): Map<string, string> =>
  new Map([...page.matchAll(/^\| `([a-z]{3})` \| `(\w+)` \|$/gm)].map(([, tag, type]) => [tag!, type!]));

/**
 * `docs/ids.md`: every type that has a global id, by its tag.
 * @param before The page as it stands; empty when there is none.
 * @throws Error A tag of `before` has another type now, or none.
 */
export function buildIdsPage(before: string, types: readonly string[] = taggedTypes()): string {
  const tagOf = (type: string) => toGlobalId(type as never, { route: '' }, '').slice(0, 3);
  const tags = new Map(types.map((type) => [tagOf(type), type]));
  for (const [tag, type] of readTags(before)) {
    if (tags.get(tag) !== type)
      throw new Error(`The tag ${tag} of ${type} is ${tags.get(tag) ?? 'gone'}; clients keep ids, so it has to stay.`);
  }
  const rows = [...tags].toSorted().map(([tag, type]) => `| \`${tag}\` | \`${type}\` |`);
  return `${HEAD}${rows.join('\n')}\n`;
}
