// The enum's file has decorators, and tests load it before the schema.
import 'reflect-metadata';
import type { OAuthForms } from '../../../rest-compat/index.ts';
import { IssuerKindName } from '../../../schema/oauth/oauth.type.ts';
import { describeTokenForm } from '../../oauth/index.ts';

/** The parameters that the grants declare, for the API descriptions of the dialects. */
export const OAUTH_FORMS: OAuthForms = { token: (issuerKind) => describeTokenForm(IssuerKindName[issuerKind]) };
