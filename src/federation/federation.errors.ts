import { defineErrors } from '../kernel/index.ts';

export const federationErrors = defineErrors({
  FEDERATION_PROVIDER_NOT_FOUND: { kind: 'not-found', message: 'There is no such federation provider.' },
  FEDERATION_PROVIDER_NAME_TAKEN: { kind: 'conflict', message: 'A federation provider with this name exists.' },
  FEDERATION_PROVIDER_INVALID: { kind: 'invalid', message: 'The settings of the federation provider are not valid.' },
  FEDERATION_PROVIDER_HAS_LINKS: {
    kind: 'refused',
    message:
      'The issuer, the endpoints for tokens and userinfo, the keys and the subject claim of a provider cannot change while accounts are linked through it.',
  },
  FEDERATION_PROVIDER_LIMIT: { kind: 'refused', message: 'A tenant has at most 200 federation providers.' },
  LINK_ALREADY_BOUND: { kind: 'refused', message: 'The external account is linked to another user.' },
  LINK_NOT_FOUND: { kind: 'not-found', message: 'The external account is not linked to this user.' },
  LINK_LIMIT_REACHED: { kind: 'refused', message: 'The user has too many linked accounts.' },
  FEDERATION_TOKEN_NOT_FOUND: { kind: 'not-found', message: 'No token of this provider is stored for the user.' },
});
