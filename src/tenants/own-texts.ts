import { z } from 'zod';
import { isDatabaseText, isStorableText, jsonBytes } from '../kernel/index.ts';
import { tenantErrors } from './tenant.errors.ts';

/** Texts of a tenant in place of those of the service: by language, then by key. */
export type OwnTexts = z.output<typeof ownTexts>;

const LANGUAGE = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/, 'A language tag (RFC 5646).');
const KEY = z.string().min(1).max(255).refine(isStorableText, 'No control characters.');
const TEXT = z.string().max(4_000).refine(isDatabaseText, 'No NUL and no lone surrogates.');

/** Most bytes of all texts, because the settings of active tenants are cached in memory: some 800 short ones. */
const MAX_BYTES = 64 * 1024;

/** Texts of a tenant as they are stored: lines may break, nothing else is interpreted. */
export const ownTexts = z
  .record(LANGUAGE, z.record(KEY, TEXT))
  .refine((texts) => jsonBytes(texts) <= MAX_BYTES, `All texts have at most ${MAX_BYTES} bytes.`);

/** The texts of a language; none where the tenant has none. */
const textsIn = (texts: OwnTexts, language: string): Readonly<Record<string, string>> =>
  Object.hasOwn(texts, language) ? texts[language]! : {};

/**
 * Adds texts of a language, or replaces them.
 * @throws TENANT_SETTING_INVALID The check of all settings would pass over one of the names, or they have more bytes than all may have.
 */
export function withTexts(texts: OwnTexts, language: string, added: Readonly<Record<string, string>>): OwnTexts {
  if (language === '__proto__' || Object.hasOwn(added, '__proto__'))
    throw tenantErrors.TENANT_SETTING_INVALID().at('input.key');
  if (jsonBytes(added) > MAX_BYTES) throw tenantErrors.TENANT_SETTING_INVALID().at('input.texts');
  return { ...texts, [language]: { ...textsIn(texts, language), ...added } };
}

/** Adds a text, or replaces it. @throws TENANT_SETTING_INVALID As `withTexts`. */
export const withText = (texts: OwnTexts, language: string, key: string, text: string): OwnTexts =>
  withTexts(texts, language, Object.fromEntries([[key, text]]));

/**
 * Removes a text, or all of a language. A language without texts is not listed.
 * @param key Absent: all.
 * @throws TENANT_TEXT_NOT_FOUND There is none.
 */
export function withoutText(texts: OwnTexts, language: string, key?: string): OwnTexts {
  const { [language]: _, ...others } = texts;
  const ofLanguage = textsIn(texts, language);
  if (!Object.hasOwn(texts, language)) throw tenantErrors.TENANT_TEXT_NOT_FOUND();
  if (key === undefined) return others;
  if (!Object.hasOwn(ofLanguage, key)) throw tenantErrors.TENANT_TEXT_NOT_FOUND();
  const { [key]: _removed, ...left } = ofLanguage;
  return Object.keys(left).length === 0 ? others : { ...others, [language]: left };
}
