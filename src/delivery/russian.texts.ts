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
  welcome: {
    subject: 'Добро пожаловать в {app}',
    text: 'Добро пожаловать в {app}. Ваша учётная запись готова.\n\nПортал: {portalUrl}\nПриложение для Android: {androidLink}\nПриложение для iOS: {iosLink}\n\nВопросы: {support}',
  },
  'forgot-password': {
    subject: 'Ваш пароль для {app}',
    text: 'Новый пароль для {app} можно выбрать при входе.\n\nПортал: {portalUrl}\nПриложение для Android: {androidLink}\nПриложение для iOS: {iosLink}\n\nЕсли вы этого не запрашивали, ничего не делайте.\n\nВопросы: {support}',
  },
  'confirm-address': {
    subject: 'Подтвердите адрес электронной почты для {app}',
    text: 'Подтвердите этот адрес: войдите в {app} и введите код из письма.\n\nПортал: {portalUrl}\nПриложение для Android: {androidLink}\nПриложение для iOS: {iosLink}\n\nВопросы: {support}',
  },
  'test-mail': {
    subject: 'Проверочное письмо {app}',
    text: 'Почтовый сервер {app} работает: он отправил это письмо.\n\nПортал: {portalUrl}\nПриложение для Android: {androidLink}\nПриложение для iOS: {iosLink}\n\nВопросы: {support}',
  },
  'sign-in-link': {
    subject: 'Вход в {app}',
    text: 'Откройте эту ссылку, чтобы войти в {app}. Она действует один раз, в течение {minutes} мин.\n\n{link}\n\nЕсли вы её не запрашивали, ничего не делайте.',
  },
  'actions-link': {
    subject: 'Обновите учётную запись в {app}',
    text: 'Администратор просит вас обновить учётную запись в {app}. Откройте эту ссылку: на странице указано, что нужно сделать. Она действует один раз, в течение {minutes} мин.\n\n{link}\n\nЕсли {app} вам не знаком, ничего не делайте.',
  },
  'verification-link': {
    subject: 'Подтвердите адрес электронной почты для {app}',
    text: 'Откройте эту ссылку, чтобы подтвердить этот адрес для {app}. Она действует один раз, в течение {minutes} мин.\n\n{link}\n\nЕсли {app} вам не знаком, ничего не делайте.',
  },
};
