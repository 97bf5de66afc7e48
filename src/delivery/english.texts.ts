/** The text of a message; `{name}` stands for a value. Text messages to phones have no subject. */
export interface TemplateText {
  readonly subject?: string;
  readonly text: string;
}

/** Every message that the service sends, in English. */
export const ENGLISH = {
  /** Values: `code`. */
  'verify-email': {
    subject: 'Confirm your e-mail address',
    text: 'Your confirmation code: {code}\n\nIf you did not ask for it, ignore this mail.',
  },
  /** Values: `code`. */
  'verify-phone': { text: 'Your confirmation code: {code}' },
  /** Values: `password`. */
  'password-generated': { text: 'Your new password: {password}' },
  'password-changed': {
    subject: 'Your password was changed',
    text: 'The password of your account was changed.\n\nIf this was not you, contact your administrator at once.',
  },
  /** Values: `app`, and `portalUrl`, `androidLink`, `iosLink`, `support`, each of which may be empty, as in the next three. */
  welcome: {
    subject: 'Welcome to {app}',
    text: 'Welcome to {app}. Your account is ready.\n\nPortal: {portalUrl}\nApp for Android: {androidLink}\nApp for iOS: {iosLink}\n\nQuestions: {support}',
  },
  'forgot-password': {
    subject: 'Your password for {app}',
    text: 'You can choose a new password for {app} where you sign in.\n\nPortal: {portalUrl}\nApp for Android: {androidLink}\nApp for iOS: {iosLink}\n\nIf you did not ask for this, ignore this mail.\n\nQuestions: {support}',
  },
  'confirm-address': {
    subject: 'Confirm your e-mail address for {app}',
    text: 'Please confirm this e-mail address: sign in to {app}, which then asks you for a code from a mail.\n\nPortal: {portalUrl}\nApp for Android: {androidLink}\nApp for iOS: {iosLink}\n\nQuestions: {support}',
  },
  'test-mail': {
    subject: 'Test mail of {app}',
    text: 'The mail server of {app} works: it sent this mail.\n\nPortal: {portalUrl}\nApp for Android: {androidLink}\nApp for iOS: {iosLink}\n\nQuestions: {support}',
  },
  /** Values: `app`, `link` and `minutes`, as in the next two. */
  'sign-in-link': {
    subject: 'Sign in to {app}',
    text: 'Open this link to sign in to {app}. It works once, within {minutes} minutes.\n\n{link}\n\nIf you did not ask for it, ignore this mail.',
  },
  'actions-link': {
    subject: 'Update your account at {app}',
    text: 'Your administrator asks you to update your account at {app}. Open this link, whose page says what there is to do. It works once, within {minutes} minutes.\n\n{link}\n\nIf you do not know {app}, ignore this mail.',
  },
  'verification-link': {
    subject: 'Confirm your e-mail address for {app}',
    text: 'Open this link to confirm this e-mail address for {app}. It works once, within {minutes} minutes.\n\n{link}\n\nIf you do not know {app}, ignore this mail.',
  },
  /** Values: `app`, `link`, `code` and `minutes`. */
  'password-reset': {
    subject: 'A new password for {app}',
    text: 'Somebody asked for a new password for your account at {app}. If it was you, open this link in the browser in which you asked, or type the code there. Both work once, within {minutes} minutes.\n\n{link}\n\nCode: {code}\n\nIf you did not ask for it, ignore this mail and give the code to nobody: your password stays as it is.',
  },
  /** Values: `app`, `link` and `minutes`. */
  'image-reset': {
    subject: 'A new image for {app}',
    text: 'Open this link to choose a new image for your account at {app}. It works once, within {minutes} minutes.\n\n{link}\n\nIf you did not ask for it, ignore this mail: your account stays as it is.',
  },
  /** The same values. */
  'first-image': {
    subject: 'Your account at {app}',
    text: 'An account was made for you at {app}. Open this link to choose the image with which you will sign in. It works once, within {minutes} minutes.\n\n{link}\n\nIf you do not know {app}, ignore this mail.',
  },
  /** Values: `app`. */
  'email-changed': {
    subject: 'Your e-mail address at {app} was changed',
    text: 'Your account at {app} has another e-mail address now.\n\nIf this was not you, contact your administrator at once.',
  },
} as const satisfies Readonly<Record<string, TemplateText>>;

export type TemplateName = keyof typeof ENGLISH;
/** The same messages in another language. */
export type Texts = Readonly<Record<TemplateName, TemplateText>>;
