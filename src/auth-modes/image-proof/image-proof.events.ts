import { defineEvents } from '../../events/index.ts';

export const imageProofEvents = defineEvents({
  'image_proof.changed': {
    category: 'credential',
    ends: 'subject',
    description: 'A user chose another image, PIN or pattern.',
  },
  'image_proof.reset_requested': {
    category: 'credential',
    ends: 'nothing',
    description: 'A reset of an image proof was asked for.',
  },
  'image_proof.reset': {
    category: 'credential',
    ends: 'subject',
    description: 'An image proof was set through a reset.',
  },
});
