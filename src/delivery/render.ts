import { LANGUAGES, type Language, TEMPLATES, type TemplateName, type TemplateText } from './templates.ts';

/** A message ready to be sent. `subject` is empty where the template is for phones. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly locale: Language;
}

/**
 * Fills a template with these values.
 * @param wanted A language (`ru-RU`) or an `Accept-Language` header; English for languages without templates.
 * @throws Error A value is missing: a fault of the caller.
 */
export function renderTemplate(
  name: TemplateName,
  wanted: string | null,
  values: Readonly<Record<string, string>> = {},
): Rendered {
  const locale = languageOf(wanted);
  const { subject = '', text }: TemplateText = TEMPLATES[name][locale];
  return { subject: filled(subject, values), text: filled(text, values), locale };
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`The value "${name}" is missing.`);
    return values[name]!;
  });
}

/** Longer than any browser sends; what follows is ignored. */
const MAX_HEADER = 500;

/** The language with templates that the reader prefers (RFC 9110 section 12.5.4); English when there is none. */
export function languageOf(wanted: string | null): Language {
  const liked = (wanted ?? '')
    .slice(0, MAX_HEADER)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { language: tag.split('-', 1)[0], weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of liked) {
    const known = LANGUAGES.find((candidate) => candidate === language);
    if (known !== undefined) return known;
  }
  return LANGUAGES[0];
}
