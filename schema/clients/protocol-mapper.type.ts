import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType('ProtocolMapper', {
  description:
    'Puts claims into the tokens of a client, or of the clients that have a scope, at issuers that know mappers. Claims that say who issued a token, to whom and for what are never changed.',
})
export class ProtocolMapperType {
  @Field(() => ID, { description: 'UUID of the mapper.' })
  mapperId!: string;
  @Field(() => String, { description: 'Name, unique among the mappers of its client or scope.' })
  name!: string;
  @Field(() => String, { description: 'What it does, such as `oidc-usermodel-attribute-mapper`.' })
  type!: string;
  @Field(() => GraphQLJSONObject, { description: 'Texts by name, such as `claim.name`.' })
  config!: Record<string, string>;
  @Field(() => Boolean, {
    description: 'Whether it can change a token; mappers of other types, or for other claims, are kept without effect.',
  })
  hasEffect!: boolean;
}
