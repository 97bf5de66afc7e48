import { defineErrors } from '../kernel/index.ts';

export const clientErrors = defineErrors({
  CLIENT_ID_TAKEN: { kind: 'conflict', message: 'A client with this client_id exists.' },
  CLIENT_ID_INVALID: { kind: 'invalid', message: 'A client_id has 1 to 255 printable ASCII characters.' },
  CLIENT_REDIRECT_INVALID: {
    kind: 'invalid',
    message:
      'A redirect address is absolute, without fragment or user name; "http" is allowed for the own device (loopback) alone.',
  },
  CLIENT_METADATA_INVALID: { kind: 'invalid', message: 'A member of the metadata of the client is not valid.' },
  CLIENT_GRANT_INVALID: { kind: 'invalid', message: 'The client cannot have this grant.' },
  CLIENT_SCOPE_UNKNOWN: { kind: 'invalid', message: 'There is no such scope.' },
  CLIENT_BUILTIN: {
    kind: 'refused',
    message: 'This client is part of the service; it cannot be changed or deleted.',
  },
  LINKED_APP_NOT_FREE: { kind: 'refused', message: 'There is no app instance of this client_id that is free.' },
  LINKED_APP_NOT_FOUND: { kind: 'not-found', message: 'The user has no such linked app.' },
  CLIENT_PUBLIC: { kind: 'refused', message: 'A public client has no secret.' },
});
