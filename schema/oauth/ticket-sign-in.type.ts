import { ObjectType } from 'type-graphql';
import { AuthorizePayload } from './authorization.type.ts';

@ObjectType({ description: 'What the browser does after its session has begun.' })
export class RedeemSignInTicketPayload extends AuthorizePayload {}
