import { z } from 'zod';
import { parseClaimsAs } from '../authorize/claims.ts';
import { FACTOR_METHODS, type FactorKind } from '../tokens/factor-methods.ts';

/** A class of authentication and a method that other services know (RFC 8176). */
export interface FactorAnswer {
  readonly acr: string;
  readonly amr: string;
}

/** What another service asks for. Null: it does not say. */
export interface FactorDemand {
  readonly classes: readonly string[] | null;
  readonly methods: readonly string[] | null;
}

/** The classes that other services ask for, each with what meets it. One that knowledge alone meets is met by no second factor. */
const CLASSES: ReadonlyMap<string, readonly FactorKind[]> = new Map([
  ['possessionorinherence', ['possession', 'inherence']],
  ['knowledgeorpossession', ['possession']],
  ['knowledgeorinherence', ['inherence']],
  ['knowledgeorpossessionorinherence', ['possession', 'inherence']],
  ['possession', ['possession']],
  ['inherence', ['inherence']],
]);

/** The classes of authentication that can be stated. */
export const FACTOR_CLASSES: readonly string[] = [...CLASSES.keys()];

/** The class that is stated where none is asked for. */
const DEFAULT_CLASS = 'possessionorinherence';

/** A request for one claim (OpenID Connect Core section 5.5.1). Other members are ignored. */
const CLAIM = z
  .object({
    essential: z.boolean().optional(),
    value: z.string().optional(),
    values: z.array(z.string()).min(1).optional(),
  })
  .nullish();
const CLAIMS = z.object({ id_token: z.object({ acr: CLAIM, amr: CLAIM }).nullish() });

type ClaimDemand = z.output<typeof CLAIM>;

/** Reads the parameter `claims`. Values that nobody knows are left out. @throws AuthorizationRefused It is no request for claims. */
export function readDemand(claims: string | null): FactorDemand {
  if (claims === null) return { classes: null, methods: null };
  const { id_token: asked } = parseClaimsAs(CLAIMS, claims);
  return {
    classes: valuesOf(asked?.acr, (name) => CLASSES.has(name)),
    methods: valuesOf(asked?.amr, (name) => FACTOR_METHODS.some(({ amr }) => amr === name)),
  };
}

function valuesOf(demand: ClaimDemand, isKnown: (name: string) => boolean): readonly string[] | null {
  const { value, values } = demand ?? {};
  if (value === undefined && values === undefined) return null;
  const named = [...(value === undefined ? [] : [value]), ...(values ?? [])];
  return [...new Set(named.filter(isKnown))];
}

/**
 * The class and the method that answer a demand; null if a sign-in does not meet it.
 * @param shown The `amr` of the sign-in.
 */
export function findAnswer({ classes, methods }: FactorDemand, shown: readonly string[]): FactorAnswer | null {
  for (const { amr, kind, shownBy } of FACTOR_METHODS) {
    if (methods?.includes(amr) === false || !shownBy.some((name) => shown.includes(name))) continue;
    const acr = (classes ?? [DEFAULT_CLASS]).find((name) => CLASSES.get(name)!.includes(kind));
    if (acr !== undefined) return { acr, amr };
  }
  return null;
}

const EVERY_METHOD: readonly string[] = FACTOR_METHODS.flatMap(({ shownBy }) => shownBy);

/** Whether any sign-in can meet a demand. */
export const canBeMet = (demand: FactorDemand): boolean => findAnswer(demand, EVERY_METHOD) !== null;
