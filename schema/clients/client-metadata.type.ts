import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum ApplicationType {
  WEB = 'web',
  NATIVE = 'native',
}
registerEnumType(ApplicationType, {
  name: 'ApplicationType',
  description: 'Kind of an application (OpenID Connect Dynamic Client Registration section 2).',
  valuesConfig: {
    WEB: { description: 'It runs on a server or in a browser.' },
    NATIVE: {
      description:
        'It is installed on a device. Its redirect addresses may have a scheme that is a reversed domain name, such as `com.example.app` (RFC 8252).',
    },
  },
});

export enum ResponseType {
  CODE = 'code',
}
registerEnumType(ResponseType, {
  name: 'ResponseType',
  description: 'What the answer to an authorization request contains.',
  valuesConfig: {
    CODE: { description: 'A code, which the client exchanges for tokens (RFC 6749 section 4.1).' },
  },
});

export enum TokenEndpointAuthMethod {
  CLIENT_SECRET_BASIC = 'client_secret_basic',
  CLIENT_SECRET_POST = 'client_secret_post',
  NONE = 'none',
}
registerEnumType(TokenEndpointAuthMethod, {
  name: 'TokenEndpointAuthMethod',
  description: 'How a client authenticates at the endpoints of OAuth (RFC 7591 section 2).',
  valuesConfig: {
    CLIENT_SECRET_BASIC: { description: 'With its secret as HTTP Basic.' },
    CLIENT_SECRET_POST: { description: 'With its secret in the form.' },
    NONE: { description: 'With its `client_id` alone: public clients.' },
  },
});

export enum ConsentDemand {
  REQUIRED = 'required',
  TRUSTED = 'trusted',
}
registerEnumType(ConsentDemand, {
  name: 'ConsentDemand',
  description: 'Whether users are asked before a client gets their data.',
  valuesConfig: {
    REQUIRED: { description: 'Users are asked.' },
    TRUSTED: { description: 'Users are not asked: the client belongs to the operator.' },
  },
});

export enum PkceDemand {
  REQUIRED = 'required',
  OPTIONAL = 'optional',
}
registerEnumType(PkceDemand, {
  name: 'PkceDemand',
  description: 'Whether authorization requests of a client need a `code_challenge` (RFC 7636).',
  valuesConfig: {
    REQUIRED: { description: 'Requests without it are refused.' },
    OPTIONAL: { description: 'Requests without it are accepted.' },
  },
});

export enum SpecialFlowType {
  EXTERNAL_FACTOR = 'external-factor',
}
registerEnumType(SpecialFlowType, {
  name: 'SpecialFlowType',
  description: 'A flow that OAuth does not define.',
  valuesConfig: {
    EXTERNAL_FACTOR: { description: 'Another service signs people in and asks this one for their second factor.' },
  },
});

export enum SpecialFlowClaim {
  PREFERRED_USERNAME = 'preferred_username',
  OID = 'oid',
}
registerEnumType(SpecialFlowClaim, {
  name: 'SpecialFlowClaim',
  description: 'Which claim of another service names a user.',
  valuesConfig: {
    PREFERRED_USERNAME: {
      description: '`preferred_username`: the name with which the user signs in there, and here.',
    },
    OID: { description: '`oid`: the id of the user there, which is the `externalId` of the user here.' },
  },
});

const SPECIAL_FLOW = 'A flow of a client beside those of OAuth, in which another service asks for a second factor.';

@ObjectType('SpecialFlow', { description: SPECIAL_FLOW })
@InputType('SpecialFlowInput', { description: SPECIAL_FLOW })
export class SpecialFlow {
  @Field(() => SpecialFlowType, { description: 'Which flow it is.' })
  type!: SpecialFlowType;
  @Field(() => ID, { description: 'Id of the application at the other service, a UUID.' })
  applicationId!: string;
  @Field(() => [ID], {
    description: 'Ids of the directories of the other service whose users may come, UUIDs; 1 to 100.',
  })
  directoryIds!: string[];
  @Field(() => SpecialFlowClaim, { description: 'Which claim of the other service names the user.' })
  userClaim!: SpecialFlowClaim;
}
