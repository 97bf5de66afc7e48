import { defineErrors } from '../../kernel/index.ts';

export const registrationErrors = defineErrors({
  REGISTRATION_REFUSED: {
    kind: 'forbidden',
    message: 'Clients are registered with an initial access token, or with an access token that may create clients.',
  },
  REGISTRATION_TOKEN_INVALID: {
    kind: 'unauthenticated',
    message: 'This registration access token does not open this client.',
  },
  REGISTRATION_METADATA_INVALID: { kind: 'invalid', message: 'The metadata of the client are not valid.' },
  INITIAL_ACCESS_TOKEN_LIMIT: { kind: 'refused', message: 'A tenant has at most 200 initial access tokens.' },
});
