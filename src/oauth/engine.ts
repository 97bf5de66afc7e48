import type { ScopeAliases } from '../access/index.ts';
import type { ClientAuthenticator, ClientDirectory } from '../clients/index.ts';
import { type MasterKey, Sealer } from '../crypto/index.ts';
import type { CommittedListener, EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { RolePermissions } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import type { UserStore } from '../users/index.ts';
import { AccessTokens } from './access-token.ts';
import { ChangeMarks } from './change-marks.ts';
import { GrantStore } from './grant.store.ts';
import { ClientCredentialsGrant } from './grants/client-credentials.ts';
import type { GrantType } from './grants/grant.ts';
import { IntrospectionService } from './introspection.ts';
import { type IssuerMount, Issuers } from './issuers.ts';
import { SigningKeyService } from './keys/key.service.ts';
import { KeyRings } from './keys/key-ring.ts';
import { SigningKeyStore } from './keys/signing-key.store.ts';
import type { ChangeFeed, OAuthSessions } from './ports.ts';
import { ScopeRules } from './scopes.ts';
import { TokenLife } from './token.life.ts';
import { TokenReader } from './token.reader.ts';
import { TokenResolver } from './token.resolver.ts';
import { TokenService } from './token.service.ts';
import { TokenStore } from './token.store.ts';

/** What the OAuth engine is put together from. */
export interface OAuthOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  readonly events: EventLog;
  readonly feed: ChangeFeed;
  readonly scopes: ScopeAliases;
  readonly directory: TenantDirectory;
  readonly clients: ClientDirectory;
  readonly authenticator: ClientAuthenticator;
  readonly roles: RolePermissions;
  readonly users: UserStore;
  readonly sessions: OAuthSessions;
  readonly publicUrl: string;
  readonly defaultTenant: string;
  /** Issuers beside the native one. */
  readonly issuers: readonly IssuerMount[];
}

/** The OAuth engine: one object per thing that can be asked of it. */
export interface OAuth {
  readonly issuers: Issuers;
  readonly keys: SigningKeyService;
  readonly tokens: TokenService;
  readonly resolver: TokenResolver;
  readonly introspection: IntrospectionService;
  /** To be told of every committed event, of this node and of others. */
  readonly onEvents: CommittedListener;
}

export function createOAuth(options: OAuthOptions): OAuth {
  const { db, clock, events, directory, clients } = options;
  const issuers = new Issuers(options);
  for (const mount of options.issuers) issuers.mount(mount);
  const sealer = new Sealer(options.masterKey, 'signing-key');
  const keyStore = new SigningKeyStore(db);
  const rings = new KeyRings({ store: keyStore, sealer, clock });
  const keys = new SigningKeyService({ db, store: keyStore, rings, events, sealer, clock });
  const tokens = new TokenStore(db);
  const grants = new GrantStore(db);
  const scopes = new ScopeRules(options.scopes);
  const marks = new ChangeMarks();
  const reader = new TokenReader({ directory, issuers, rings, store: tokens, clock });
  const life = new TokenLife({ ...options, grants, tokens, marks });
  const accessTokens = new AccessTokens(keys);
  const grantTypes: readonly GrantType[] = [
    new ClientCredentialsGrant({ db, accessTokens, tokens, scopes, events, clock }),
  ];
  return {
    issuers,
    keys,
    tokens: new TokenService({ issuers, clients, events, grants: grantTypes }),
    resolver: new TokenResolver({ ...options, reader, life, issuers, scopes }),
    introspection: new IntrospectionService({ reader, life }),
    onEvents: (committed) => {
      rings.onEvents(committed);
      marks.onEvents(committed);
    },
  };
}
