import { ENGLISH, type Texts } from './english.texts.ts';
import { GERMAN } from './german.texts.ts';
import { RUSSIAN } from './russian.texts.ts';

export type { TemplateName, TemplateText } from './english.texts.ts';

/** Every message that the service sends, by language. Readers of any other language get the first. */
export const TEMPLATES = { en: ENGLISH, de: GERMAN, ru: RUSSIAN } as const satisfies Readonly<Record<string, Texts>>;

export type Language = keyof typeof TEMPLATES;
export const LANGUAGES = Object.keys(TEMPLATES) as readonly Language[] as readonly [Language, ...Language[]];
