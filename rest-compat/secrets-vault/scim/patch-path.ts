import { type FoundAttribute, findAttribute, named, type ResourceKind, readPath } from './attribute.ts';
import { readValueFilter, type ScimFilter } from './filter.ts';
import { ScimRefusal } from './refusal.ts';
import { type ResolvedFilter, resolveValueFilter } from './resolved-filter.ts';

/** What an operation of a PATCH names: an attribute, some of its values, a member of these. */
export interface PatchPath extends FoundAttribute {
  /** Null: all values. */
  readonly filter: PatchFilter | null;
}

/** The condition in brackets. */
export interface PatchFilter {
  readonly resolved: ResolvedFilter;
  readonly written: ScimFilter;
}

/**
 * Reads the path of an operation (RFC 7644 section 3.5.2): an attribute path, or one with a condition in brackets and perhaps a
 * member behind them.
 * @returns Null when resources of the kind have no such attribute.
 * @throws ScimRefusal invalidPath: malformed. invalidFilter: the condition.
 */
export function readPatchPath(kind: ResourceKind, text: string): PatchPath | null {
  const written = readPath(text, 0);
  if (written === null) throw malformed(text);
  const found = findAttribute(kind, written.path);
  if (written.end === text.length) return found === null ? null : { ...found, filter: null };
  if (text[written.end] !== '[') throw malformed(text);
  const { filter, end } = readValueFilter(text, written.end);
  const sub = subIn(text, end);
  if (found === null) return null;
  const { attribute } = found;
  if (attribute === null || found.sub !== null || !attribute.multiValued) throw malformed(text);
  const resolved = resolveValueFilter(attribute, filter);
  if (sub === null) return { ...found, filter: { resolved, written: filter } };
  const member = named(attribute.subAttributes ?? [], sub);
  return member === null ? null : { ...found, sub: member, filter: { resolved, written: filter } };
}

/** The member behind the brackets. */
function subIn(text: string, at: number): string | null {
  if (at === text.length) return null;
  const member = text[at] === '.' ? readPath(text, at + 1) : null;
  const isWhole = member !== null && member.end === text.length && member.path.schema === null;
  if (!isWhole || member.path.sub !== null) throw malformed(text);
  return member.path.name;
}

const malformed = (text: string): ScimRefusal =>
  new ScimRefusal('invalidPath', `"${text.slice(0, 100)}" is not the path of an attribute.`);
