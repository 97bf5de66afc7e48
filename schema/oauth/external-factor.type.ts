import { ObjectType } from 'type-graphql';
import { AuthorizePayload } from './authorization.type.ts';

@ObjectType({ description: 'What the browser does after a request for a second factor.' })
export class RequestExternalFactorPayload extends AuthorizePayload {}

@ObjectType({ description: 'What the browser does at the beginning of the sign-in.' })
export class BeginExternalFactorPayload extends AuthorizePayload {}

@ObjectType({ description: 'What the browser does after the pages of the sign-in.' })
export class ResumeExternalFactorPayload extends AuthorizePayload {}

@ObjectType({ description: 'What the browser posts to the other service.' })
export class AnswerExternalFactorPayload extends AuthorizePayload {}
