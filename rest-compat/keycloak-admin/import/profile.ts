import { z } from 'zod';
import { faulty, isMembers, type Members, NOTHING, type Read, type Reader, readOne } from './row.ts';

/** The component of an export that has the profile of users, as a text of JSON. */
const PROVIDER = 'org.keycloak.userprofile.UserProfileProvider';
const CONFIG = 'kc.user.profile.config';
const NAME = { owner: '', name: '' };

const PROFILE = z.record(z.string(), z.unknown());
const READER: Reader<'userProfile', z.output<typeof PROFILE>> = {
  kind: 'userProfile',
  shape: PROFILE,
  toInput: (profile) => ({ profile }),
};

const firstIn = (list: unknown): unknown => (Array.isArray(list) ? (list[0] as unknown) : undefined);

/** The text of the profile; null: the export has none. */
function textOf(components: Members): unknown {
  const component = firstIn(components[PROVIDER]);
  const config = isMembers(component) ? component['config'] : null;
  return isMembers(config) ? (firstIn(config[CONFIG]) ?? null) : null;
}

/** The profile of users, which a realm keeps among its components. */
export function readUserProfile(components: unknown): Read {
  const text = isMembers(components) ? textOf(components) : null;
  if (text === null) return NOTHING;
  try {
    return readOne(READER, NAME, JSON.parse(String(text)));
  } catch {
    return faulty({ kind: 'userProfile', ...NAME, reason: 'MALFORMED', at: 'components' });
  }
}
