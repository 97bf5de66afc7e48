import { defineErrors } from '../../kernel/index.ts';

export const groupErrors = defineErrors({
  GROUP_NAME_TAKEN: {
    kind: 'conflict',
    message: 'A group with this name, ignoring case, exists under the same parent.',
  },
  GROUP_NAME_INVALID: { kind: 'invalid', message: 'The name of a group of profile "groups" holds no "/".' },
  GROUP_KEY_TAKEN: { kind: 'conflict', message: 'A group of this profile with this key exists.' },
  GROUP_KEY_AMBIGUOUS: { kind: 'invalid', message: 'Several profiles have a group with this key: name the profile.' },
  GROUP_PROFILE_INVALID: { kind: 'invalid', message: 'A profile has 1 to 64 letters, digits, ".", "_" or "-".' },
  GROUP_PARENT_NOT_FOUND: { kind: 'not-found', message: 'There is no such group to be the parent.' },
  GROUP_PARENT_INVALID: {
    kind: 'invalid',
    message: 'Only groups of profile "groups" have parents, and none is inside itself.',
  },
  GROUP_TOO_DEEP: { kind: 'invalid', message: 'Groups nest at most 32 deep.' },
  GROUP_NOT_FOUND: { kind: 'not-found', message: 'There is no such group.' },
  GROUP_MEMBER_NOT_FOUND: { kind: 'not-found', message: 'There is no such user.' },
});
