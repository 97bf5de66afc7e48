/**
 * What RFC 7591, OpenID Connect and their kin name of a client: the members of `clients.metadata`, a row each.
 * A new member is a row here, its field in the schema, and whatever reads it.
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

/** What a caller says of the metadata; null brings the default back. */
export type ClientMetadataInput = { readonly [M in MemberName]?: ClientMetadata[M] | null };

const MEMBERS = Object.entries(CLIENT_METADATA) as [MemberName, MetadataMember<unknown>][];

/** Form of the column: every member by its name on the wire, none of them required. */
export const STORED_METADATA = z.object(
  Object.fromEntries(MEMBERS.map(([, { wire, check }]) => [wire, check.optional()])),
);

/** A client as far as its metadata goes. */
export interface ClientWithMetadata {
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What is stored of a client, completed by the defaults. */
export function clientMetadata({ type, metadata }: ClientWithMetadata): ClientMetadata {
  const members = MEMBERS.map(([name, row]) => [name, metadata[row.wire] ?? row.default({ type })]);
  return Object.fromEntries(members) as ClientMetadata;
}

/**
 * The column after a change, or null when the input changes nothing.
 * @throws CLIENT_METADATA_INVALID
 * @throws INVALID_INPUT The member is not for this setter to set.
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
