import type { TenantSettings } from './settings.ts';

/** An action that can be required of users. */
type RequiredAction = NonNullable<TenantSettings['requiredActions']>[number];

/** What an action with an alias shall have; absent members stay, and a new action has defaults for them. */
type RequiredActionChange = Pick<RequiredAction, 'alias'> & Partial<RequiredAction>;

/** Changes to single actions of the list. */
export interface RequiredActionChanges {
  /** Actions to add, or to change by their alias. */
  readonly set: readonly RequiredActionChange[];
  /** The actions to begin with where the list is null. Default: none. */
  readonly initial?: readonly RequiredAction[];
}

/** The list after the changes: known actions keep their places, new ones follow. */
export function changedActions(
  stored: TenantSettings['requiredActions'],
  { set, initial = [] }: RequiredActionChanges,
): RequiredAction[] {
  const byAlias = new Map((stored ?? initial).map((action) => [action.alias, action]));
  for (const change of set) {
    const before = byAlias.get(change.alias) ?? newAction(change.alias);
    byAlias.set(change.alias, { ...before, ...change });
  }
  return [...byAlias.values()];
}

const newAction = (alias: string): RequiredAction => ({
  alias,
  name: alias,
  providerId: alias,
  isEnabled: true,
  isDefault: false,
  priority: 0,
  config: {},
});
