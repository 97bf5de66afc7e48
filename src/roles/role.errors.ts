import { defineErrors } from '../kernel/index.ts';

export const roleErrors = defineErrors({
  ROLE_NAME_TAKEN: { kind: 'conflict', message: 'A role with this name exists here.' },
  ROLE_BUILTIN: { kind: 'refused', message: 'This role is part of the service; it cannot be changed or deleted.' },
  ROLE_NOT_FOUND: { kind: 'not-found', message: 'There is no such role.' },
  ROLE_CLIENT_NOT_FOUND: { kind: 'not-found', message: 'There is no such client for a role to belong to.' },
  ROLE_CYCLE: { kind: 'invalid', message: 'A role cannot contain itself, directly or through other roles.' },
  ROLE_HOLDER_NOT_FOUND: { kind: 'not-found', message: 'There is no such user, group or client to hold a role.' },
  ROLE_GRANT_ELSEWHERE: {
    kind: 'refused',
    message: 'Only users, groups and clients of the tenant "master" hold roles on another tenant.',
  },
});
