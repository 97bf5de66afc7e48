import { z } from 'zod';
import { toObjectId } from '../realm-users/object-id.ts';

/** How an authenticator is connected. */
export const ATTACHMENT = z.enum(['platform', 'cross-platform']);

/** The shapes of passkeys that the description names. */
export const PASSKEY_COMPONENTS = { AuthenticatorAttachment: ATTACHMENT } as const;

/** A passkey, without its public key. */
export const PASSKEY = z.strictObject({
  key_id: z.string(),
  name: z.string(),
  created_at: z.string().describe('RFC 3339.'),
  last_used_at: z.string().nullable().describe('Null until it was used.'),
  transports: z.array(z.string()).describe('Ways to reach the authenticator.'),
  authenticator_attachment: ATTACHMENT.nullable(),
  backed_up: z.boolean().describe('Whether its provider copies it to other devices.'),
});

export const PASSKEYS = z.strictObject({ passkeys: z.array(PASSKEY) });

/** A passkey as the graph shows it to its user. */
interface ShownPasskey {
  readonly credentialId: string;
  readonly label: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly transports: readonly string[];
  readonly attachment: 'PLATFORM' | 'CROSS_PLATFORM' | null;
  readonly isBackedUp: boolean;
}

/** The same as one of all kinds of credentials. */
interface ShownCredential extends Pick<ShownPasskey, 'label' | 'createdAt' | 'lastUsedAt'> {
  readonly id: string;
  readonly data: unknown;
}

const ATTACHMENTS = { PLATFORM: 'platform', CROSS_PLATFORM: 'cross-platform' } as const;

/** Name in the graph. */
export function toAttachment(sent: z.output<typeof ATTACHMENT> | null): ShownPasskey['attachment'] {
  if (sent === null) return null;
  return sent === 'platform' ? 'PLATFORM' : 'CROSS_PLATFORM';
}

export const toPasskey = (passkey: ShownPasskey): z.input<typeof PASSKEY> => ({
  key_id: toObjectId(passkey.credentialId),
  name: passkey.label ?? '',
  created_at: passkey.createdAt,
  last_used_at: passkey.lastUsedAt,
  transports: [...passkey.transports],
  authenticator_attachment: passkey.attachment === null ? null : ATTACHMENTS[passkey.attachment],
  backed_up: passkey.isBackedUp,
});

/** What the details of a credential say that is a passkey. */
const DETAILS = z.object({
  transports: z.array(z.string()),
  attachment: ATTACHMENT.nullable(),
  isBackedUp: z.boolean(),
});

export function toRenamedPasskey({ id, data, ...shown }: ShownCredential): z.input<typeof PASSKEY> {
  const { attachment, ...details } = DETAILS.parse(data);
  return toPasskey({ ...shown, ...details, credentialId: id, attachment: toAttachment(attachment) });
}
