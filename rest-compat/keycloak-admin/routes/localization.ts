import { z } from 'zod';
import { type LegacyError, present, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { explained, refused } from '../errors.ts';
import { showTexts, toStoredKey, toStoredText } from '../localization.ts';
import { LocalesOfRealm, RemoveTexts, SetText, TextsOfRealm, type TextsOfRealmData } from '../operations.generated.ts';

const SPEC = '4.22';
const BASE = '/localization';
const LOCALE_PATH = `${BASE}/{locale}`;
const TEXT_PATH = `${LOCALE_PATH}/{key}`;
const LOCALE = z.object({ locale: z.string().max(255).describe('Language of the texts, such as `de`.') });
const KEY = LOCALE.extend({ key: z.string().max(255).describe('Name of the text.') });
const UNKNOWN = refused(404, 'Localization text not found');
const NONE_IN_LOCALE: LegacyError = {
  ...UNKNOWN,
  text: ({ variables }) => `No localization texts for locale ${variables['language']} found.`,
};

const settingsOf = ({ tenant }: TextsOfRealmData) => present(present(tenant).settings);

/** The texts of a language under the names of this API; none where there are none. */
function textsOf(data: TextsOfRealmData, locale: string | undefined): Record<string, string> {
  const all = settingsOf(data).texts as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return locale !== undefined && Object.hasOwn(all, locale) ? showTexts(all[locale]!) : {};
}

const LIST = route({
  method: 'GET',
  path: BASE,
  spec: SPEC,
  summary: 'Languages in which the realm has texts',
  callers: callersWith('setting:read'),
  operation: LocalesOfRealm,
  reply: {
    status: 200,
    schema: z.array(z.string()),
    from: ({ tenant }) => Object.keys(present(present(tenant).settings).texts).sort(),
  },
});

const READ = route({
  method: 'GET',
  path: LOCALE_PATH,
  spec: SPEC,
  summary: 'The texts of the realm in a language',
  callers: callersWith('setting:read'),
  operation: TextsOfRealm,
  input: {
    params: LOCALE,
    query: z.object({
      useRealmDefaultLocaleFallback: z
        .string()
        .optional()
        .describe('`true`: with those of the default language that this one lacks.'),
    }),
  },
  reply: {
    status: 200,
    schema: z.record(z.string(), z.string()),
    from: (data, { params, query }) => ({
      ...(query.useRealmDefaultLocaleFallback === 'true' ? textsOf(data, settingsOf(data).locales[0]) : {}),
      ...textsOf(data, params.locale),
    }),
  },
});

const SET = route({
  method: 'PUT',
  path: TEXT_PATH,
  spec: SPEC,
  summary: 'Sets a text of the realm in a language',
  callers: callersWith('setting:write'),
  operation: SetText,
  input: { params: KEY, text: z.string().describe('The text.') },
  toVariables: ({ params, text }) => ({
    language: params.locale,
    key: toStoredKey(params.key),
    text: toStoredText(params.key, text),
  }),
  reply: { status: 204 },
  errors: { TENANT_SETTING_INVALID: explained },
});

const REMOVE = route({
  method: 'DELETE',
  path: TEXT_PATH,
  spec: SPEC,
  summary: 'Removes a text of the realm in a language',
  callers: callersWith('setting:write'),
  operation: RemoveTexts,
  input: { params: KEY },
  toVariables: ({ params }) => ({ language: params.locale, key: toStoredKey(params.key) }),
  reply: { status: 204 },
  errors: { TENANT_TEXT_NOT_FOUND: UNKNOWN },
});

const REMOVE_ALL = route({
  method: 'DELETE',
  path: LOCALE_PATH,
  spec: SPEC,
  summary: 'Removes all texts of the realm in a language',
  callers: callersWith('setting:write'),
  operation: RemoveTexts,
  input: { params: LOCALE },
  toVariables: ({ params }) => ({ language: params.locale }),
  reply: { status: 204 },
  errors: { TENANT_TEXT_NOT_FOUND: NONE_IN_LOCALE },
});

/** Texts of the realm: docs/dialects/kobil.md, section 4.22. */
export const LOCALIZATION_ROUTES: readonly Route[] = [LIST, READ, SET, REMOVE, REMOVE_ALL];
