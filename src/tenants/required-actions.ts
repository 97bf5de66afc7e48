import type { TenantSettings } from './settings.ts';
import { tenantErrors } from './tenant.errors.ts';

/** An action that can be required of users. */
export type RequiredAction = NonNullable<TenantSettings['requiredActions']>[number];

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

/** An action that is added to those of a tenant. */
export type NewRequiredAction = Pick<RequiredAction, 'alias' | 'name' | 'providerId'>;

/** What changes of an action; a new alias renames it. */
export type RequiredActionUpdate = Partial<Omit<RequiredAction, 'providerId'>>;

/** In the order in which users carry them out. */
const inOrder = (actions: readonly RequiredAction[]): RequiredAction[] =>
  actions.toSorted((a, b) => a.priority - b.priority);

/** @throws REQUIRED_ACTION_NOT_FOUND */
function indexOf(actions: readonly RequiredAction[], alias: string): number {
  const index = actions.findIndex((action) => action.alias === alias);
  if (index === -1) throw tenantErrors.REQUIRED_ACTION_NOT_FOUND();
  return index;
}

/** @throws REQUIRED_ACTION_TAKEN */
function assertFree(actions: readonly RequiredAction[], alias: string): void {
  if (actions.some((action) => action.alias === alias)) throw tenantErrors.REQUIRED_ACTION_TAKEN().at('input.alias');
}

/** Adds an action, enabled and after all others. @throws REQUIRED_ACTION_TAKEN */
export function withAction(actions: readonly RequiredAction[], action: NewRequiredAction): RequiredAction[] {
  assertFree(actions, action.alias);
  const last = inOrder(actions).at(-1);
  return [...actions, { ...newAction(action.alias), ...action, priority: last === undefined ? 0 : last.priority + 1 }];
}

/** @throws REQUIRED_ACTION_NOT_FOUND; REQUIRED_ACTION_TAKEN Another action has the new alias. */
export function withUpdate(
  actions: readonly RequiredAction[],
  alias: string,
  update: RequiredActionUpdate,
): RequiredAction[] {
  const index = indexOf(actions, alias);
  const others = actions.toSpliced(index, 1);
  if (update.alias !== undefined) assertFree(others, update.alias);
  return actions.with(index, { ...actions[index]!, ...update });
}

/** @throws REQUIRED_ACTION_NOT_FOUND */
export const withoutAction = (actions: readonly RequiredAction[], alias: string): RequiredAction[] =>
  actions.toSpliced(indexOf(actions, alias), 1);

/**
 * Exchanges the places of an action and its neighbour; the first one cannot go to an earlier place, nor the last one to a later.
 * @throws REQUIRED_ACTION_NOT_FOUND
 */
export function withMoved(actions: readonly RequiredAction[], alias: string, isEarlier: boolean): RequiredAction[] {
  const ordered = inOrder(actions);
  const from = indexOf(ordered, alias);
  const to = from + (isEarlier ? -1 : 1);
  const [action, neighbour] = [ordered[from]!, ordered[to]];
  if (neighbour === undefined || to < 0) return ordered;
  return ordered
    .with(to, { ...action, priority: neighbour.priority })
    .with(from, { ...neighbour, priority: action.priority });
}
