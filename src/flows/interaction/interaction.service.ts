import type { Authority } from '../../access/index.ts';
import { addressKey } from '../../auth-modes/index.ts';
import { mintHandle, routeOfHandle } from '../../crypto/index.ts';
import {
  addSeconds,
  type BrowserPort,
  type Clock,
  IdentityError,
  kernelErrors,
  type TenantRef,
} from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { bindBrowser, requireBrowser, type SessionRow, type SessionService } from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { originOfRequest } from '../own-origin.ts';
import { accountOfSession } from './account.step.ts';
import type { InteractionEngine, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import { INITIAL_STATE, type ProvedAccount, type SignInDemands } from './interaction.state.ts';
import type { InteractionStore } from './interaction.store.ts';
import { type InteractionView, showInteraction, type ViewDeps } from './interaction.view.ts';
import { BEGUN_RESET } from './password-reset.step.ts';
import { accountProved, type ProvedUser } from './proved-account.ts';

/** An interaction to begin. */
export interface NewInteraction {
  /** Who resumes it: `authorize`, `link-account` ... At most 32 characters. */
  readonly kind: string;
  /** What the flow that resumes needs. It is stored and returned as it is. */
  readonly purpose: Readonly<Record<string, unknown>>;
  /** Absolute URL of the flow that resumes. The browser goes there in the end, with `/` and the handle behind it. */
  readonly resumeAt: string;
  /** `client_id` of the application that the page names; null: none. */
  readonly clientId: string | null;
  readonly demands: SignInDemands;
  /** Whether the user begins by making an account, where they may. Default false. */
  readonly isRegistering?: boolean;
  /** Whether the user begins by asking for a new password, where they may. Only with `mustAuthenticate`. Default false. */
  readonly isResettingPassword?: boolean;
  /** What the flow that begins it has proved itself. Absent: nothing but the session of the browser proves an account. */
  readonly proved?: ProvedElsewhere;
}

/** An account that was proved by other means than those of the pages, such as a link in a mail. */
export interface ProvedElsewhere extends ProvedUser {
  readonly user: Pick<User, 'id' | 'username' | 'proofVersion'>;
}

/** How an interaction ended. */
export type InteractionOutcome =
  /** It has not ended: send the browser back to its page. */
  | { readonly kind: 'open' }
  | {
      readonly kind: 'done';
      readonly purpose: Readonly<Record<string, unknown>>;
      readonly session: SessionRow;
      /** When the interaction began. */
      readonly begunAt: Date;
      /** The scopes that the user allowed; null when the user was not asked. */
      readonly consented: readonly string[] | null;
    }
  | { readonly kind: 'denied' | 'cancelled'; readonly purpose: Readonly<Record<string, unknown>> };

export interface InteractionServiceDeps extends ViewDeps {
  readonly db: Database;
  readonly engine: InteractionEngine;
  readonly store: InteractionStore;
  readonly directory: Pick<TenantDirectory, 'byHost' | 'byRoute'>;
  readonly users: Pick<UserStore, 'findById'>;
  readonly sessions: Pick<SessionService, 'ofBrowser'>;
  readonly clock: Clock;
  /** Origin of this service. */
  readonly publicUrl: string;
}

/** A page that is left open is no sign-in under way any more, whatever a tenant has set. */
const MAX_LIFE_SECONDS = 86_400;
/** What an address waits that has begun too many. */
const RETRY_SECONDS = 60;

/**
 * Begins the sign-ins of people in a browser (docs/sign-in.md), shows where they are, and ends them. The handle and the browser in which
 * an interaction was begun are together the authority for it.
 */
export class InteractionService {
  readonly #deps: InteractionServiceDeps;

  constructor(deps: InteractionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Begins a sign-in in a browser, which alone can go on with it.
   * @throws BROWSER_REQUIRED
   * @throws TOO_MANY_REQUESTS The address has begun too many that have not ended.
   */
  async begin(
    authority: Authority,
    port: BrowserPort | null,
    { kind, purpose, resumeAt, clientId, demands, proved, ...begins }: NewInteraction,
  ): Promise<{ readonly handle: string }> {
    const browser = requireBrowser(port);
    const { store, sessions, clock } = this.#deps;
    const { tenant, caller } = authority;
    const session = await sessions.ofBrowser(browser, tenant);
    const found = { tenant: tenant as KnownTenant, demands, session };
    const now = clock.now();
    const account = proved === undefined ? await this.#accountOf(found) : accountProved(proved, session, now);
    const handle = mintHandle(tenant.route);
    const row = {
      tenantId: tenant.id,
      kind,
      purpose: { ...purpose },
      request: { demands, resumeAt },
      state: { ...INITIAL_STATE, ...beginningOf(begins), account, identifier: proved?.user.username ?? null },
      browserHash: bindBrowser(browser, tenant),
      userId: account?.userId ?? null,
      clientId,
      address: addressKey(caller.origin.peerIp),
      expiresAt: addSeconds(now, Math.min(found.tenant.settings.tokens.signInSeconds, MAX_LIFE_SECONDS)),
      createdAt: now,
    };
    if (!(await this.#deps.db.transaction(() => store.insert(row, handle))))
      throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: RETRY_SECONDS });
    return { handle };
  }

  /** The account of the session, unless the user has to choose one. */
  async #accountOf(found: Parameters<typeof accountOfSession>[1]): Promise<ProvedAccount | null> {
    return found.demands.mustChoose ? null : accountOfSession(this.#deps.users, found);
  }

  /** Address of the page of an interaction. */
  pageUrl(tenant: TenantRef, host: string | null | undefined, handle: string): Promise<string> {
    return this.urlOf(tenant, host, `sign-in/${handle}`);
  }

  /** Address of a page of the tenant, at the host of the request where it is bound to the tenant. */
  async urlOf(tenant: TenantRef, host: string | null | undefined, path: string): Promise<string> {
    return `${await originOfRequest(this.#deps, tenant, host)}/t/${tenant.name}/${path}`;
  }

  /**
   * Ends an interaction: its handle does not work afterwards, and of simultaneous calls a single one gets the outcome. One that is not
   * finished stays.
   * @param kinds That of `begin`, or those of which each may be.
   * @throws INTERACTION_NOT_FOUND Also for one of another kind. @throws BROWSER_REQUIRED
   */
  async resume(
    authority: Authority,
    browser: BrowserPort | null,
    kinds: string | readonly string[],
    handle: string,
  ): Promise<InteractionOutcome> {
    const { engine, store } = this.#deps;
    const found = await engine.open(authority, browser, handle);
    if (![kinds].flat().includes(found.row.kind)) throw interactionErrors.INTERACTION_NOT_FOUND();
    if (found.step !== 'finished') return { kind: 'open' };
    const { row, state, step, session } = await this.#settled(authority, browser, found);
    if (step !== 'finished') return { kind: 'open' };
    if (!(await store.take(authority.tenant.id, handle, row.version))) throw interactionErrors.INTERACTION_NOT_FOUND();
    const { purpose } = row;
    if (state.refusal !== null) return { kind: state.refusal, purpose };
    return { kind: 'done', purpose, session: session!, begunAt: row.createdAt, consented: state.consented };
  }

  /**
   * Starts or renews the session of an interaction in which nothing is left to do although no step ended it: what the account lacked was
   * done elsewhere, such as the confirmation of its address. Until then the session does not have what was proved.
   */
  async #settled(authority: Authority, browser: BrowserPort | null, found: OpenInteraction): Promise<OpenInteraction> {
    const { engine } = this.#deps;
    const { state, handle } = found;
    if (state.refusal !== null || !state.account!.isProvedNow) return found;
    try {
      await engine.step(authority, browser, handle, 'finished', async () => (before) => before);
    } catch (error) {
      // Another request was faster, or the proof went stale: what is there now decides.
      if (!(error instanceof IdentityError) || error.code !== 'INTERACTION_STEP_OTHER') throw error;
    }
    return engine.open(authority, browser, handle);
  }

  /**
   * The tenant of an interaction: the named one, else that in the handle.
   * @throws INTERACTION_NOT_FOUND The handle names no tenant. @throws TENANT_DISABLED
   */
  async tenantOf(named: KnownTenant | null, handle: string): Promise<KnownTenant> {
    const route = routeOfHandle(handle);
    const tenant = named ?? (route === null ? null : await this.#deps.directory.byRoute(route));
    if (tenant === null) throw interactionErrors.INTERACTION_NOT_FOUND();
    if (!tenant.enabled) throw tenantErrors.TENANT_DISABLED();
    return tenant;
  }

  /**
   * The application of a sign-in under way, in whichever browser: what is bound to a sign-in before its page goes on. It tells
   * nothing else and changes nothing.
   * @returns Null: there is no such sign-in, or it has expired.
   */
  async findApplication(tenant: TenantRef, handle: string): Promise<{ readonly clientId: string | null } | null> {
    const { clock, store } = this.#deps;
    const row = routeOfHandle(handle) === tenant.route ? await store.findApplication(tenant.id, handle) : null;
    return row === null || row.expiresAt <= clock.now() ? null : { clientId: row.clientId };
  }

  /** The interaction as its page shows it. @throws INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  async view(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    return showInteraction(this.#deps, await this.#deps.engine.open(authority, browser, handle));
  }
}

/** Where the user begins who does not begin with the password. */
const beginningOf = ({
  isRegistering = false,
  isResettingPassword = false,
}: Pick<NewInteraction, 'isRegistering' | 'isResettingPassword'>) => ({
  isRegistering,
  ...(isResettingPassword ? BEGUN_RESET : {}),
});
