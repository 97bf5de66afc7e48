import { z } from 'zod';
import { present } from '../engine/index.ts';
import type { ClientTenantData, TenantData, TenantSettingsInput } from './operations.generated.ts';

/** What this dialect asks of the name of a tenant that it makes. */
const TENANT_ID = z.string().regex(/^[a-z0-9][a-z0-9_-]{1,62}$/);

/** Names of the dialect and those of the graph. */
const GESTURES = {
  BLINK: 'blink',
  SMILE: 'smile',
  TURN_LEFT: 'turn-left',
  TURN_RIGHT: 'turn-right',
  NOD: 'nod',
  OPEN_MOUTH: 'open-mouth',
} as const;
type Gesture = keyof typeof GESTURES;
export const GESTURE_NAMES = Object.keys(GESTURES) as [Gesture, ...Gesture[]];

const PARTS = { PIN: 'pin', PATTERN: 'pattern' } as const;
type Part = keyof typeof PARTS;
const PART_NAMES = Object.keys(PARTS) as [Part, ...Part[]];

const nameIn = <Names extends Readonly<Record<string, string>>>(names: Names, value: string): keyof Names =>
  Object.keys(names).find((name) => names[name] === value)!;

const seconds = z.int().min(1).max(31_536_000);

/** The lock-out rules of a tenant, of which these are shown; the growth of blocks comes with the tenant. */
const BLOCK_CONFIG = z.object({
  ip_attempts_limit: z.int().min(1).max(1_000_000).default(20),
  ip_reset_time: seconds.default(3600),
  initial_block_time: seconds.default(60),
  user_attempts_limit: z.int().min(1).max(1000).default(5),
  user_timeframe: seconds.default(900),
  max_block_time: seconds.default(86_400),
});

const LIVENESS_CONFIG = z.object({
  gestures: z.array(z.enum(GESTURE_NAMES)).min(1).max(GESTURE_NAMES.length).default(GESTURE_NAMES),
  gestures_count: z.int().min(1).max(5).default(2),
  gesture_timeout: z.int().min(3).max(60).default(10),
  max_attempts: z.int().min(1).max(10).default(3),
  face_match_threshold: z.number().min(0).max(1).default(0.6),
});

/** The shapes of tenants that the description names. */
export const TENANT_COMPONENTS = { BlockConfig: BLOCK_CONFIG, LivenessConfig: LIVENESS_CONFIG } as const;

const LOGIN_ORDER = z.array(z.enum(PART_NAMES)).max(PART_NAMES.length);

/** The members of a new tenant behind its names, as they are answered: faults are listed in this order. */
const MEMBERS = {
  register_enable: z.boolean().default(false),
  is_2fa: z.boolean().default(false).describe('Cannot be changed later.'),
  use_pin: z.boolean().default(true),
  pin_size: z.int().min(3).max(6).default(6),
  use_pattern: z.boolean().default(true),
  patter_size: z.union([z.literal(3), z.literal(4)]).default(3),
  use_face_recognition: z.boolean().default(false),
  use_liveness: z.boolean().default(false),
  show_pin_when_typing: z.boolean().default(true),
  block_config: BLOCK_CONFIG.prefault({}),
  login_order: LOGIN_ORDER.default(['PIN', 'PATTERN']),
  passkey_enabled: z.boolean().default(false),
  has_username_and_email: z.boolean().default(true),
  liveness_config: LIVENESS_CONFIG.nullable().default(null),
};

const { is_2fa: _, ...CHANGEABLE } = MEMBERS;

interface Sent {
  readonly use_face_recognition: boolean;
  readonly use_liveness: boolean;
  readonly login_order?: readonly Part[] | null | undefined;
  readonly block_config?: Readonly<z.output<typeof BLOCK_CONFIG>> | null | undefined;
  readonly liveness_config: Readonly<z.output<typeof LIVENESS_CONFIG>> | null;
}

