import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType } from 'type-graphql';

const LANGUAGE = 'Language of the text, as a language tag such as `de` or `pt-BR`.';

@InputType({ description: 'A text of a tenant in place of one of the service.' })
export class SetTenantTextInput {
  @Field(() => String, { description: LANGUAGE })
  language!: string;
  @Field(() => String, {
    description:
      'What it stands for: 1 ... 255 characters. Keys such as `actions-link.subject` and `actions-link.text` are those of mails; others are stored without effect.',
  })
  key!: string;
  @Field(() => String, {
    description:
      'At most 4,000 characters, and 64 KiB in all texts of the tenant. `{app}`, `{link}` and other values of the mail are put in; an empty text stands for that of the service.',
  })
  text!: string;
}

@InputType({ description: 'Texts of a tenant to remove.' })
export class RemoveTenantTextsInput {
  @Field(() => String, { description: LANGUAGE })
  language!: string;
  @Field(() => String, { nullable: true, description: 'The text. Default: all of the language.' })
  key?: string | null;
}

@ObjectType({ description: 'Result of a change to the texts of a tenant.' })
class TenantTextsPayload {
  @Field(() => GraphQLJSONObject, { description: 'All texts after the change, by language and then by key.' })
  texts!: object;
}

@ObjectType({ description: 'Result of setting a text.' })
export class SetTenantTextPayload extends TenantTextsPayload {}

@ObjectType({ description: 'Result of removing texts.' })
export class RemoveTenantTextsPayload extends TenantTextsPayload {}
