/**
 * The members of an input that say something: a left-out one says nothing, nor does null, which GraphQL allows wherever a
 * member may be left out.
 * @param nullable Members where null is a value of its own: it removes what was there.
 */
export function given<T extends object>(input: T, nullable: readonly string[] = []): Partial<T> {
  const said = Object.entries(input).filter(
    ([name, value]) => value !== undefined && (value !== null || nullable.includes(name)),
  );
  return Object.fromEntries(said) as Partial<T>;
}

/** Members that the graph puts as a question and a row as a statement. */
const COLUMNS: Readonly<Record<string, string>> = {
  isEnabled: 'enabled',
  hasFullRoleScope: 'fullRoleScope',
  usesPkce: 'pkce',
  storesTokens: 'storeTokens',
  isPermanent: 'permanent',
  exemptsKnownDevices: 'exemptKnownDevices',
};

/** An input with its members under the names that the services use. */
export function toColumns(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [COLUMNS[name] ?? name, value]));
}
