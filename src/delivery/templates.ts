/** The text of a message; `{name}` stands for a value. Text messages to phones have no subject. */
export interface TemplateText {
  readonly subject?: string;
  readonly text: string;
}

/** Languages with templates; readers of any other language get the first. */
export const LANGUAGES = ['en', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every message we send, in every language. */
export const TEMPLATES = {
  /** Values: `code`. */
  'verify-email': {
    en: {
      subject: 'Confirm your e-mail address',
      text: 'Your confirmation code: {code}\n\nIf you did not ask for it, ignore this mail.',
    },
    ru: {
      subject: 'Подтвердите адрес электронной почты',
      text: 'Код подтверждения: {code}\n\nЕсли вы его не запрашивали, ничего не делайте.',
    },
  },
  /** Values: `code`. */
  'verify-phone': {
    en: { text: 'Your confirmation code: {code}' },
    ru: { text: 'Код подтверждения: {code}' },
  },
  /** Values: `password`. */
  'password-generated': {
    en: { text: 'Your new password: {password}' },
    ru: { text: 'Ваш новый пароль: {password}' },
  },
  'password-changed': {
    en: {
      subject: 'Your password was changed',
      text: 'The password of your account was changed.\n\nIf this was not you, contact your administrator at once.',
    },
    ru: {
      subject: 'Пароль изменён',
      text: 'Пароль вашей учётной записи изменён.\n\nЕсли это сделали не вы, немедленно обратитесь к администратору.',
    },
  },
} as const satisfies Record<string, Record<Language, TemplateText>>;

export type TemplateName = keyof typeof TEMPLATES;
