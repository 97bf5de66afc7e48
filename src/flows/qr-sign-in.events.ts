import { defineEvents } from '../events/index.ts';

export const qrSignInEvents = defineEvents({
  'qr_sign_in.confirmed': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user allowed a sign-in that was shown as a QR code.',
  },
  'qr_sign_in.refused': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user refused a sign-in that was shown as a QR code.',
  },
});
