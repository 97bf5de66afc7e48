import { defineEvents } from '../events/index.ts';

export const federationEvents = defineEvents({
  'federation_link.added': {
    category: 'federation',
    ends: 'nothing',
    description: 'An external account was linked to a user.',
  },
  'federation_link.removed': {
    category: 'federation',
    ends: 'nothing',
    description: 'An external account was unlinked from a user.',
  },
  'federation_link.updated': {
    category: 'federation',
    ends: 'nothing',
    description: 'A linked external account was renamed.',
  },
  'federation_link.refused': {
    category: 'federation',
    ends: 'nothing',
    description: 'Linking an external account through its provider failed.',
  },
  'federation_token.read': {
    category: 'federation',
    ends: 'nothing',
    description: 'A stored token of an external account was handed out.',
  },
  'provider.created': { category: 'federation', ends: 'nothing', description: 'A federation provider was created.' },
  'provider.updated': { category: 'federation', ends: 'nothing', description: 'A federation provider was changed.' },
  'provider.deleted': { category: 'federation', ends: 'nothing', description: 'A federation provider was deleted.' },
});
