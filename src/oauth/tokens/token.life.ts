import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import { type ChangeFeed, FRESH_MS } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { SessionStore } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { UserStore } from '../../users/index.ts';
import { familyLife } from '../grants/family-life.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import { type ChangeMarks, markKeys } from './change-marks.ts';
import type { TokenStore } from './token.store.ts';
import type { ReadToken } from './token.ts';

/** A cached state is read again after this time even if no event reports a change. */
const MAX_AGE_MS = 60_000;

export interface TokenLifeDeps {
  readonly directory: TenantDirectory;
  readonly clients: ClientDirectory;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly grants: GrantStore;
  readonly tokens: TokenStore;
  readonly marks: ChangeMarks;
  readonly feed: ChangeFeed;
  readonly clock: Clock;
}

/** What the database said about a token at one moment. */
interface State {
  readonly verdict: Verdict;
  readonly readAt: number;
  readonly readAtMs: number;
  readonly dependsOn: readonly string[];
}

type Verdict = { readonly untilMs: number; readonly askedClaims: readonly string[] } | { readonly dead: string };

/**
 * For a valid token its client and the names of the claims that the client asked for at userinfo; for an invalid one the reason,
 * for logs.
 */
export type LifeVerdict =
  | { readonly client: ClientRecord; readonly askedClaims: readonly string[] }
  | { readonly dead: string };

const NONE: readonly string[] = [];

const dead = (reason: string): Verdict => ({ dead: reason });

/**
 * Decides whether a token with a valid signature is still accepted: its tenant and client enabled, it and its family not
 * revoked, its session and user valid. The answer comes from a bounded cache, whose entries are dropped by events of this node
 * at once and by those of others within a second. While this node may lag behind the other nodes, it comes from the database.
 */
export class TokenLife {
  readonly #deps: TokenLifeDeps;
  /** Bounded, because the reader keeps a bounded number of tokens. */
  readonly #states = new WeakMap<ReadToken, State>();

  constructor(deps: TokenLifeDeps) {
    this.#deps = deps;
  }

  async check(token: ReadToken): Promise<LifeVerdict> {
    const { directory, clients } = this.#deps;
    const { claims } = token;
    const tenant = await directory.byId(token.tenant.id);
    if (tenant === null || !tenant.enabled) return { dead: 'tenant-disabled' };
    if (claims.iat * 1000 < (tenant.notBefore?.getTime() ?? 0)) return { dead: 'tenant-not-before' };
    const client = await clients.byClientId(tenant.id, claims.client_id);
    const refused = client === null ? 'client-unknown' : deadClient(client, claims.iat);
    if (client === null || refused !== null) return { dead: refused ?? 'client-unknown' };
    const { verdict } = await this.#state(token);
    if ('dead' in verdict) return verdict;
    const { untilMs, askedClaims } = verdict;
    return this.#deps.clock.now().getTime() < untilMs ? { client, askedClaims } : { dead: 'session-over' };
  }

  async #state(token: ReadToken): Promise<State> {
    const { marks, feed, clock } = this.#deps;
    const known = this.#states.get(token);
    const nowMs = clock.now().getTime();
    if (
      known !== undefined &&
      feed.isFresh(FRESH_MS) &&
      nowMs - known.readAtMs < MAX_AGE_MS &&
      marks.isCurrent(known.readAt, known.dependsOn)
    ) {
      return known;
    }
    // Take the count before reading, so that a change committed in the meantime makes the state stale.
    const readAt = marks.now();
    const verdict = await this.#read(token);
    const state: State = { verdict, readAt, readAtMs: nowMs, dependsOn: dependencies(token) };
    this.#states.set(token, state);
    return state;
  }

  async #read(token: ReadToken): Promise<Verdict> {
    const { claims, tenant } = token;
    const [isRevoked, family] = await Promise.all([
      this.#deps.tokens.isRevoked(tenant.id, claims.jti),
      claims.knd === 'user'
        ? this.#readFamily(tenant.id, token)
        : { untilMs: Number.POSITIVE_INFINITY, askedClaims: NONE },
    ]);
    return isRevoked ? dead('token-revoked') : family;
  }

  async #readFamily(tenantId: string, { claims, kind }: ReadToken): Promise<Verdict> {
    const { grants, users, sessions } = this.#deps;
    const [grant, user, session] = await Promise.all([
      grants.findById(tenantId, claims.gid!),
      users.findById(tenantId, claims.sub),
      claims.sid === undefined ? undefined : sessions.findById(tenantId, claims.sid),
    ]);
    const life = familyLife({ grant, user, session }, kind);
    if ('dead' in life) return life;
    if (grant!.userId !== claims.sub) return dead('grant-of-another');
    return { ...life, askedClaims: grant!.claims?.userinfo ?? NONE };
  }
}

/**
 * Why a client's token is invalid, or null. Compares whole seconds, as in `iat`. A client that was deleted and made again with
 * the same id does not accept tokens of the former one.
 */
function deadClient({ client, isUsable }: ClientRecord, iat: number): string | null {
  if (!isUsable) return 'client-disabled';
  if (client.notBefore != null && iat * 1000 < client.notBefore.getTime()) return 'client-not-before';
  return iat < Math.floor(client.createdAt.getTime() / 1000) ? 'client-replaced' : null;
}

function dependencies({ tenant, claims }: ReadToken): readonly string[] {
  const keys = [
    markKeys.tenant(tenant.id),
    markKeys.client(tenant.id, claims.client_id),
    markKeys.token(tenant.id, claims.jti),
  ];
  if (claims.knd === 'app') return keys;
  keys.push(markKeys.user(tenant.id, claims.sub), markKeys.grant(tenant.id, claims.gid!));
  if (claims.sid !== undefined) keys.push(markKeys.session(tenant.id, claims.sid));
  return keys;
}
