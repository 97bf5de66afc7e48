/** What those who manage clients decide about them. */
import { z } from 'zod';
import { isStorableText } from '../../kernel/index.ts';
import { MANAGER, type MetadataMember } from './member.ts';

const MAX_NAME = 255;

const flag = <W extends string>(wire: W, isDefault: boolean) =>
  ({
    wire,
    check: z.boolean('True or false is needed here.'),
    default: () => isDefault,
    setBy: MANAGER,
  }) as const satisfies MetadataMember<boolean>;

/** Whether the client can be deleted only after this was taken back. */
export const IS_DELETION_LOCKED = flag('deletion_locked', false);

/** Whether people may register themselves while they sign in to the client, where the tenant lets them. */
export const IS_REGISTRATION_ENABLED = flag('registration_enabled', true);

/** Name of the organisation that pages show with the client. */
export const ORGANIZATION_NAME = {
  wire: 'organization_name',
  check: z
    .string()
    .max(MAX_NAME, `At most ${MAX_NAME} characters.`)
    .refine(isStorableText, 'Control characters cannot be stored.'),
  default: () => null,
  setBy: MANAGER,
} as const satisfies MetadataMember<string>;
