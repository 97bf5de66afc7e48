/**
 * The members of an input that have a value. Null counts as absent, because GraphQL allows null for every optional member.
 * @param nullable Members for which null is a value: it removes the stored value.
 */
export function given<T extends object>(input: T, nullable: readonly string[] = []): Partial<T> {
  const said = Object.entries(input).filter(
    ([name, value]) => value !== undefined && (value !== null || nullable.includes(name)),
  );
  return Object.fromEntries(said) as Partial<T>;
}

/** Members of the graph, such as `isEnabled`, with the names of their columns. */
const COLUMNS: Readonly<Record<string, string>> = {
  isEnabled: 'enabled',
  hasFullRoleScope: 'fullRoleScope',
  isNamedInTokens: 'named',
  usesPkce: 'pkce',
  storesTokens: 'storeTokens',
  isPermanent: 'permanent',
  exemptsKnownDevices: 'exemptKnownDevices',
};

/** An input with its members under the names that the services use. */
export function toColumns(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [COLUMNS[name] ?? name, value]));
}
