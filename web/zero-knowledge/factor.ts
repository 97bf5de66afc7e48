import { ProofError } from './errors.ts';

/** What a person adds to the image. The service never sees it. */
export type ProofFactor =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'pin';
      /** 3 to 6 digits, 0 to 9. */
      readonly digits: string;
    }
  | {
      readonly kind: 'pattern';
      /** Points on a side of the grid. */
      readonly side: GridSide;
      /** Points in the order in which they were joined, by rows from 0. */
      readonly points: readonly number[];
    };

export type GridSide = 3 | 4;

/** What a tenant demands beside the image when a person chooses one. With both, the person takes one of them. */
export interface FactorRules {
  /** Digits of a PIN; null: there are no PINs. */
  readonly pinSize: number | null;
  /** Points on a side of the grid; null: there are no patterns. */
  readonly gridSide: GridSide | null;
}

/** Least points of a pattern. */
export const LEAST_POINTS = 3;

const PIN = /^[0-9]{3,6}$/;
const SIDES: readonly number[] = [3, 4];

/**
 * The text that stands for a factor in the secret: `PIN:271828`, `PATTERN:3:00-01-02` or `NONE`.
 * @throws PIN_INVALID It has not 3 to 6 digits.
 * @throws PATTERN_INVALID It has fewer than 3 points, one of them twice, or one that is not on the grid.
 */
export function encodeFactor(factor: ProofFactor): string {
  switch (factor.kind) {
    case 'none':
      return 'NONE';
    case 'pin':
      return `PIN:${checkPin(factor.digits)}`;
    case 'pattern':
      return encodePattern(factor.side, factor.points);
  }
}

function checkPin(digits: string): string {
  if (!PIN.test(digits)) throw new ProofError('PIN_INVALID', 'A PIN has 3 to 6 digits.');
  return digits;
}

function encodePattern(side: number, points: readonly number[]): string {
  const isOnGrid = (point: number): boolean => Number.isInteger(point) && point >= 0 && point < side * side;
  const isPattern = SIDES.includes(side) && points.length >= LEAST_POINTS && points.every(isOnGrid);
  if (!isPattern || new Set(points).size !== points.length)
    throw new ProofError('PATTERN_INVALID', 'A pattern joins at least 3 points of the grid, each once.');
  return `PATTERN:${side}:${points.map((point) => String(point).padStart(2, '0')).join('-')}`;
}

/**
 * Checks the rules of a tenant where a person chooses an image. Only the client can, because the service never sees the factor. A sign-in is
 * not checked: the factor may be older than the rules.
 * @throws PIN_INVALID PINs of the tenant have another length, or it has none.
 * @throws PATTERN_INVALID Patterns of the tenant have another grid, or it has none.
 */
export function assertFollowsRules(factor: ProofFactor, { pinSize, gridSide }: FactorRules): void {
  if (factor.kind === 'pin' && factor.digits.length !== pinSize)
    throw new ProofError('PIN_INVALID', pinSize === null ? 'There are no PINs here.' : `A PIN has ${pinSize} digits.`);
  if (factor.kind === 'pattern' && factor.side !== gridSide)
    throw new ProofError('PATTERN_INVALID', 'The pattern is of another grid than the one here.');
  if (factor.kind === 'none' && pinSize !== null) throw new ProofError('PIN_INVALID', 'A PIN or a pattern is missing.');
  if (factor.kind === 'none' && gridSide !== null) throw new ProofError('PATTERN_INVALID', 'A pattern is missing.');
}
