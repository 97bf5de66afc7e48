import type { SchemaModule } from '../kit/schema-module.ts';
import { RightPartyResolver, RightResolver, UserRightsResolver } from './right.resolver.ts';

export const rights: SchemaModule = { resolvers: [RightResolver, RightPartyResolver, UserRightsResolver] };
