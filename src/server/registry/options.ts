import type { MasterKey } from '../../crypto/index.ts';
import type { Mail, Sms, Transport } from '../../delivery/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';

/** What the house is put together from. */
export interface RegistryOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  /** Origin under which the service is reached, without a path: the base of every issuer. */
  readonly publicUrl: string;
  /** Name of the tenant that requests without one act on. */
  readonly defaultTenant: string;
  /** May federation providers of this machine be called over plain http? Default: when `publicUrl` is http as well. */
  readonly allowLoopbackHttp?: boolean;
  /** NATS servers that wake the nodes; absent: PostgreSQL's NOTIFY. */
  readonly natsUrl?: string | undefined;
  /** How long NATS is waited for, in milliseconds. Default 5 s. */
  readonly natsTimeoutMs?: number;
  /** How long an answer of an external provider is waited for, in milliseconds. Default 5 s. */
  readonly providerTimeoutMs?: number;
  /** The ways out for mails and text messages. */
  readonly transports: Transports;
  /** Told of faults in the background loops, which go on by themselves. */
  readonly onError?: (error: unknown) => void;
}

export interface Transports {
  readonly mail: Transport<Mail>;
  readonly sms: Transport<Sms>;
}
