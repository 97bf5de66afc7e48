import { z } from 'zod';

/** Whether a certificate is there: `ACTIVE`, `BLOCKED` or `REQUESTED`. No service here makes any. */
const NO_CERTIFICATE = 'BLOCKED';

const CERTIFICATES = z.strictObject({ authentication: z.string(), encryption: z.string(), signature: z.string() });

/** How far a tenant is set up. */
export const TENANT_STATUS = z.strictObject({
  status: z.string().describe('`ACTIVE` if everything is, else `REQUESTED` if anything is, else `BLOCKED`.'),
  iamStatus: z.string().describe('`SUCCESS` as soon as the tenant exists.'),
  signerCertStatus: z.string(),
  identityUserCertStatus: z.strictObject({ externalIdentityUser: CERTIFICATES, internalIdentityUser: CERTIFICATES }),
});

const NONE = { authentication: NO_CERTIFICATE, encryption: NO_CERTIFICATE, signature: NO_CERTIFICATE };

/** The status of every tenant. */
export const STATUS_SHOWN: z.input<typeof TENANT_STATUS> = {
  status: NO_CERTIFICATE,
  iamStatus: 'SUCCESS',
  signerCertStatus: NO_CERTIFICATE,
  identityUserCertStatus: { externalIdentityUser: NONE, internalIdentityUser: NONE },
};
