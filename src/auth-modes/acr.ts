import { type CredentialType, typesShowing } from './mode.ts';

/** How strongly a user proved who they are (OpenID Connect Core section 2, `acr`). */
export type Acr = '1fa' | '2fa' | 'phr';

/** `amr` values (RFC 8176) of a key that its owner cannot type into a page of somebody else. */
const KEYS: readonly string[] = ['hwk', 'swk'];

/** A part of the secret by which another method was proved, in `amr` (RFC 8176). */
export const PIN = 'pin';

/** What an account can have to reach the strongest value: whatever its user is asked for by somebody else, it signs for this service alone. */
export const PHISHING_RESISTANT: readonly CredentialType[] = typesShowing(KEYS);

/** The strengths from the weakest on, each with the factors that it stands for and the methods that reach it. */
const STRENGTHS: readonly {
  readonly acr: Acr;
  readonly factors: 1 | 2;
  readonly isReached: (amr: readonly string[]) => boolean;
}[] = [
  { acr: '1fa', factors: 1, isReached: () => true },
  { acr: '2fa', factors: 2, isReached: (amr) => amr.includes('mfa') },
  /** Phishing-resistant: the name is that of OpenID Connect EAP ACR values. */
  { acr: 'phr', factors: 2, isReached: (amr) => amr.some((method) => KEYS.includes(method)) },
];

/** The values of `acr` from the weakest to the strongest. */
export const ACR_VALUES: readonly Acr[] = STRENGTHS.map(({ acr }) => acr);

/** The strongest `acr` that the methods of a sign-in reach. @param amr Their values (RFC 8176). */
export function acrOf(amr: readonly string[]): Acr {
  return STRENGTHS.findLast(({ isReached }) => isReached(amr))!.acr;
}

/** Whether the methods of a sign-in resist phishing, which is the strongest `acr`. */
export const resistsPhishing = (amr: readonly string[]): boolean => acrOf(amr) === 'phr';

/** How many factors a sign-in needs for an `acr`; for an unknown one a single factor. */
export function factorsOf(acr: string): 1 | 2 {
  return STRENGTHS.find((strength) => strength.acr === acr)?.factors ?? 1;
}

/** Whether a sign-in is at least as strong as wanted. An unknown value is satisfied by itself alone. */
export function satisfiesAcr(held: string | null, wanted: string): boolean {
  if (held === wanted) return true;
  const strength = (acr: string | null) => STRENGTHS.findIndex((one) => one.acr === acr);
  return strength(wanted) >= 0 && strength(held) >= strength(wanted);
}

/**
 * The `amr` of a sign-in after a further method was proved: two kinds of methods are several factors (`mfa`). A PIN is none beside the
 * method that it belongs to.
 */
export function amrAfter(before: readonly string[], proved: readonly string[]): readonly string[] {
  const amr = new Set([...before, ...proved]);
  if ([...amr].filter((method) => method !== PIN).length > 1) amr.add('mfa');
  return [...amr];
}
