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
} as const satisfies Readonly<Record<string, TemplateText>>;

export type TemplateName = keyof typeof ENGLISH;
/** The same messages in another language. */
export type Texts = Readonly<Record<TemplateName, TemplateText>>;
