import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageOf, renderTemplate, TEMPLATES, type TemplateName } from '../../../src/delivery/index.ts';

const names = Object.keys(TEMPLATES.en) as TemplateName[];
const valuesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('what messages say', () => {
  it.each(names)('%s uses the same values in every language', (name) => {
    const [first, ...others] = LANGUAGES.map((language) => {
      const { subject = '', text }: { subject?: string; text: string } = TEMPLATES[language][name];
      return { hasSubject: subject !== '', values: valuesIn(subject + text) };
    });
    for (const other of others) expect(other).toEqual(first);
  });

  it('puts values in as they are', () => {
    const { text, locale } = renderTemplate('password-generated', ['ru-RU'], { password: '{password}$&' });
    expect([text, locale]).toEqual(['Ваш новый пароль: {password}$&', 'ru']);
  });

  it('leaves out a line with an empty value, and the blank line that would be doubled', () => {
    const values = { app: 'Pier', portalUrl: '', androidLink: 'https://a.example', iosLink: '', support: '' };
    expect(renderTemplate('welcome', ['en'], values)).toEqual({
      subject: 'Welcome to Pier',
      text: 'Welcome to Pier. Your account is ready.\n\nApp for Android: https://a.example',
      locale: 'en',
    });
    expect(renderTemplate('welcome', ['en'], { ...values, androidLink: '' }).text).toBe(
      'Welcome to Pier. Your account is ready.',
    );
  });

  it('puts texts of a tenant in the place of those of the service', () => {
    const values = { app: 'Pier', link: 'https://id.example/x', minutes: '5' };
    const own = {
      de: { 'sign-in-link.subject': '{app}:\r\n Bcc: anna@example.com', 'sign-in-link.text': '{link}\n{tide} {app}$&' },
      ru: { 'sign-in-link.subject': '' },
    };
    expect(renderTemplate('sign-in-link', ['de'], values, own)).toEqual({
      subject: 'Pier: Bcc: anna@example.com',
      text: 'https://id.example/x\n{tide} Pier$&',
      locale: 'de',
    });
    for (const language of ['en', 'ru'])
      expect(renderTemplate('sign-in-link', [language], values, own)).toEqual(
        renderTemplate('sign-in-link', [language], values),
      );
  });

  it('throws a plain error when a value is missing', () => {
    expect(() => renderTemplate('password-generated', ['en'], {})).toThrow('password');
    expect(() => renderTemplate('verify-email', ['en'], Object.create({ code: '1' }))).toThrow('code');
  });

  it.each([
    [null, 'en'],
    ['', 'en'],
    ['ru', 'ru'],
    ['RU-ru', 'ru'],
    ['de', 'de'],
    ['de_AT', 'de'],
    ['fr', 'en'],
    ['fr, ru;q=0.5', 'ru'],
    ['ru;q=0.5, de', 'de'],
    ['en;q=0.4, ru;q=0.8', 'ru'],
    ['ru;q=0, en', 'en'],
    ['ru;q=x', 'en'],
    [';;;,,,', 'en'],
    [`${'x'.repeat(100_000)},ru`, 'en'],
  ])('uses the language that the recipient prefers (RFC 9110 section 12.5.4): %j', (wanted, language) => {
    expect(languageOf([wanted])).toBe(language);
  });

  it.each([
    [[], 'en'],
    [[null, undefined, 'de'], 'de'],
    [['ru', 'de'], 'ru'],
    [['fr', 'ru;q=0', 'de', 'ru'], 'de'],
  ])('uses the first language that there is: %j', (wanted, language) => {
    expect(languageOf(wanted)).toBe(language);
  });

  it('is written in each language', () => {
    for (const name of names) expect(new Set(LANGUAGES.map((language) => TEMPLATES[language][name].text)).size).toBe(3);
  });
});
