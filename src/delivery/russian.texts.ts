import type { Texts } from './english.texts.ts';

/** Every message that the service sends, in Russian. */
export const RUSSIAN: Texts = {
  'verify-email': {
    subject: 'Подтвердите адрес электронной почты',
    text: 'Код подтверждения: {code}\n\nЕсли вы его не запрашивали, ничего не делайте.',
  },
  'verify-phone': { text: 'Код подтверждения: {code}' },
  'password-generated': { text: 'Ваш новый пароль: {password}' },
  'password-changed': {
    subject: 'Пароль изменён',
    text: 'Пароль вашей учётной записи изменён.\n\nЕсли это сделали не вы, немедленно обратитесь к администратору.',
  },
};
