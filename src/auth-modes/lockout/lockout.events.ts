import { defineEvents } from '../../events/index.ts';

export const lockoutEvents = defineEvents({
  'lockout.started': {
    category: 'lockout',
    ends: 'nothing',
    description: 'A subject was blocked after failed attempts.',
  },
  'lockout.lifted': {
    category: 'lockout',
    ends: 'nothing',
    description: 'A block was lifted, or failures that led to no block yet were forgotten.',
  },
});
