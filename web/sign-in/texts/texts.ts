import type { Refusal, RefusedField } from '../graph.ts';
import type { DeclaredCode } from '../operations.generated.ts';
import en from './en.json';

/** The texts of a language, in groups. */
type Catalogue = typeof en;

/** Each refusal of passkeys has other words for security keys. */
type CodeOfSecurityKeys<Code> = Code extends `PASSKEY${infer Rest}` ? `SECURITY_KEY${Rest}` : never;
type KnownCode = DeclaredCode | CodeOfSecurityKeys<keyof Catalogue['refusal']>;

/** Does not compile while a code that a document of the page declares has no text. */
const ENGLISH = en satisfies { readonly refusal: Readonly<Record<KnownCode, string>> };

/** The other catalogues, each of which has all texts of the English one. They are loaded by those alone who read them. */
const OTHERS: Readonly<Record<string, () => Promise<{ readonly default: Catalogue }>>> = {
  de: () => import('./de.json'),
  ru: () => import('./ru.json'),
};

/** The language of the page, English until another one is chosen. */
let chosen: { readonly language: string; readonly texts: Catalogue } = { language: 'en', texts: ENGLISH };

/** The catalogue of a language; null: there is none, or it cannot be loaded, and the page is in English. */
async function loadCatalogue(locale: string): Promise<Catalogue | null> {
  if (!Object.hasOwn(OTHERS, locale)) return null;
  try {
    return (await OTHERS[locale]!()).default;
  } catch {
    return null;
  }
}

/** Chooses the language of the page, for its texts and for screen readers. */
export async function startTexts(locale: string): Promise<void> {
  const texts = await loadCatalogue(locale);
  if (texts !== null) chosen = { language: locale, texts };
  document.documentElement.lang = chosen.language;
}

type NameIn<Texts> = {
  [Name in keyof Texts & string]: Texts[Name] extends string ? Name : `${Name}.${NameIn<Texts[Name]>}`;
}[keyof Texts & string];

/** Where a text stands in the catalogues: the names of its groups and its own, such as `password.title`. */
type TextName = NameIn<Catalogue>;

interface Group {
  readonly [name: string]: string | Group;
}

function findText(name: TextName): string {
  const texts: Group = chosen.texts;
  // The type of the name allows neither a group nor a text that is not there.
  return name.split('.').reduce<string | Group>((found, part) => (found as Group)[part]!, texts) as string;
}

/**
 * A text in the language of the page.
 * @param values What stands at the places of the text, by their names. A value stays as it is, also when it looks like a place.
 */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  return findText(name).replaceAll(/\{\{(\w+)\}\}/g, (_, place: string) => String(values[place]));
}

const isKnown = <Texts extends object>(texts: Texts, code: string): code is keyof Texts & string =>
  Object.hasOwn(texts, code);

/** What the person reads about a refused request. */
export function describeRefusal({ code, retryAfterSeconds }: Refusal): string {
  if (code === 'TOO_MANY_REQUESTS' && retryAfterSeconds !== null)
    return t('refusal.WAIT', { wait: formatWait(retryAfterSeconds) });
  return t(`refusal.${isKnown(en.refusal, code) ? code : 'OTHER'}`);
}

export const describeField = ({ code }: RefusedField): string =>
  t(`fieldRefusal.${isKnown(en.fieldRefusal, code) ? code : 'OTHER'}`);

/** Codes whose texts are about what was typed on the page. Where there is nothing but the error, another one is shown. */
const TEXTS_ALONE: Readonly<Record<string, string>> = {
  SIGN_IN_REFUSED: 'IMAGE_ACCOUNT_REFUSED',
  INTERACTION_STEP_OTHER: 'INTERACTION_NOT_FOUND',
};

/** The text of a page that shows an error, by its code, or else the message that the server sent. */
export function describeCode(code: string, message: string): string {
  const name = TEXTS_ALONE[code] ?? code;
  return isKnown(en.refusal, name) ? t(`refusal.${name}`) : message;
}

function formatWait(seconds: number): string {
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(chosen.language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
