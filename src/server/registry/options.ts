import type { MasterKey } from '../../crypto/index.ts';
import type { Mail, Sms, Transport } from '../../delivery/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';

/** What the services are created from. */
export interface RegistryOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  /** Public origin of the service, without a path: the base of every issuer. */
  readonly publicUrl: string;
  /** Name of the tenant for requests that name none. */
  readonly defaultTenant: string;
  /** Whether federation providers on this machine may be called over plain http. Default: if `publicUrl` is http as well. */
  readonly allowLoopbackHttp?: boolean;
  /** NATS servers over which the nodes wake each other. Absent: NOTIFY of PostgreSQL does. */
  readonly natsUrl?: string | undefined;
  /** How long to wait for NATS, in milliseconds. Default 5 s. */
  readonly natsTimeoutMs?: number;
  /** How long to wait for an answer of an external provider, in milliseconds. Default 5 s. */
  readonly providerTimeoutMs?: number;
  /** Transports of mails and text messages. */
  readonly transports: Transports;
  /** Called with faults of the background loops, which then try again. */
  readonly onError?: (error: unknown) => void;
}

export interface Transports {
  readonly mail: Transport<Mail>;
  readonly sms: Transport<Sms>;
}
