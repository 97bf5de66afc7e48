import { z } from 'zod';
import type { UserinfoData } from '../oidc/operations.generated.ts';

/** The language of users who have none. */
const DEFAULT_LOCALE = 'en';

/** Who a user is. What the scopes of the token do not allow has its default. */
export const USERINFO = z.strictObject({
  sub: z.string(),
  created_at: z.int().describe('In seconds since 1970.'),
  name: z.string(),
  email: z.string(),
  email_verified: z.boolean(),
  updated_at: z.int().describe('In seconds since 1970.'),
  locale: z.string(),
  tenant_id: z.string(),
});

const CLAIMS = z.object({
  sub: z.string(),
  created_at: z.int(),
  name: z.string().default(''),
  email: z.string().default(''),
  email_verified: z.boolean().default(false),
  updated_at: z.int(),
  locale: z.string().default(DEFAULT_LOCALE),
});

export const showUserinfo = (
  { userinfo }: UserinfoData,
  { tenantName }: { readonly tenantName: string },
): z.input<typeof USERINFO> => ({ ...CLAIMS.parse(userinfo), tenant_id: tenantName });
