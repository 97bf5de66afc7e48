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
export class ScimRefusal extends Error {
  override readonly name = 'ScimRefusal';
  readonly scimType: ScimType;

  constructor(scimType: ScimType, message: string) {
    super(message);
    this.scimType = scimType;
  }
}
