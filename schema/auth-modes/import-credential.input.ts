import { Field, Float, InputType } from 'type-graphql';
import type { ForeignCredential } from '../../src/auth-modes/index.ts';
import { given } from '../kit/given.ts';

@InputType({ description: 'A credential that another service made. Details and secrets are JSON texts.' })
export class ImportCredentialInput {
  @Field(() => String, { nullable: true, description: '`password` or `otp`; others cannot be read.' })
  type?: string | null;
  @Field(() => String, { nullable: true, description: 'Details, such as algorithm and iterations of a hash.' })
  credentialData?: string | null;
  @Field(() => String, { nullable: true, description: 'Hash and salt of a password, or the secret of an app.' })
  secretData?: string | null;
  @Field(() => String, { nullable: true, description: 'A password in plain text.' })
  value?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the password has to be changed. Default false.' })
  isTemporary?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Name of the credential.' })
  userLabel?: string | null;
  @Field(() => Float, { nullable: true, description: 'When it was made, in milliseconds since 1970.' })
  createdDate?: number | null;
}

/** The credential as the service takes it. */
export const toForeignCredential = ({ isTemporary, ...input }: ImportCredentialInput): ForeignCredential =>
  ({ ...given(input), ...(isTemporary == null ? {} : { temporary: isTemporary }) }) as ForeignCredential;
