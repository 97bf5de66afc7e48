import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import { userEvents } from '../users/index.ts';
import type { AuthModeColumns, AuthModeStore } from './auth-mode.store.ts';

export interface MetDemandDeps {
  readonly columns: Pick<AuthModeStore, 'write'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * Ends the demand for an action that the user has done, if there is one. Inside a unit of work that has locked the row.
 * @param row As it was locked.
 */
export async function meetDemand(
  { columns, events, clock }: MetDemandDeps,
  { caller, tenant }: Authority,
  { id, requiredActions: before }: Pick<AuthModeColumns, 'id' | 'requiredActions'>,
  action: string,
): Promise<void> {
  if (!before.includes(action)) return;
  const requiredActions = before.filter((other) => other !== action);
  await columns.write(tenant.id, id, { requiredActions }, clock.now());
  const type = userEvents['auth_mode.required_actions_changed'];
  events.record(caller, tenant, { type, subjectId: id, params: { requiredActions } });
}
