import { IdentityError } from '../../../src/kernel/index.ts';

/** Values of `scimType` (RFC 7644 section 3.12) that the functions of this folder give. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'sensitive'
  | 'tooMany';

/** A request that SCIM refuses; the message is for the caller. */
export class ScimRefusal extends IdentityError {
  readonly scimType: ScimType;

  constructor(scimType: ScimType, message: string) {
    // What is sensitive may not be asked; everything else is a fault of a value.
    const isForbidden = scimType === 'sensitive';
    super(isForbidden ? 'FORBIDDEN' : 'INVALID_INPUT', isForbidden ? 'forbidden' : 'invalid', message);
    this.scimType = scimType;
  }
}
