import i18next from 'i18next';
import type { Refusal, RefusedField } from '../graph.ts';
import type { DeclaredCode } from '../operations.generated.ts';
import en from './en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

/** Each refusal of passkeys has other words for security keys. */
type CodeOfSecurityKeys<Code> = Code extends `PASSKEY${infer Rest}` ? `SECURITY_KEY${Rest}` : never;
type KnownCode = DeclaredCode | CodeOfSecurityKeys<keyof (typeof en)['refusal']>;

/** Does not compile while a code that a document of the page declares has no text. */
const ENGLISH = en satisfies { readonly refusal: Readonly<Record<KnownCode, string>> };

/** The other catalogues, each of which has all texts of the English one. They are loaded by those alone who read them. */
const OTHERS: Readonly<Record<string, () => Promise<{ readonly default: typeof en }>>> = {
  de: () => import('./de.json'),
  ru: () => import('./ru.json'),
};

/** The catalogue of a language; null: there is none, or it cannot be loaded, and the page is in English. */
async function loadCatalogue(locale: string): Promise<typeof en | null> {
  if (!Object.hasOwn(OTHERS, locale)) return null;
  try {
    return (await OTHERS[locale]!()).default;
  } catch {
    return null;
  }
}

/** Chooses the language of the page, for its texts and for screen readers. */
export async function startTexts(locale: string): Promise<void> {
  const other = await loadCatalogue(locale);
  i18next.init({
    lng: locale,
    fallbackLng: 'en',
    resources: { en: { translation: ENGLISH }, ...(other === null ? {} : { [locale]: { translation: other } }) },
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
  return new Intl.NumberFormat(i18next.resolvedLanguage, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
