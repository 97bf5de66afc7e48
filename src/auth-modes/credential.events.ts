import { defineEvents } from '../events/index.ts';

export const credentialEvents = defineEvents({
  'credential.added': { category: 'credential', ends: 'nothing', description: 'A credential was added.' },
  'credential.removed': { category: 'credential', ends: 'nothing', description: 'A credential was removed.' },
  'credential.updated': {
    category: 'credential',
    ends: 'nothing',
    description: 'A credential was renamed or reordered.',
  },
});
