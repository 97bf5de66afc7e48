import { invalidField, jsonBytes } from '../kernel/index.ts';
import { faultOfImageProof } from './image-proof.ts';
import {
  effectiveSettings,
  mergedPatch,
  type TenantSettings,
  type TenantSettingsPatch,
  tenantSettings,
} from './settings.ts';
import { tenantErrors } from './tenant.errors.ts';

/** Most bytes of the JSON that a tenant stores, without what has its own bound: definitions of attributes, texts, the profile. */
const MAX_BYTES = 64 * 1024;

/**
 * The stored settings after a change, checked as a whole.
 * @param template Name of the defaults for what is not stored.
 * @throws TENANT_SETTING_INVALID A setting is unknown or out of range, or all stored ones have more than 64 KiB.
 * @throws INVALID_INPUT Two settings contradict each other.
 */
export function checkedPatch(
  template: string,
  stored: TenantSettingsPatch,
  patch: TenantSettingsPatch,
): TenantSettingsPatch {
  const next = mergedPatch(stored, patch);
  const result = tenantSettings.safeParse(effectiveSettings(template, next));
  if (!result.success)
    throw invalidSettings(result.error.issues.map(({ path, message }) => [['input.settings', ...path], message]));
  if (result.data.signInByEmail && !result.data.uniqueEmail) {
    throw invalidField(
      'input.settings.signInByEmail',
      'TENANT_SETTING_INVALID',
      'Sign-in by e-mail needs unique e-mail addresses.',
    );
  }
  const imageProofFault = faultOfImageProof(result.data.imageProof);
  if (imageProofFault !== null)
    throw invalidSettings([[['input.settings', 'imageProof', 'isLivenessChecked'], imageProofFault]]);
  const { attributes: _, texts: _texts, userProfile: _profile, ...bounded } = next;
  if (jsonBytes(bounded) > MAX_BYTES)
    throw invalidSettings([[['input.settings'], `All settings together have at most ${MAX_BYTES} bytes.`]]);
  return next;
}

/**
 * Refuses changes of what is fixed when a tenant is made: users of a tenant for second factors have none other.
 * @throws TENANT_SETTING_INVALID
 */
export function assertFixed(before: TenantSettings, after: TenantSettings): void {
  if (before.isSecondFactorOnly !== after.isSecondFactorOnly)
    throw invalidSettings([[['input.settings', 'isSecondFactorOnly'], 'This is fixed when the tenant is made.']]);
}

type Fault = readonly [path: readonly PropertyKey[], message: string];

const invalidSettings = (faults: readonly Fault[]) =>
  tenantErrors.TENANT_SETTING_INVALID({
    fields: faults.map(([path, message]) => ({
      path: path.map(String).join('.'),
      code: 'TENANT_SETTING_INVALID',
      message,
    })),
  });
