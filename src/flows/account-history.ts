import type { Authority } from '../access/index.ts';
import type { EventFilter, EventReader, SecurityEvent } from '../events/index.ts';
import type { PageRequest, PageResult } from '../persistence/index.ts';
import { type AccountSource, getAccountInReach } from '../users/index.ts';

export interface AccountHistoryDeps {
  readonly users: AccountSource;
  readonly events: Pick<EventReader, 'page'>;
}

/** The events about one account, for callers who may read them. */
export class AccountHistory {
  readonly #deps: AccountHistoryDeps;

  constructor(deps: AccountHistoryDeps) {
    this.#deps = deps;
  }

  /**
   * A page of the events about an account, newest first by default.
   * @throws USER_NOT_FOUND There is no such account, or it was deleted; the log of the tenant still has its events.
   * @throws FORBIDDEN, INVALID_INPUT
   */
  async page(
    authority: Authority,
    userId: string,
    filter: Omit<EventFilter, 'subjectId'>,
    request: PageRequest,
  ): Promise<PageResult<SecurityEvent>> {
    return this.#deps.events.page(authority.tenant.id, await this.about(authority, userId, filter), request);
  }

  /**
   * The filter for one account. If an id was reused after its account was deleted, events of the deleted account are
   * excluded.
   * @throws USER_NOT_FOUND, FORBIDDEN
   */
  async about(authority: Authority, userId: string, filter: Omit<EventFilter, 'subjectId'>): Promise<EventFilter> {
    const { id, createdAt } = await getAccountInReach(this.#deps.users, authority, userId);
    const from = filter.from != null && filter.from > createdAt ? filter.from : createdAt;
    return { ...filter, subjectId: id, from };
  }
}
