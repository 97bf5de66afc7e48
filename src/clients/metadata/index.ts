/**
 * The members of `clients.metadata`, one row each: what RFC 7591, OpenID Connect and related standards define for clients.
 * A new member needs a row here, its field in the schema, and the code that reads it.
 */
import { z } from 'zod';
import { invalidField } from '../../kernel/index.ts';
import { clientErrors } from '../client.errors.ts';
import type { MetadataMember, MetadataSetter } from './member.ts';
import { WEB_ORIGINS } from './web-origins.ts';

export type { MetadataMember, MetadataSetter } from './member.ts';
export { webOriginsOf } from './web-origins.ts';

/** The members by their names in the graph. */
export const CLIENT_METADATA = {
  webOrigins: WEB_ORIGINS,
} as const satisfies Readonly<Record<string, MetadataMember<unknown>>>;

type Members = typeof CLIENT_METADATA;
type MemberName = keyof Members;

/** The metadata of a client with its defaults, by their names in the graph. */
export type ClientMetadata = { readonly [M in MemberName]: z.output<Members[M]['check']> };

/** Metadata as a caller gives it; null restores the default. */
export type ClientMetadataInput = { readonly [M in MemberName]?: ClientMetadata[M] | null };

const MEMBERS = Object.entries(CLIENT_METADATA) as [MemberName, MetadataMember<unknown>][];

/** Form of the column: every member by its name in the standards, all of them optional. */
export const STORED_METADATA = z.object(
  Object.fromEntries(MEMBERS.map(([, { wire, check }]) => [wire, check.optional()])),
);

/** The part of a client that its metadata needs. */
export interface ClientWithMetadata {
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The stored metadata of a client, completed by the defaults. */
export function clientMetadata({ type, metadata }: ClientWithMetadata): ClientMetadata {
  const members = MEMBERS.map(([name, row]) => [name, metadata[row.wire] ?? row.default({ type })]);
  return Object.fromEntries(members) as ClientMetadata;
}

/**
 * The column after a change, or null when the input changes nothing.
 * @throws CLIENT_METADATA_INVALID
 * @throws INVALID_INPUT This setter may not set the member.
 */
export function changedMetadata(
  path: string,
  input: ClientMetadataInput,
  { metadata }: ClientWithMetadata,
  setter: MetadataSetter = 'manager',
): Record<string, unknown> | null {
  const next: Record<string, unknown> = { ...metadata };
  for (const [name, row] of MEMBERS) {
    const value = input[name];
    if (value === undefined) continue;
    if (!row.setBy.includes(setter))
      throw invalidField(`${path}.${name}`, 'CLIENT_METADATA_NOT_SETTABLE', 'This member cannot be set here.');
    if (value === null) delete next[row.wire];
    else next[row.wire] = checked(`${path}.${name}`, row, value);
  }
  return JSON.stringify(next) === JSON.stringify(metadata) ? null : next;
}

/** The members that differ between two states of the column, by their names in the graph. */
export function changedMembers(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  return MEMBERS.filter(([, { wire }]) => JSON.stringify(before[wire]) !== JSON.stringify(after[wire])).map(
    ([name]) => name,
  );
}

function checked(path: string, { check }: MetadataMember<unknown>, value: unknown): unknown {
  const parsed = check.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    path: [path, ...issue.path.map(String)].join('.'),
    code: 'CLIENT_METADATA_INVALID',
    message: issue.message,
  }));
  throw clientErrors.CLIENT_METADATA_INVALID({ fields });
}
