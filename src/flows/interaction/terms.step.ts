import type { TextsInPlace } from '../../delivery/index.ts';
import type { UserService } from '../../users/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { authorityOfProved, languagesOf } from './proved-account.ts';

/** Where a tenant has its terms among its own texts. */
const TERMS_TEXT = 'termsText';

/** Stores that the user accepts the terms of the tenant, or ends the sign-in. */
export function decideTerms(
  users: Pick<UserService, 'acceptTerms'>,
  open: OpenInteraction,
  isAccepted: boolean,
): Advance {
  return async (state) => {
    if (!isAccepted) return { ...state, refusal: 'denied' };
    await users.acceptTerms(authorityOfProved(open), open.user!.id);
    return state;
  };
}

/**
 * The terms of the tenant in the first language that has them: those that the application prefers, that of the user, those of the
 * tenant, any; null: the tenant has none.
 */
export function termsOf(open: OpenInteraction): string | null {
  const { texts, locales } = open.tenant.settings;
  const preferred = (languagesOf(open) ?? '').split(',');
  const wanted = [...preferred, open.user!.locale ?? '', ...locales, ...Object.keys(texts)];
  const found = wanted.find((language) => textIn(texts, language) !== '');
  return found === undefined ? null : textIn(texts, found);
}

function textIn(texts: TextsInPlace, language: string): string {
  if (!Object.hasOwn(texts, language)) return '';
  const own = texts[language]!;
  return Object.hasOwn(own, TERMS_TEXT) ? own[TERMS_TEXT]! : '';
}
