import type { Texts } from './english.texts.ts';

/** Every message that the service sends, in German. */
export const GERMAN: Texts = {
  'verify-email': {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    text: 'Ihr Bestätigungscode: {code}\n\nWenn Sie ihn nicht angefordert haben, beachten Sie diese E-Mail nicht.',
  },
  'verify-phone': { text: 'Ihr Bestätigungscode: {code}' },
  'password-generated': { text: 'Ihr neues Passwort: {password}' },
  'password-changed': {
    subject: 'Ihr Passwort wurde geändert',
    text: 'Das Passwort Ihres Kontos wurde geändert.\n\nWenn Sie das nicht waren, wenden Sie sich sofort an Ihren Administrator.',
  },
};
