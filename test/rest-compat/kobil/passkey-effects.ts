import { Authority } from '../../../src/access/index.ts';
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

/** What the policy for passkeys of a realm does to the options and to the new passkeys of its users, by the names of a realm. */
export function passkeyEffects(worldOf: () => World): Readonly<Record<string, PasskeyEffect>> {
  const signedIn = async ({ tenant, user }: Place): Promise<Authority> => {
    const system = worldOf().system(tenant);
    await worldOf().services.tenants.updateSettings(system, { isPasskeyEnabled: true });
    return new Authority(worldOf().userOfTwoFactors(tenant, (await user()).id), tenant, 'self');
  };
  const begin = (authority: Authority) => worldOf().services.passkeys.registration.begin(authority);
  type Options = Awaited<ReturnType<typeof begin>>;
  const options = (read: (options: Options) => unknown) => async (place: Place) =>
    read(await begin(await signedIn(place)));
  const register = async (authority: Authority, browser = new PasskeyBrowser()) =>
    worldOf().services.passkeys.registration.add(authority, browser.create(await begin(authority)));

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
      before: 'preferred',
      after: 'required',
    },
    UserVerificationRequirement: {
      value: 'discouraged',
      observe: async (place) => {
        const userMakeCredentialInteraction = () => ({ options: { uv: false, up: true } });
        return refusalOf(register(await signedIn(place), new PasskeyBrowser({ userMakeCredentialInteraction })));
      },
      before: 'PASSKEY_INVALID',
      after: null,
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
  return {
    ...Object.fromEntries(
      Object.entries(effects).flatMap(([name, effect]) => [
        [`webAuthnPolicyPasswordless${name}`, effect],
        [`webAuthnPolicy${name}Passwordless`, effect],
      ]),
    ),
    webAuthnPolicyPasswordlessAcceptableAaguids: models,
  };
}
