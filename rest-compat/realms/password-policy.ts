import { patternFault } from '../../src/kernel/index.ts';
import type { Realm } from './operations.generated.ts';

/** The rules of passwords of a realm as one text: `length(12) and digits(1) and notUsername`. */

type Rules = Realm['passwordRules'];

/** Rules that count characters, by their names. */
const COUNTS: Readonly<Record<string, Exclude<keyof Rules, keyof typeof FLAGS | 'isNotCommon' | 'patterns'>>> = {
  maxLength: 'maxLength',
  digits: 'digits',
  lowerCase: 'lowerCaseLetters',
  upperCase: 'upperCaseLetters',
  specialChars: 'specialCharacters',
  passwordHistory: 'history',
  forceExpiredPasswordChange: 'maxAgeDays',
};
/** Rules that are there or not. */
const FLAGS = {
  isNotUsername: 'notUsername',
  isWithoutUsername: 'notContainsUsername',
  isNotEmail: 'notEmail',
} as const;
const LENGTH = 'length';
/** A rule that names a file of passwords. The service has one list of them, whatever the name, which is kept with the other rules. */
const LISTED = /^passwordBlacklist\(.+\)$/s;
/** What the rule is called where something else than this text has set it. */
const LISTED_OF_SERVICE = 'passwordBlacklist(common-passwords.txt)';
/** A rule that has an expression in brackets. */
const PATTERN = /^regexPattern(?!\w)(?:\((.*)\)$)?/s;
/** A name and, in brackets, a number. Programs write `notUsername(undefined)` for a rule without a number. */
const RULE = /^(\w+)(?:\((\d{0,5}|undefined)\))?$/;

/** What programs that change the rules show of one. */
interface PolicyType {
  readonly id: string;
  readonly displayName: string;
  /** Absent: the rule has no value. */
  readonly configType?: 'int' | 'String';
  readonly defaultValue?: string;
  readonly multipleSupported: boolean;
}

const counting = (id: string, displayName: string, defaultValue: string): PolicyType => ({
  id,
  displayName,
  configType: 'int',
  defaultValue,
  multipleSupported: false,
});
const valued = (id: string, displayName: string, defaultValue: string, multipleSupported = false): PolicyType => ({
  id,
  displayName,
  configType: 'String',
  defaultValue,
  multipleSupported,
});
const switched = (id: string, displayName: string): PolicyType => ({ id, displayName, multipleSupported: false });

/** The rules that act, by the names, types and defaults that programs know. */
export const POLICY_TYPES: readonly PolicyType[] = [
  counting('digits', 'Digits', '1'),
  valued('forceExpiredPasswordChange', 'Expire Password', '365'),
  counting('length', 'Minimum Length', '8'),
  counting('lowerCase', 'Lowercase Characters', '1'),
  counting('maxLength', 'Maximum Length', '64'),
  switched('notContainsUsername', 'Not Contains Username'),
  switched('notEmail', 'Not Email'),
  switched('notUsername', 'Not Username'),
  valued('passwordBlacklist', 'Password Blacklist', ''),
  counting('passwordHistory', 'Not Recently Used', '3'),
  valued('regexPattern', 'Regular Expression', '', true),
  counting('specialChars', 'Special Characters', '1'),
  counting('upperCase', 'Uppercase Characters', '1'),
];

interface Rule {
  readonly text: string;
  readonly name: string | null;
  /** Null: the rule has none. */
  readonly count: number | null;
  /** The expression, which is empty where it is missing; null: the rule is about something else. */
  readonly pattern: string | null;
}

function readRule(text: string): Rule {
  const [, name = null, count = ''] = RULE.exec(text) ?? [];
  const [isPattern, pattern = ''] = PATTERN.exec(text) ?? [];
  return {
    text,
    name,
    count: /^\d+$/.test(count) ? Number(count) : null,
    pattern: isPattern === undefined ? null : pattern,
  };
}

const readRules = (policy: string): Rule[] =>
  policy
    .split(' and ')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(readRule);

const isCount = ({ name, count }: Rule): boolean =>
  count !== null && name !== null && (name === LENGTH || Object.hasOwn(COUNTS, name));
const isListed = ({ text }: Rule): boolean => LISTED.test(text);
const isFlag = ({ name, count }: Rule): boolean => count === null && Object.values<unknown>(FLAGS).includes(name);
/** Whether the rule is a setting of the graph. */
const isSetting = (rule: Rule): boolean => isCount(rule) || isFlag(rule) || rule.pattern !== null;

/**
 * Reads a text of rules.
 * @returns The settings of the rules that act, all of them, and a text of those that are no settings; null: there are none.
 */
export function readPolicy(policy: string): { readonly settings: object; readonly others: string | null } {
  const rules = readRules(policy);
  const countOf = (name: string): number => rules.find((rule) => rule.name === name && isCount(rule))?.count ?? 0;
  const counts = Object.entries(COUNTS).map(([name, setting]) => [setting, countOf(name)]);
  const flags = Object.entries(FLAGS).map(([setting, name]) => [
    setting,
    rules.some((rule) => rule.name === name && isFlag(rule)),
  ]);
  const length = countOf(LENGTH);
  const patterns = rules.flatMap(({ pattern }) => pattern ?? []);
  const others = rules.filter((rule) => !isSetting(rule)).map(({ text }) => text);
  return {
    settings: {
      passwordMinLength: length,
      passwordMinLengthWithFactor: length,
      passwordRules: { ...Object.fromEntries([...counts, ...flags]), isNotCommon: rules.some(isListed), patterns },
    },
    others: others.length === 0 ? null : others.join(' and '),
  };
}

/** Writes the rules of a tenant. @param others Those that are no settings. @returns Null where there are none. */
export function writePolicy({ passwordMinLength, passwordRules }: Realm, others: string): string | null {
  const counts = [[LENGTH, passwordMinLength] as const, ...countsOf(passwordRules)]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}(${count})`);
  const flags = Object.entries(FLAGS).flatMap(([setting, name]) =>
    passwordRules[setting as keyof typeof FLAGS] ? [name] : [],
  );
  const patterns = passwordRules.patterns.map((pattern) => `regexPattern(${pattern})`);
  const rules = [...counts, ...flags, ...patterns, ...othersOf(passwordRules, readRules(others))];
  return rules.length === 0 ? null : rules.join(' and ');
}

/** Divides a text of rules: what the service can take of it, and the rules whose expression it cannot. */
export function divideByPatterns(policy: string): { readonly taken: string; readonly refused: readonly string[] } {
  const isTaken = ({ pattern }: Rule): boolean => pattern === null || patternFault(pattern) === null;
  const divided = Map.groupBy(readRules(policy), isTaken);
  const textsOf = (rules: readonly Rule[] = []): string[] => rules.map(({ text }) => text);
  return { taken: textsOf(divided.get(true)).join(' and '), refused: textsOf(divided.get(false)) };
}

/**
 * The rules that are no settings of the graph. The one that names a file is shown as long as it acts. Rules that are settings are left out:
 * programs and earlier versions kept some here that have never acted.
 */
function othersOf({ isNotCommon }: Rules, others: readonly Rule[]): string[] {
  const isNamed = others.some(isListed);
  const shown = others.filter((rule) => !isSetting(rule) && (isNotCommon || !isListed(rule))).map(({ text }) => text);
  return isNotCommon && !isNamed ? [LISTED_OF_SERVICE, ...shown] : shown;
}

const countsOf = (rules: Rules) => Object.entries(COUNTS).map(([name, setting]) => [name, rules[setting]] as const);
