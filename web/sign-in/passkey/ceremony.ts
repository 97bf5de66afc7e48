import { type Answer, refuse } from '../graph.ts';
import { arePasskeysSupported } from './support.ts';

/** What the graph gives for a browser, in the JSON form of WebAuthn Level 3 sections 5.1.8 and 5.1.9. */
export type PasskeyOptions = Readonly<Record<string, unknown>>;

/** A passkey that was used, as the graph takes it. Binary members are base64url. */
export interface UsedPasskey {
  readonly id: string;
  readonly rawId: string;
  readonly clientDataJson: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle: string | null;
}

/** A new passkey, as the graph takes it. Binary members are base64url. */
export interface MadePasskey {
  readonly id: string;
  readonly rawId: string;
  readonly clientDataJson: string;
  readonly attestationObject: string;
  readonly transports: readonly string[];
  readonly attachment: 'PLATFORM' | 'CROSS_PLATFORM' | null;
}

/** How a passkey is asked for. */
export interface PasskeyPrompt {
  /** Whether it is offered in the field of the name, where the person may ignore it. Default: in a dialog of the browser. */
  readonly isInField?: boolean;
  readonly signal?: AbortSignal;
}

/** Why there is no passkey, by the name of the browser's error. It does not tell whether a person has none or did not want to use it. */
const FAULTS: Readonly<Record<string, string>> = {
  NotAllowedError: 'PASSKEY_CANCELLED',
  InvalidStateError: 'PASSKEY_PRESENT',
  NotSupportedError: 'PASSKEY_UNSUPPORTED',
  ConstraintError: 'PASSKEY_UNSUPPORTED',
  SecurityError: 'PASSKEY_UNSUPPORTED',
};

const ATTACHMENTS: Readonly<Record<string, 'PLATFORM' | 'CROSS_PLATFORM'>> = {
  platform: 'PLATFORM',
  'cross-platform': 'CROSS_PLATFORM',
};

/** Whether the browser offers passkeys in the field of the name. */
export const arePasskeysInField = async (): Promise<boolean> =>
  arePasskeysSupported() &&
  'isConditionalMediationAvailable' in PublicKeyCredential &&
  PublicKeyCredential.isConditionalMediationAvailable();

/** Makes a passkey (WebAuthn Level 3 section 5.1.3). */
export function makePasskey(options: PasskeyOptions): Promise<Answer<MadePasskey>> {
  return tryCeremony(async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      options as unknown as PublicKeyCredentialCreationOptionsJSON,
    );
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    return readMade(made.toJSON() as RegistrationResponseJSON);
  });
}

/** Has a passkey used (WebAuthn Level 3 section 5.1.4). */
export function provePasskey(
  options: PasskeyOptions,
  { isInField = false, signal }: PasskeyPrompt = {},
): Promise<Answer<UsedPasskey>> {
  return tryCeremony(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
      options as unknown as PublicKeyCredentialRequestOptionsJSON,
    );
    const mediation = isInField ? 'conditional' : 'optional';
    const request = { publicKey, mediation, ...(signal === undefined ? {} : { signal }) } as const;
    const used = (await navigator.credentials.get(request)) as PublicKeyCredential;
    return readUsed(used.toJSON() as AuthenticationResponseJSON);
  });
}

/** Whatever a browser or an extension of it throws ends with words on the page. */
async function tryCeremony<Data>(ceremony: () => Promise<Data>): Promise<Answer<Data>> {
  if (!arePasskeysSupported()) return refuse('PASSKEY_UNSUPPORTED');
  try {
    return { data: await ceremony() };
  } catch (error) {
    return refuse(FAULTS[(error as Error).name] ?? 'OTHER');
  }
}

function readMade({ id, rawId, response, authenticatorAttachment }: RegistrationResponseJSON): MadePasskey {
  const { clientDataJSON: clientDataJson, attestationObject, transports } = response;
  const attachment = ATTACHMENTS[authenticatorAttachment ?? ''] ?? null;
  return { id, rawId, clientDataJson, attestationObject, transports, attachment };
}

function readUsed({ id, rawId, response }: AuthenticationResponseJSON): UsedPasskey {
  const { clientDataJSON: clientDataJson, authenticatorData, signature, userHandle = null } = response;
  return { id, rawId, clientDataJson, authenticatorData, signature, userHandle };
}