/** Refuses members that do not fit each other. */
function checkTogether(tenant: Sent, context: z.RefinementCtx): void {
  const refuse = (path: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const { login_order: order, block_config: blocks, liveness_config: liveness } = tenant;
  if (tenant.use_liveness && !tenant.use_face_recognition)
    refuse(['use_liveness'], 'Liveness is checked only where faces are recognized.');
  if (blocks != null && blocks.max_block_time < blocks.initial_block_time)
    refuse(['block_config', 'max_block_time'], 'It is at least initial_block_time.');
  if (order != null && new Set(order).size < order.length) refuse(['login_order'], 'A part stands once.');
  if (liveness === null) return;
  if (new Set(liveness.gestures).size < liveness.gestures.length)
    refuse(['liveness_config', 'gestures'], 'A gesture stands once.');
  if (liveness.gestures_count > liveness.gestures.length)
    refuse(['liveness_config', 'gestures_count'], 'No more gestures can be asked for than there are.');
}

/** A new tenant. */
export const NEW_TENANT = z
  .object({
    tenant_id: TENANT_ID.describe('Name of the tenant, which never changes.'),
    display_name: z.string().max(255).default(''),
    ...MEMBERS,
  })
  .superRefine(checkTogether);

/** All members of a tenant that can be changed; those that are left out have their defaults. */
export const SENT_TENANT = z
  .object({
    tenant_id: z.string().optional().describe('That of the path.'),
    display_name: z.string().max(255),
    ...CHANGEABLE,
    // Each stays at its place among the others.
    block_config: BLOCK_CONFIG.nullable().default(null).describe('Null keeps the present one.'),
    login_order: LOGIN_ORDER.nullable().default(null).describe('Null keeps the present one.'),
  })
  .superRefine(checkTogether);

type Changed = z.output<typeof SENT_TENANT>;

/** The settings of the graph. */
export function toSettings(tenant: Omit<Changed, 'display_name' | 'tenant_id'>): TenantSettingsInput {
  const { block_config: blocks, login_order: order, liveness_config: liveness } = tenant;
  return {
    registration: tenant.register_enable,
    emailIsUsername: !tenant.has_username_and_email,
    isPasskeyEnabled: tenant.passkey_enabled,
    imageProof: {
      isPinUsed: tenant.use_pin,
      pinSize: tenant.pin_size,
      isPatternUsed: tenant.use_pattern,
      gridSize: tenant.patter_size,
      isPinShown: tenant.show_pin_when_typing,
      isFaceRecognized: tenant.use_face_recognition,
      isLivenessChecked: tenant.use_liveness,
      ...(order === null ? {} : { order: order.map((part) => PARTS[part]) }),
      liveness:
        liveness === null
          ? null
          : {
              gestures: liveness.gestures.map((gesture) => GESTURES[gesture]),
              gestureCount: liveness.gestures_count,
              gestureSeconds: liveness.gesture_timeout,
              maxAttempts: liveness.max_attempts,
              faceThreshold: liveness.face_match_threshold,
            },
    },
    ...(blocks === null
      ? {}
      : {
          lockout: {
            ipLimit: blocks.ip_attempts_limit,
            ipWindowSeconds: blocks.ip_reset_time,
            baseWaitSeconds: blocks.initial_block_time,
            accountLimit: blocks.user_attempts_limit,
            accountWindowSeconds: blocks.user_timeframe,
            maxWaitSeconds: blocks.max_block_time,
          },
        }),
  };
}

const NUMBER = z.number().int();

/** A tenant as it is answered. */
export const TENANT = z.strictObject({
  tenant_id: z.string(),
  display_name: z.string(),
  register_enable: z.boolean(),
  is_2fa: z.boolean(),
  use_pin: z.boolean(),
  pin_size: NUMBER,
  use_pattern: z.boolean(),
  patter_size: NUMBER,
  use_face_recognition: z.boolean(),
  use_liveness: z.boolean(),
  show_pin_when_typing: z.boolean(),
  block_config: z.strictObject({
    ip_attempts_limit: NUMBER,
    ip_reset_time: NUMBER,
    initial_block_time: NUMBER,
    user_attempts_limit: NUMBER,
    user_timeframe: NUMBER,
    max_block_time: NUMBER,
  }),
  login_order: z.array(z.enum(PART_NAMES)),
  passkey_enabled: z.boolean(),
  has_username_and_email: z.boolean(),
  liveness_config: z
    .strictObject({
      gestures: z.array(z.enum(GESTURE_NAMES)),
      gestures_count: NUMBER,
      gesture_timeout: NUMBER,
      max_attempts: NUMBER,
      face_match_threshold: z.number(),
    })
    .nullable(),
});

/** A tenant as everybody may know it. */
export const PUBLIC_TENANT = TENANT.omit({ block_config: true });

export function showPublicTenant(
  tenant: ClientTenantData['clientPresentation']['tenant'],
): z.input<typeof PUBLIC_TENANT> {
  const { imageProof: proof } = tenant;
  const { liveness } = proof;
  return {
    tenant_id: tenant.name,
    display_name: tenant.displayName ?? '',
    register_enable: tenant.registration,
    is_2fa: tenant.isSecondFactorOnly,
    use_pin: proof.isPinUsed,
    pin_size: proof.pinSize,
    use_pattern: proof.isPatternUsed,
    patter_size: proof.gridSize,
    use_face_recognition: proof.isFaceRecognized,
    use_liveness: proof.isLivenessChecked,
    show_pin_when_typing: proof.isPinShown,
    login_order: proof.order.map((part) => nameIn(PARTS, part)),
    passkey_enabled: tenant.isPasskeyEnabled,
    has_username_and_email: !tenant.emailIsUsername,
    liveness_config:
      liveness === null
        ? null
        : {
            gestures: liveness.gestures.map((gesture) => nameIn(GESTURES, gesture)),
            gestures_count: liveness.gestureCount,
            gesture_timeout: liveness.gestureSeconds,
            max_attempts: liveness.maxAttempts,
            face_match_threshold: liveness.faceThreshold,
          },
  };
}

/** @throws NOT_FOUND The tenant was deleted meanwhile. */
export function showTenant({ name, displayName, settings }: TenantData['tenant']): z.input<typeof TENANT> {
  const { lockout, ...others } = present(settings);
  return {
    ...showPublicTenant({ name, displayName, ...others }),
    block_config: {
      ip_attempts_limit: lockout.ipLimit,
      ip_reset_time: lockout.ipWindowSeconds,
      initial_block_time: lockout.baseWaitSeconds,
      user_attempts_limit: lockout.accountLimit,
      user_timeframe: lockout.accountWindowSeconds,
      max_block_time: lockout.maxWaitSeconds,
    },
  };
}
