import type { Authority } from '../access/index.ts';
import type { EventFilter, EventStore, SecurityEvent } from '../events/index.ts';
import type { PageRequest, PageResult } from '../persistence/index.ts';
import { canonicalUserId, isUserIdShaped, type UserStore, userErrors } from '../users/index.ts';

export interface AccountHistoryDeps {
  readonly users: Pick<UserStore, 'findById'>;
  readonly events: Pick<EventStore, 'page'>;
}

/** What happened to one account, for whoever may know. */
export class AccountHistory {
  readonly #deps: AccountHistoryDeps;

  constructor(deps: AccountHistoryDeps) {
    this.#deps = deps;
  }

  /**
   * A page of the events about an account, newest first unless asked otherwise.
   * @throws USER_NOT_FOUND There is no such account, or none any more: the log of the tenant still has its events.
   * @throws FORBIDDEN, INVALID_INPUT
   */
  async page(
    authority: Authority,
    userId: string,
    filter: Omit<EventFilter, 'subjectId'>,
    request: PageRequest,
  ): Promise<PageResult<SecurityEvent>> {
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    if (!isUserIdShaped(id)) throw userErrors.USER_NOT_FOUND();
    const { users, events } = this.#deps;
    const tenantId = authority.tenant.id;
    const [user, page] = await Promise.all([
      users.findById(tenantId, id),
      events.page(tenantId, { ...filter, subjectId: id }, request),
    ]);
    if (user === null) throw userErrors.USER_NOT_FOUND();
    return page;
  }
}
