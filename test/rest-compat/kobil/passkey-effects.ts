import { Authority } from '../../../src/access/index.ts';
import type { WebauthnKind } from '../../../src/auth-modes/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { PasskeyBrowser } from '../../support/passkeys.ts';
import { refusalOf } from '../../support/refusal.ts';
import type { World } from '../../support/world.ts';

interface Place {
  readonly tenant: TenantRef;
  user(): Promise<User>;
}

interface PasskeyEffect {
  readonly value: unknown;
  readonly observe: (place: Place) => Promise<unknown>;
  readonly before: unknown;
  readonly after: unknown;
}

const MODEL = '00112233-4455-6677-8899-aabbccddeeff';

/** A policy of a realm for keys. */
interface Policy {
  readonly kind: WebauthnKind;
  /** The names of a setting in the dialect. */
  readonly names: (name: string) => readonly string[];
  readonly residenceBefore: string;
  /** A wish for user verification, and what becomes of a new key without it, before and after the wish. */
  readonly verification: Pick<PasskeyEffect, 'value' | 'before' | 'after'>;
}

const POLICIES: readonly Policy[] = [
  {
    kind: 'passkey',
    names: (name) => [`webAuthnPolicyPasswordless${name}`, `webAuthnPolicy${name}Passwordless`],
    residenceBefore: 'preferred',
    verification: { value: 'discouraged', before: 'PASSKEY_INVALID', after: null },
  },
  {
    kind: 'security-key',
    names: (name) => [`webAuthnPolicy${name}`],
    residenceBefore: 'discouraged',
    verification: { value: 'required', before: null, after: 'PASSKEY_INVALID' },
  },
];

/** What the policies of a realm for keys do to the options and to the new keys of its users, by the names of a realm. */
export const passkeyEffects = (worldOf: () => World): Readonly<Record<string, PasskeyEffect>> =>
  Object.assign({}, ...POLICIES.map((policy) => effectsOf(worldOf, policy)));

function effectsOf(
  worldOf: () => World,
  { kind, names, residenceBefore, verification }: Policy,
): Readonly<Record<string, PasskeyEffect>> {
  const signedIn = async ({ tenant, user }: Place): Promise<Authority> => {
    const system = worldOf().system(tenant);
    await worldOf().services.tenants.updateSettings(system, { isPasskeyEnabled: true });
    return new Authority(worldOf().userOfTwoFactors(tenant, (await user()).id), tenant, 'self');
  };
  const begin = (authority: Authority) => worldOf().services.passkeys.registration.begin(authority, { kind });
  type Options = Awaited<ReturnType<typeof begin>>;
  const options = (read: (options: Options) => unknown) => async (place: Place) =>
    read(await begin(await signedIn(place)));
  const register = async (authority: Authority, browser = new PasskeyBrowser()) =>
    worldOf().services.passkeys.registration.add(authority, { ...browser.create(await begin(authority)), kind });

  const effects: Readonly<Record<string, PasskeyEffect>> = {
    RpEntityName: {
      value: 'Quay',
      observe: async (place) => {
        const name = await options(({ rp }) => rp.name)(place);
        return name === place.tenant.name ? 'that of the realm' : name;
      },
      before: 'that of the realm',
      after: 'Quay',
    },
    SignatureAlgorithms: {
      value: 'RS256,EdDSA',
      observe: options(({ pubKeyCredParams }) => pubKeyCredParams.map(({ alg }) => alg)),
      before: [-7],
      after: [-257, -8],
    },
    RpId: { value: 'example.com', observe: options(({ rp }) => rp.id), before: 'id.example.com', after: 'example.com' },
    AttestationConveyancePreference: {
      value: 'direct',
      observe: options(({ attestation }) => attestation),
      before: 'none',
      after: 'direct',
    },
    AuthenticatorAttachment: {
      value: 'platform',
      observe: options(({ authenticatorSelection: { authenticatorAttachment } }) => authenticatorAttachment),
      before: undefined,
      after: 'platform',
    },
    RequireResidentKey: {
      value: 'Yes',
      observe: options(({ authenticatorSelection: { residentKey } }) => residentKey),
      before: residenceBefore,
      after: 'required',
    },
    UserVerificationRequirement: {
      ...verification,
      observe: async (place) => {
        const userMakeCredentialInteraction = () => ({ options: { uv: false, up: true } });
        return refusalOf(register(await signedIn(place), new PasskeyBrowser({ userMakeCredentialInteraction })));
      },
    },
    CreateTimeout: { value: 60, observe: options(({ timeout }) => timeout), before: 300_000, after: 60_000 },
    AvoidSameAuthenticatorRegister: {
      value: true,
      observe: async (place) => {
        const authority = await signedIn(place);
        await register(authority);
        return (await begin(authority)).excludeCredentials.length;
      },
      before: 0,
      after: 1,
    },
  };
  const models: PasskeyEffect = {
    value: MODEL,
    observe: async (place) => {
      const aaguid = Buffer.from(MODEL.replaceAll('-', ''), 'hex');
      const [ours, other] = [await signedIn(place), await signedIn(place)];
      return [
        await refusalOf(register(ours, new PasskeyBrowser({ aaguid }))),
        await refusalOf(register(other, new PasskeyBrowser())),
      ];
    },
    before: [null, null],
    after: [null, 'PASSKEY_INVALID'],
  };
  const named = Object.entries(effects).flatMap(([name, effect]) => names(name).map((full) => [full, effect] as const));
  return Object.fromEntries([...named, [names('AcceptableAaguids')[0]!, models]]);
}
