import { acrOf, factorsOf } from '../../auth-modes/index.ts';

/** What a method shows beside the knowledge of a secret. */
export type FactorKind = 'possession' | 'inherence';

/** A method as other services know it, and the `amr` of this service that show it. */
interface FactorMethod {
  readonly amr: string;
  readonly kind: FactorKind;
  readonly shownBy: readonly string[];
  /** Whether it is enough without a first factor here: the other service has proved one. */
  readonly isAlone: boolean;
}

/** In order of preference. A password is no second factor. */
export const FACTOR_METHODS: readonly FactorMethod[] = [
  { amr: 'face', kind: 'inherence', shownBy: ['face'], isAlone: false },
  { amr: 'fido', kind: 'possession', shownBy: ['fido', 'hwk', 'swk'], isAlone: true },
  { amr: 'pop', kind: 'possession', shownBy: ['pop'], isAlone: true },
  { amr: 'otp', kind: 'possession', shownBy: ['otp'], isAlone: false },
];

/** The `amr` of this service each of which is a second factor for another service by itself. */
export const FACTORS_ALONE: readonly string[] = FACTOR_METHODS.filter(({ isAlone }) => isAlone).flatMap(
  ({ shownBy }) => shownBy,
);

/** Whether a sign-in is a second factor for another service. @param shown Its `amr`. */
export const showsFactor = (shown: readonly string[]): boolean =>
  factorsOf(acrOf(shown)) === 2 || shown.some((name) => FACTORS_ALONE.includes(name));
