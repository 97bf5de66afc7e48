// The enum's file has decorators, and tests load it before the schema.
import 'reflect-metadata';
import type { OAuthForms } from '../../../rest-compat/index.ts';
import { IssuerKindName } from '../../../schema/oauth/oauth.type.ts';
import { AUTHORIZATION_FORM, describeTokenForm, POST_SIGN_OUT_FORM, SIGN_OUT_FORM } from '../../oauth/index.ts';

/** The parameters that the grants and the browser endpoints declare, for the API descriptions of the dialects. */
export const OAUTH_FORMS: OAuthForms = {
  token: (issuerKind) => describeTokenForm(IssuerKindName[issuerKind]),
  authorization: () => AUTHORIZATION_FORM,
  endSession: () => SIGN_OUT_FORM,
  postSignOut: () => POST_SIGN_OUT_FORM,
};
