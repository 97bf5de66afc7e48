/** A mail of the service whose texts have names here: those of its subject and its body, and what the numbers in them stand for. */
interface NamedMail {
  readonly subject: string;
  readonly body: string;
  readonly values: readonly string[];
}

/** With a blank that does not break, so that it differs from minutes that are followed by a word. */
const LIFETIME = '{minutes}\u00A0min';

/** By the first part of the keys that the service has for them. */
const MAILS: Readonly<Record<string, NamedMail>> = {
  'verification-link': {
    subject: 'emailVerificationSubject',
    body: 'emailVerificationBody',
    values: ['{link}', '{minutes}', '{app}', LIFETIME],
  },
  'actions-link': {
    subject: 'executeActionsSubject',
    body: 'executeActionsBody',
    values: ['{link}', '{minutes}', '{app}', '{3}', LIFETIME],
  },
  'test-mail': { subject: 'emailTestSubject', body: 'emailTestBody', values: ['{app}'] },
};

interface NamedText {
  readonly shown: string;
  readonly stored: string;
  readonly values: readonly string[];
}

const NAMED: readonly NamedText[] = Object.entries(MAILS).flatMap(([mail, { subject, body, values }]) => [
  { shown: subject, stored: `${mail}.subject`, values },
  { shown: body, stored: `${mail}.text`, values },
]);
const BY_SHOWN = new Map(NAMED.map((text) => [text.shown, text]));
const BY_STORED = new Map(NAMED.map((text) => [text.stored, text]));

/** The key by which the service knows a text. */
export const toStoredKey = (key: string): string => BY_SHOWN.get(key)?.stored ?? key;

const NUMBER = /\{(\d)\}/g;

/** A text as the service has it: the numbers of a mail's values are names. */
export function toStoredText(key: string, text: string): string {
  const values = BY_SHOWN.get(key)?.values ?? [];
  return text.replace(NUMBER, (written, index: string) => values[Number(index)] ?? written);
}

/** The longest names first, because one begins with another. */
const byLength = (values: readonly string[]) => [...values.entries()].sort(([, a], [, b]) => b.length - a.length);

const showText = (text: string, values: readonly string[]): string =>
  byLength(values).reduce((shown, [index, value]) => shown.replaceAll(value, `{${index}}`), text);

/** Texts under the keys that clients of this API have for them. */
export const showTexts = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).map(([key, text]) => {
      const named = BY_STORED.get(key);
      return named === undefined ? [key, text] : [named.shown, showText(text, named.values)];
    }),
  );
