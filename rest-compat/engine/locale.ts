import type { Context } from 'koa';

/** Languages of the pages. Readers who prefer none of them get the first. */
const LOCALES: readonly string[] = ['en', 'de', 'ru'];

/**
 * The languages in which a tenant shows its pages, the one for readers who prefer none of them first.
 * @param wanted Languages of the tenant, as BCP 47 tags; none of them is one of ours: all.
 */
export function pageLocales(wanted: readonly string[]): readonly string[] {
  const found = wanted.map((tag) => findLocale(LOCALES, tag.replaceAll('_', '-'))).filter((tag) => tag !== undefined);
  return found.length === 0 ? LOCALES : [...new Set(found)];
}

/**
 * The language in which a reader gets a page: the first of `ui_locales` (OpenID Connect Core section 3.1.2.1) that there is,
 * else the best of `Accept-Language`.
 * @param locales Languages of the pages, as BCP 47 tags, at least one.
 */
export function chooseLocale(ctx: Context, locales: readonly string[]): string {
  const asked = new URLSearchParams(ctx.querystring).get('ui_locales') ?? '';
  for (const tag of asked.split(' ')) {
    const found = findLocale(locales, tag);
    if (found !== undefined) return found;
  }
  return ctx.acceptsLanguages([...locales]) || locales[0]!;
}

/** The language of a tag, whose script and region need not be there: `de` for `de-CH`. */
function findLocale(locales: readonly string[], tag: string): string | undefined {
  const [language] = tag.toLowerCase().split('-', 1);
  return (
    locales.find((locale) => locale.toLowerCase() === tag.toLowerCase()) ?? locales.find((one) => one === language)
  );
}
