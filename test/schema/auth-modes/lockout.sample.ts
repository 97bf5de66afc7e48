import { joinKey } from '../../../schema/global-id.ts';
import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ user }) => ({ Lockout: joinKey(['account', user.id, 'password']) });
