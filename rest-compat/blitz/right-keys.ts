import { ACCOUNT_ID, subjectIdOf } from './identifiers.ts';

/** The id of nobody. */
const NOBODY = '';

/** Subject or object of a right in the graph's words. */
export type RightParty =
  | { readonly userId: string }
  | { readonly clientId: string }
  | { readonly groupKey: { readonly profile: string; readonly key: string } };

/** How the two types that a key may name beside users are written (spec section 2.18). */
export const RIGHT_TYPES = ['its', 'grps'] as const;
export type RightKeyType = (typeof RIGHT_TYPES)[number];

const account = (id: string): RightParty => ({ userId: ACCOUNT_ID.safeParse(id).success ? subjectIdOf(id) : NOBODY });
const group = (key: string, profile: string): RightParty => ({ groupKey: { profile, key } });

/**
 * Whom a key means: `{subjectId}`, `its|{app_id}`, `grps|{grp_id}|{profile}`; or a plain id with its type beside it.
 * @param ext Profile of a group whose type stands beside it.
 */
export function rightPartyOf(key: string, type?: RightKeyType, ext?: string): RightParty {
  if (type === 'its') return { clientId: key };
  if (type === 'grps') return group(key, ext ?? '');
  if (key.startsWith('its|')) return { clientId: key.slice('its|'.length) };
  if (!key.startsWith('grps|')) return account(key);
  const bar = key.lastIndexOf('|');
  return group(
    key.slice('grps|'.length, Math.max(bar, 'grps|'.length)),
    bar < 'grps|'.length ? (ext ?? '') : key.slice(bar + 1),
  );
}

/** The key of a subject or object in answers. */
export function rightKeyOf({ kind, key, profile }: { kind: string; key: string; profile: string | null }): string {
  if (kind === 'APPLICATION') return `its|${key}`;
  return kind === 'GROUP' ? `grps|${key}|${profile}` : key;
}
