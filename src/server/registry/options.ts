import type { Clock } from '../../kernel/index.ts';
import type { ServiceBase } from '../../modules.ts';
import type { Database } from '../../persistence/index.ts';

/** What the services are created from. */
export interface RegistryOptions
  extends Pick<ServiceBase, 'masterKey' | 'publicUrl' | 'defaultTenant' | 'transports'>,
    Partial<Pick<ServiceBase, 'providerTimeoutMs' | 'passwordCost' | 'onError' | 'privateHosts'>> {
  readonly db: Database;
  readonly clock: Clock;
  /** Default: if `publicUrl` is http as well, as in development and tests. */
  readonly allowLoopbackHttp?: boolean;
  /** `ServiceBase.factorAuthorities`. Absent or null: those of the dialects. */
  readonly factorAuthorities?: readonly string[] | null;
  /** NATS servers over which the nodes wake each other. Absent: NOTIFY of PostgreSQL does. */
  readonly natsUrl?: string | undefined;
  /** How long to wait for NATS, in milliseconds. Default 5 s. */
  readonly natsTimeoutMs?: number;
}
