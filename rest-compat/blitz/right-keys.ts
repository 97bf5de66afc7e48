import { ACCOUNT_ID, subjectIdOf } from './identifiers.ts';

/** The id of nobody. */
const NOBODY = '';

/** Who holds a right, in the graph's words. */
export type RightHolder = { readonly userId: string } | { readonly clientId: string };

/** On what a right is held, in the graph's words. */
export type RightParty = RightHolder | { readonly groupKey: { readonly profile: string; readonly key: string } };

/** How the two types that a key may name beside users are written (docs/dialects/blitz.md, section 2.18). */
export const RIGHT_TYPES = ['its', 'grps'] as const;
export type RightKeyType = (typeof RIGHT_TYPES)[number];

const account = (id: string): RightHolder => ({ userId: ACCOUNT_ID.safeParse(id).success ? subjectIdOf(id) : NOBODY });
const group = (key: string, profile: string): RightParty => ({ groupKey: { profile, key } });

/**
 * Who holds a right: `{subjectId}`, `its|{app_id}`, or a plain id of an application with its type beside it. Groups hold
 * none, so a key that looks like one's is the account of nobody.
 */
export function rightHolderOf(key: string, type?: 'its'): RightHolder {
  if (key.startsWith('grps|')) return { userId: NOBODY };
  if (type === 'its') return { clientId: key };
  return key.startsWith('its|') ? { clientId: key.slice('its|'.length) } : account(key);
}

/**
 * On what a right is held: as above, or `grps|{grp_id}|{profile}`.
 * @param ext Profile of a group whose type stands beside it.
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

/** The key of a subject or object in answers. */
export function rightKeyOf({ kind, key, profile }: { kind: string; key: string; profile: string | null }): string {
  if (kind === 'APPLICATION') return `its|${key}`;
  return kind === 'GROUP' ? `grps|${key}|${profile}` : key;
}
