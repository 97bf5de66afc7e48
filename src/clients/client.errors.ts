import { defineErrors } from '../kernel/index.ts';

export const clientErrors = defineErrors({
  CLIENT_ID_TAKEN: { kind: 'conflict', message: 'A client with this client_id exists.' },
  CLIENT_ID_INVALID: { kind: 'invalid', message: 'A client_id has 1 to 255 printable ASCII characters.' },
  CLIENT_REDIRECT_INVALID: {
    kind: 'invalid',
    message:
      'A redirect address must be absolute, without fragment or user name; "http" is only allowed for loopback addresses.',
  },
  CLIENT_METADATA_INVALID: { kind: 'invalid', message: 'A member of the metadata of the client is not valid.' },
  CLIENT_GRANT_TYPE_INVALID: { kind: 'invalid', message: 'The client cannot have this grant.' },
  CLIENT_SCOPE_UNKNOWN: { kind: 'invalid', message: 'The scope does not exist.' },
  CLIENT_SCOPE_NOT_FOUND: { kind: 'not-found', message: 'The tenant has no such scope.' },
  CLIENT_SCOPE_NAME_TAKEN: { kind: 'conflict', message: 'The tenant has a scope with this name.' },
  CLIENT_SCOPE_LIMIT: { kind: 'refused', message: 'The tenant has as many scopes as it may have.' },
  CLIENT_SCOPE_GIVES_PERMISSIONS: {
    kind: 'refused',
    message: 'A scope that gives permissions cannot be given to every new client.',
  },
  SCOPE_ROLE_LIMIT: { kind: 'refused', message: 'A client or scope has at most 200 scope roles.' },
  PROTOCOL_MAPPER_NOT_FOUND: { kind: 'not-found', message: 'There is no such mapper.' },
  PROTOCOL_MAPPER_NAME_TAKEN: { kind: 'conflict', message: 'There is a mapper with this name.' },
  PROTOCOL_MAPPER_LIMIT: {
    kind: 'refused',
    message: 'A client or scope has at most 100 mappers, of 64 KiB together.',
  },
  CLIENT_BUILTIN: {
    kind: 'refused',
    message: 'This client is part of the service; it can only be enabled and disabled.',
  },
  CLIENT_DELETION_LOCKED: { kind: 'conflict', message: 'The client is locked against deletion.' },
  LINKED_APP_NOT_FREE: { kind: 'refused', message: 'No app instance with this client_id is free.' },
  LINKED_APP_NOT_FOUND: { kind: 'not-found', message: 'The app is not linked to the user.' },
  CLIENT_ID_FIXED: { kind: 'refused', message: 'The client_id of a client cannot be changed.' },
  CLIENT_TYPE_FIXED: { kind: 'refused', message: 'The type of a client cannot be changed.' },
  CLIENT_WITHOUT_ACCOUNT: {
    kind: 'refused',
    message: 'Public clients and apps on devices of users have no service account.',
  },
  CLIENT_PUBLIC: { kind: 'refused', message: 'A public client has no secret.' },
});
