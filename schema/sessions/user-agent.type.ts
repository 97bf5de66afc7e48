import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A program or system with its version, as far as they are told.' })
export class NamedVersion {
  @Field(() => String, { nullable: true, description: 'Such as `Chrome` or `Windows`; null when unknown.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'Such as `126.0.0.0` or `10`; null when unknown.' })
  version!: string | null;
}

@ObjectType('UserAgent', {
  description:
    'What a `User-Agent` header says of the machine behind it. Its sender chooses the text: it is for people to read, never to decide by.',
})
export class UserAgentType {
  @Field(() => NamedVersion, { description: 'The browser.' })
  browser!: NamedVersion;
  @Field(() => NamedVersion, { description: 'The operating system.' })
  os!: NamedVersion;
  @Field(() => String, {
    nullable: true,
    description: 'Vendor and model of a phone or tablet, such as `Apple iPhone`; null when unknown.',
  })
  device!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'What the device is, such as `mobile` or `tablet`; null for what does not say, as desktop browsers.',
  })
  deviceType!: string | null;
}
