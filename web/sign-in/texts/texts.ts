import i18next from 'i18next';
import type { Refusal, RefusedField } from '../graph.ts';
import type { DeclaredCode } from '../operations.generated.ts';
import en from './en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/** Does not compile while a code that a document of the page declares has no text. */
type Catalogue = { readonly refusal: Readonly<Record<DeclaredCode, string>> };

/** The catalogues by language; a language without one is shown in English. */
const RESOURCES = { en: { translation: en satisfies Catalogue } };

/** Chooses the language of the page, for its texts and for screen readers. */
export function startTexts(locale: string): void {
  i18next.init({
    lng: locale,
    fallbackLng: 'en',
    resources: RESOURCES,
    initAsync: false,
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18next.resolvedLanguage ?? 'en';
  document.documentElement.dir = i18next.dir();
}

export const t = i18next.t;

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

/** The text of an error by its code, or else the message that the server sent. */
export const describeCode = (code: string, message: string): string =>
  isKnown(en.refusal, code) ? t(`refusal.${code}`) : message;

function formatWait(seconds: number): string {
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(i18next.resolvedLanguage, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
