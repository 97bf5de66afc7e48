import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A program or system with its version, as far as they are known.' })
export class NamedVersion {
  @Field(() => String, { nullable: true, description: 'Such as `Chrome` or `Windows`; null when unknown.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'Such as `126.0.0.0` or `10`; null when unknown.' })
  version!: string | null;
}

@ObjectType('UserAgent', {
  description:
    'Browser, device and system parsed from a `User-Agent` header. The sender can write any text there, so show it to people but do not base decisions on it.',
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
    description:
      'Type of the device, such as `mobile` or `tablet`; null when the header does not say, as with desktop browsers.',
  })
  deviceType!: string | null;
}
