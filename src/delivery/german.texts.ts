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
  welcome: {
    subject: 'Willkommen bei {app}',
    text: 'Willkommen bei {app}. Ihr Konto ist eingerichtet.\n\nPortal: {portalUrl}\nApp für Android: {androidLink}\nApp für iOS: {iosLink}\n\nFragen: {support}',
  },
  'forgot-password': {
    subject: 'Ihr Passwort für {app}',
    text: 'Sie können bei der Anmeldung ein neues Passwort für {app} wählen.\n\nPortal: {portalUrl}\nApp für Android: {androidLink}\nApp für iOS: {iosLink}\n\nWenn Sie das nicht wollten, beachten Sie diese E-Mail nicht.\n\nFragen: {support}',
  },
  'confirm-address': {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse für {app}',
    text: 'Bitte bestätigen Sie diese E-Mail-Adresse: Melden Sie sich bei {app} an; dort geben Sie einen Code aus einer E-Mail ein.\n\nPortal: {portalUrl}\nApp für Android: {androidLink}\nApp für iOS: {iosLink}\n\nFragen: {support}',
  },
  'test-mail': {
    subject: 'Testmail von {app}',
    text: 'Der Mailserver von {app} funktioniert: Er hat diese E-Mail gesendet.\n\nPortal: {portalUrl}\nApp für Android: {androidLink}\nApp für iOS: {iosLink}\n\nFragen: {support}',
  },
  'sign-in-link': {
    subject: 'Anmeldung bei {app}',
    text: 'Öffnen Sie diesen Link, um sich bei {app} anzumelden. Er gilt einmal, innerhalb von {minutes} Minuten.\n\n{link}\n\nWenn Sie ihn nicht angefordert haben, beachten Sie diese E-Mail nicht.',
  },
  'actions-link': {
    subject: 'Aktualisieren Sie Ihr Konto bei {app}',
    text: 'Ihr Administrator bittet Sie, Ihr Konto bei {app} zu aktualisieren. Öffnen Sie diesen Link; die Seite sagt, was zu tun ist. Er gilt einmal, innerhalb von {minutes} Minuten.\n\n{link}\n\nWenn Sie {app} nicht kennen, beachten Sie diese E-Mail nicht.',
  },
  'verification-link': {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse für {app}',
    text: 'Öffnen Sie diesen Link, um diese E-Mail-Adresse für {app} zu bestätigen. Er gilt einmal, innerhalb von {minutes} Minuten.\n\n{link}\n\nWenn Sie {app} nicht kennen, beachten Sie diese E-Mail nicht.',
  },
  'password-reset': {
    subject: 'Ein neues Passwort für {app}',
    text: 'Jemand hat ein neues Passwort für Ihr Konto bei {app} angefordert. Wenn Sie das waren, öffnen Sie diesen Link in dem Browser, in dem Sie es angefordert haben, oder geben Sie dort den Code ein. Beides funktioniert einmal, innerhalb von {minutes} Minuten.\n\n{link}\n\nCode: {code}\n\nWenn Sie das nicht waren, ignorieren Sie diese Mail und geben Sie den Code niemandem: Ihr Passwort bleibt, wie es ist.',
  },
  'image-reset': {
    subject: 'Ein neues Bild für {app}',
    text: 'Öffnen Sie diesen Link, um ein neues Bild für Ihr Konto bei {app} zu wählen. Er gilt einmal, innerhalb von {minutes} Minuten.\n\n{link}\n\nWenn Sie das nicht angefordert haben, beachten Sie diese E-Mail nicht: Ihr Konto bleibt, wie es ist.',
  },
  'first-image': {
    subject: 'Ihr Konto bei {app}',
    text: 'Für Sie wurde ein Konto bei {app} angelegt. Öffnen Sie diesen Link, um das Bild zu wählen, mit dem Sie sich anmelden. Er gilt einmal, innerhalb von {minutes} Minuten.\n\n{link}\n\nWenn Sie {app} nicht kennen, beachten Sie diese E-Mail nicht.',
  },
  'email-changed': {
    subject: 'Ihre E-Mail-Adresse bei {app} wurde geändert',
    text: 'Ihr Konto bei {app} hat jetzt eine andere E-Mail-Adresse.\n\nWenn Sie das nicht waren, wenden Sie sich sofort an Ihren Administrator.',
  },
};
