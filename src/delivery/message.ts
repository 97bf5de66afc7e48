import type { Origin, TenantRef } from '../kernel/index.ts';

/** On whose behalf a message goes out; for the security event that reports how it ended. */
export interface Behalf {
  readonly tenant: Pick<TenantRef, 'id'>;
  /** Who caused it; a `Caller` of `access/` fits. */
  readonly actor: {
    readonly kind: string;
    readonly userId: string | null;
    readonly clientId: string | null;
    readonly clientAuth: string | null;
    readonly sessionId: string | null;
    readonly origin: Origin;
  };
  /** Public id of the account it is about; null when there is none yet. */
  readonly subjectId: string | null;
}

/** What every message has. */
export interface Message {
  /** One address or one phone number. */
  readonly to: string;
  /** Plain text. What it says may be secret: it is neither logged nor recorded. */
  readonly text: string;
  /** Why it goes out, such as `verify-email`: a word for logs and events. */
  readonly purpose: string;
  readonly behalf: Behalf;
}

export interface Mail extends Message {
  readonly subject: string;
  /** The same in HTML, for programs that show it. */
  readonly html?: string;
  /** Language of the text (BCP 47). */
  readonly locale: string;
}

export type Sms = Message;

/** Hands a message to the world outside, or throws. */
export interface Transport<M extends Message> {
  /** @throws PermanentDeliveryError Trying again would not help. Any other error: it may. */
  deliver(message: M): Promise<void>;
  close(): void;
}

/** A message that will not arrive however often it is tried. */
export class PermanentDeliveryError extends Error {
  override readonly name = 'PermanentDeliveryError';
}
