import { patternFault, patternOf, type Steps } from '../kernel/index.ts';

/** Options of a validation. Numbers and truth values may be texts, as forms send them. */
export type ValidationConfig = Readonly<Record<string, unknown>>;

/** A value that a validation refuses: the name of the message, and its parameters. */
export interface Refusal {
  readonly error: string;
  readonly parameters: readonly (string | number | null)[];
}

/** A validation of attributes: what is wrong with its options, and what with a value. */
interface Validation {
  /** Null: nothing. */
  readonly fault?: (config: ValidationConfig) => string | null;
  /** Null: the value is accepted. Absent: the validation is stored without effect, or looks at all values at once. */
  readonly refusal?: (value: string, config: ValidationConfig, steps: Steps) => Refusal | null;
}

const refusal = (error: string, ...parameters: readonly (string | number | null)[]): Refusal => ({ error, parameters });

/** An option as a number; null where there is none, NaN where it is something else. */
function numberIn(config: ValidationConfig, name: string): number | null {
  const value = config[name];
  if (value == null || value === '') return null;
  return typeof value === 'number' || (typeof value === 'string' && value.length < 32) ? Number(value) : Number.NaN;
}

const isOn = (config: ValidationConfig, name: string): boolean => config[name] === true || config[name] === 'true';

const boundsIn = (config: ValidationConfig) => ({ min: numberIn(config, 'min'), max: numberIn(config, 'max') });

/** What is wrong with the options `min` and `max`. @param isNeeded Whether one has to be there. */
function faultOfBounds(config: ValidationConfig, isNeeded: boolean): string | null {
  const { min, max } = boundsIn(config);
  if (isNeeded && min === null && max === null) return 'min or max is needed';
  if (Number.isNaN(min) || Number.isNaN(max)) return 'min and max are numbers';
  return min !== null && max !== null && min > max ? 'min is not above max' : null;
}

/** The message about a size outside of bounds, which depends on which of them there are. */
function outside(size: number, config: ValidationConfig, error: string, tooSmall: string, tooBig: string) {
  const { min, max } = boundsIn(config);
  if ((min === null || size >= min) && (max === null || size <= max)) return null;
  return refusal(max === null ? tooSmall : min === null ? tooBig : error, min, max);
}

const number = (form: RegExp): Validation => ({
  fault: (config) => faultOfBounds(config, false),
  refusal: (value, config) =>
    form.test(value)
      ? outside(
          Number(value),
          config,
          'error-number-out-of-range',
          'error-number-out-of-range-too-small',
          'error-number-out-of-range-too-big',
        )
      : refusal('error-invalid-number'),
});

/** A validation whose message can be named by an option. */
const allowing = (allowed: RegExp, error: string): Validation => ({
  refusal: (value, config) => (allowed.test(value) ? null : refusal(messageIn(config, error))),
});

function messageIn(config: ValidationConfig, otherwise: string): string {
  const own = config['error-message'];
  return typeof own === 'string' && own !== '' ? own : otherwise;
}

const textsIn = (value: unknown): readonly string[] | null =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;

