import { z } from 'zod';
import { SENT_ATTRIBUTES } from '../attributes.ts';
import { ROLE_NAMES, type RoleNaming, toRoles } from './role-names.ts';
import { faulty, isMembers, joined, type Members, type Read, type RowOf, readEach, readOne, textIn } from './row.ts';

const GROUP = z.object({ name: z.string().min(1), attributes: SENT_ATTRIBUTES, ...ROLE_NAMES });

/** Levels of an export; a tree of this service has fewer. */
const MAX_LEVELS = 32;

interface Level {
  /** Null: the groups at the top. */
  readonly parentPath: string | null;
  readonly groups: unknown;
}

const pathOf = (parentPath: string | null, group: unknown): string => `${parentPath ?? ''}/${textIn(group, 'name')}`;

function readLevel({ parentPath, groups }: Level, naming: RoleNaming): Read {
  return readEach('groups', groups, (sent) =>
    readOne(
      {
        kind: 'group',
        shape: GROUP,
        toInput: ({ name, attributes, ...roles }) => ({
          name,
          parentPath,
          attributes: attributes ?? {},
          roles: toRoles(roles, naming),
        }),
      },
      { owner: '', name: pathOf(parentPath, sent) },
      sent,
    ),
  );
}

const groupsIn = (groups: unknown): readonly Members[] => (Array.isArray(groups) ? groups.filter(isMembers) : []);

const below = ({ parentPath, groups }: Level): Level[] =>
  groupsIn(groups).map((group) => ({
    parentPath: pathOf(parentPath, group),
    groups: group['subGroups'],
  }));

/** The groups, each after the one that it stands in. */
export function readGroups(groups: unknown, naming: RoleNaming): Read {
  const reads: Read[] = [];
  let level: Level[] = [{ parentPath: null, groups }];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_LEVELS) {
      const tooDeep = level.filter((one) => groupsIn(one.groups).length > 0);
      const faults = tooDeep.map(({ parentPath }) =>
        faulty({ kind: 'group', owner: '', name: parentPath ?? '', reason: 'GROUP_TOO_DEEP', at: 'subGroups' }),
      );
      return joined([...reads, ...faults]);
    }
    reads.push(...level.map((one) => readLevel(one, naming)));
    level = level.flatMap(below);
  }
  return joined(reads);
}

/** The groups of new users. */
export const readDefaultGroups = (paths: unknown): Read =>
  readEach('defaultGroups', paths, (path) => {
    if (typeof path !== 'string')
      return faulty({ kind: 'defaultGroup', owner: '', name: '', reason: 'MALFORMED', at: '' });
    const row: RowOf<'defaultGroup'> = { kind: 'defaultGroup', owner: '', name: path, input: { path } };
    return { rows: [row], faults: [] };
  });
