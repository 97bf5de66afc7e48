import type { Authority } from '../access/index.ts';
import { acrOf } from '../auth-modes/index.ts';
import type { EventLog } from '../events/index.ts';
import type { BrowserPort } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import { keepSession, requireBrowser, type SessionService } from '../sessions/index.ts';
import { isUsable, type User, type UserStore, userErrors } from '../users/index.ts';
import { impersonationErrors } from './impersonation.errors.ts';
import { impersonationEvents } from './impersonation.events.ts';

export interface ImpersonationFlowDeps {
  readonly db: Database;
  readonly users: Pick<UserStore, 'findById'>;
  readonly sessions: Pick<SessionService, 'ofBrowser' | 'start'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly events: EventLog;
}

/** Nothing was proved. */
const NO_AMR: readonly string[] = [];

/** Lets administrators act as users of their tenant. */
export class ImpersonationFlow {
  readonly #deps: ImpersonationFlowDeps;

  constructor(deps: ImpersonationFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Signs the browser of the caller in as a user. The session replaces the one that the browser has. Nobody proved to be the user, so
   * nothing opens in it that needs a recent sign-in, such as a change of credentials.
   * @throws USER_NOT_FOUND, BROWSER_REQUIRED, IMPERSONATION_USER_DISABLED, IMPERSONATION_SERVICE_ACCOUNT
   * @throws ACCOUNT_GUARDED, FORBIDDEN The account may do more than the caller.
   */
  async impersonate(authority: Authority, port: BrowserPort | null, userId: string): Promise<User> {
    const { db, users, sessions, guard, events } = this.#deps;
    const { caller, tenant } = authority;
    const user = await users.findById(tenant.id, userId);
    if (user === null) throw userErrors.USER_NOT_FOUND();
    await guard.assertMayChange(authority, 'user', user.id);
    if (user.serviceClientId != null) throw impersonationErrors.IMPERSONATION_SERVICE_ACCOUNT();
    if (!isUsable(user)) throw impersonationErrors.IMPERSONATION_USER_DISABLED();
    const browser = requireBrowser(port);
    const before = await sessions.ofBrowser(browser, tenant);
    const { session, cookie } = await db.transaction(async () => {
      const started = await sessions.start(authority, {
        userId: user.id,
        amr: NO_AMR,
        acr: acrOf(NO_AMR),
        inBrowser: true,
        replaces: before?.id ?? null,
        isImpersonated: true,
      });
      events.record(caller, tenant, {
        type: impersonationEvents['user.impersonated'],
        subjectId: user.id,
        sessionId: started.session.id,
      });
      return started;
    });
    keepSession(browser, tenant, session, cookie!);
    return user;
  }
}
