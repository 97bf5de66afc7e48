import { defineEvents } from '../events/index.ts';

export const apiKeyEvents = defineEvents({
  'api_key.created': {
    category: 'api-key',
    ends: 'nothing',
    description: 'A user got an API key.',
  },
  'api_key.regenerated': {
    category: 'api-key',
    ends: 'subject',
    description: 'The secret of an API key was replaced.',
  },
  'api_key.deleted': {
    category: 'api-key',
    ends: 'subject',
    description: 'An API key was deleted.',
  },
});