const PERSON_NAME = /^[^<>&"\v$%!#?§;*~/\\|^=[\]{}()\p{Cc}]+$/u;
const USERNAME = /^[^<>&"'\s$%!#?§,;:*~/\\|^=[\]{}()`\p{Cc}]+$/u;
const NO_HOMOGRAPH = /^[\p{Script=Latin}\p{Script=Common}|]+$/u;
/** One mailbox: RFC 5321 section 4.1.2, without quotes. */
const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,255}$/u;

function refusalOfPattern(value: string, config: ValidationConfig, steps: Steps): Refusal | null {
  const { pattern } = config as { readonly pattern: string };
  return patternOf(pattern)(value, steps) ? null : refusal(messageIn(config, 'error-pattern-no-match'), pattern);
}

const faultOfPattern = ({ pattern }: ValidationConfig): string | null =>
  typeof pattern === 'string' ? patternFault(pattern) : 'pattern is an expression';

const SCHEMES = ['http', 'https'];

function refusalOfUri(value: string, config: ValidationConfig): Refusal | null {
  if (!URL.canParse(value)) return refusal('error-invalid-uri', value);
  const { protocol, hash } = new URL(value);
  const schemes = textsIn(config['allowedSchemes']) ?? SCHEMES;
  const scheme = protocol.slice(0, -1);
  if (!schemes.includes(scheme)) return refusal('error-invalid-uri-scheme', value, scheme);
  const isFragmentAllowed = config['allowFragment'] !== false && config['allowFragment'] !== 'false';
  return hash === '' || isFragmentAllowed ? null : refusal('error-invalid-uri-fragment', value, hash.slice(1));
}

/** Whether a text is a day of the calendar (RFC 3339 `full-date`). */
function isDay(value: string): boolean {
  const moment = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(value);
}

/** Every validation that an attribute may have. */
const VALIDATIONS: Readonly<Record<string, Validation>> = {
  length: {
    fault: (config) => faultOfBounds(config, true),
    refusal: (value, config) =>
      outside(
        (isOn(config, 'trim-disabled') ? value : value.trim()).length,
        config,
        'error-invalid-length',
        'error-invalid-length-too-short',
        'error-invalid-length-too-long',
      ),
  },
  integer: number(/^[+-]?\d{1,15}$/),
  double: number(/^[+-]?\d{1,15}(\.\d{1,15})?$/),
  email: { refusal: (value) => (EMAIL.test(value) ? null : refusal('error-invalid-email', value)) },
  pattern: { fault: faultOfPattern, refusal: refusalOfPattern },
  options: {
    fault: (config) => (textsIn(config['options']) === null ? 'options is a list of texts' : null),
    refusal: (value, config) =>
      textsIn(config['options'])?.includes(value) === true ? null : refusal('error-invalid-value'),
  },
  uri: { refusal: refusalOfUri },
  'iso-date': { refusal: (value) => (isDay(value) ? null : refusal('error-invalid-date', value)) },
  'local-date': {},
  'person-name-prohibited-characters': allowing(PERSON_NAME, 'error-person-name-invalid-character'),
  'username-prohibited-characters': allowing(USERNAME, 'error-username-invalid-character'),
  'up-username-not-idn-homograph': allowing(NO_HOMOGRAPH, 'error-username-invalid-character'),
  multivalued: {
    fault: (config) => faultOfBounds(config, false) ?? (boundsIn(config).max === null ? 'max is needed' : null),
  },
};

/** What is wrong with a validation of an attribute: one sentence, or none. */
export function validationFault(attribute: string, validator: string, config: ValidationConfig): string[] {
  if (!Object.hasOwn(VALIDATIONS, validator))
    return [`Validator '${validator}' defined for attribute '${attribute}' doesn't exist`];
  const fault = VALIDATIONS[validator]!.fault?.(config) ?? null;
  if (fault === null) return [];
  return [`Validator '${validator}' defined for attribute '${attribute}' has incorrect configuration: ${fault}`];
}

/**
 * Why a validation refuses a value; null where it does not.
 * @param steps What patterns may take, for all values of an account together; a value for which none are left is refused.
 */
export function refusalBy(validator: string, config: ValidationConfig, value: string, steps: Steps): Refusal | null {
  return VALIDATIONS[validator]?.refusal?.(value, config, steps) ?? null;
}

/**
 * Why an attribute may not have so many values; null where it may.
 * @param config Options of `multivalued`; absent: any number for attributes of several values, else one.
 */
export function refusalOfCount(
  count: number,
  config: ValidationConfig | undefined,
  isMultivalued: boolean,
): Refusal | null {
  const { min, max } = boundsIn(config ?? {});
  const least = min ?? 0;
  const most = max ?? (isMultivalued ? null : 1);
  if (count >= least && (most === null || count <= most)) return null;
  return refusal('error-invalid-multivalued-size', least, most);
}
