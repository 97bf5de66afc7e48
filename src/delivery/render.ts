import { LANGUAGES, type Language, TEMPLATES, type TemplateName, type TemplateText } from './templates.ts';

/** A message ready to be sent. `subject` is empty where the template is for phones. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly locale: Language;
}

/** Languages that a reader wants, the best first: each a language (`ru-RU`) or an `Accept-Language` header, or absent. */
export type Wanted = readonly (string | null | undefined)[];

/** Texts in place of those of the templates, by language and then by a key such as `welcome.subject` or `welcome.text`. */
export type TextsInPlace = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Fills a template with these values.
 * @param wanted The first language with templates is used; English if there is none.
 * @param own Texts in place of the template's, where they are not empty. What is no value in them stays as it is.
 * @throws Error A value is missing: a fault of the caller.
 */
export function renderTemplate(
  name: TemplateName,
  wanted: Wanted,
  values: Readonly<Record<string, string>> = {},
  own: TextsInPlace = {},
): Rendered {
  const locale = languageOf(wanted);
  const { subject = '', text }: TemplateText = TEMPLATES[locale][name];
  const mine = Object.hasOwn(own, locale) ? own[locale]! : {};
  return {
    subject: inOneLine(filledOwn(mine, `${name}.subject`, values) ?? filled(subject, values)),
    text: filledOwn(mine, `${name}.text`, values) ?? filled(text, values),
    locale,
  };
}

const VALUE = /\{(\w+)\}/g;
const LINE_BREAKS = /\s*[\r\n]+\s*/g;

/** A subject is a header, which has one line (RFC 5322 section 2.2). */
const inOneLine = (subject: string): string => subject.replace(LINE_BREAKS, ' ').trim();

/** A text in place of a template's, with the values that it names; null where there is none. */
function filledOwn(
  own: Readonly<Record<string, string>>,
  key: string,
  values: Readonly<Record<string, string>>,
): string | null {
  if (!Object.hasOwn(own, key) || own[key] === '') return null;
  return own[key]!.replace(VALUE, (written, name: string) => (Object.hasOwn(values, name) ? values[name]! : written));
}

/** Puts the values in; a line with an empty one is left out, and so are doubled blank lines. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  const valueNamed = (name: string): string => {
    if (!Object.hasOwn(values, name)) throw new Error(`The value "${name}" is missing.`);
    return values[name]!;
  };
  const isWhole = (line: string): boolean => [...line.matchAll(VALUE)].every(([, name]) => valueNamed(name!) !== '');
  const kept = template.split('\n').filter(isWhole).join('\n');
  return kept
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
    .replace(VALUE, (_, name: string) => valueNamed(name));
}

/** Longer than any browser sends; what follows is ignored. */
const MAX_HEADER = 500;

/** The language with templates that a reader prefers; English when there is none. */
export function languageOf(wanted: Wanted): Language {
  for (const one of wanted) {
    const known = knownIn(one ?? '');
    if (known !== undefined) return known;
  }
  return LANGUAGES[0];
}

/** The language with templates that a header prefers (RFC 9110 section 12.5.4). */
function knownIn(header: string): Language | undefined {
  const liked = header
    .slice(0, MAX_HEADER)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { language: tag.split(/[-_]/, 1)[0], weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of liked) {
    const known = LANGUAGES.find((candidate) => candidate === language);
    if (known !== undefined) return known;
  }
  return undefined;
}
