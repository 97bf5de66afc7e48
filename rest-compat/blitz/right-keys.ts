import { ACCOUNT_ID, subjectIdOf } from './identifiers.ts';

/** An id that no user has. */
const NOBODY = '';

/** The holder of a right, in the terms of the graph. */
export type RightHolder = { readonly userId: string } | { readonly clientId: string };

/** The object of a right, in the terms of the graph. */
export type RightParty = RightHolder | { readonly groupKey: { readonly profile: string; readonly key: string } };

/** The types that a key may name besides users, as the dialect writes them (docs/dialects/blitz.md, section 2.18). */
export const RIGHT_TYPES = ['its', 'grps'] as const;
export type RightKeyType = (typeof RIGHT_TYPES)[number];

const account = (id: string): RightHolder => ({ userId: ACCOUNT_ID.safeParse(id).success ? subjectIdOf(id) : NOBODY });
const group = (key: string, profile: string): RightParty => ({ groupKey: { profile, key } });

/**
 * Reads the holder of a right: `{subjectId}`, `its|{app_id}`, or a plain id of an application with its type in another member.
 * Groups hold no rights, so a group's key names no account.
 */
export function rightHolderOf(key: string, type?: 'its'): RightHolder {
  if (key.startsWith('grps|')) return { userId: NOBODY };
  if (type === 'its') return { clientId: key };
  return key.startsWith('its|') ? { clientId: key.slice('its|'.length) } : account(key);
}

/**
 * Reads the object of a right: as above, or `grps|{grp_id}|{profile}`.
 * @param ext Profile of a group whose type is given in another member.
 */
export function rightPartyOf(key: string, type?: RightKeyType, ext?: string): RightParty {
  if (type === 'its') return { clientId: key };
  if (type === 'grps') return group(key, ext ?? '');
  if (!key.startsWith('grps|')) return rightHolderOf(key);
  const bar = key.lastIndexOf('|');
  return group(
    key.slice('grps|'.length, Math.max(bar, 'grps|'.length)),
    bar < 'grps|'.length ? (ext ?? '') : key.slice(bar + 1),
  );
}

/** Writes the key of a subject or object. */
export function rightKeyOf({ kind, key, profile }: { kind: string; key: string; profile: string | null }): string {
  if (kind === 'APPLICATION') return `its|${key}`;
  return kind === 'GROUP' ? `grps|${key}|${profile}` : key;
}
