import { Authority, PermissionSet } from '../access/index.ts';

/** How a used link or code of a mail shows in `amr`. RFC 8176 has no value for what arrives in a mail. */
export const LINK_AMR: readonly string[] = ['email'];

/**
 * The authority of a user who has used a link or a code that was mailed to the account.
 * @param authTime When it was used.
 * @param permissions What the mail lets the user do beside changes of the account.
 */
export const authorityByMail = (
  { caller, tenant }: Authority,
  userId: string,
  authTime: Date,
  permissions = PermissionSet.none,
): Authority =>
  new Authority({ ...caller, kind: 'user', tenant, userId, amr: LINK_AMR, authTime, permissions }, tenant, 'tenant');
