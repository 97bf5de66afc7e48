import { defineErrors } from '../kernel/index.ts';

export const userErrors = defineErrors({
  USER_NOT_FOUND: { kind: 'not-found', message: 'There is no such user.' },
  USER_ID_INVALID: { kind: 'invalid', message: 'This cannot be the id of a user.' },
  USER_ID_FIXED: { kind: 'refused', message: 'The id of a user cannot be changed.' },
  USER_ID_TAKEN: { kind: 'conflict', message: 'A user with this id exists.' },
  USER_USERNAME_INVALID: { kind: 'invalid', message: 'This cannot be a username.' },
  USER_USERNAME_TAKEN: { kind: 'conflict', message: 'A user with this username exists.' },
  USER_EMAIL_INVALID: { kind: 'invalid', message: 'This is not an e-mail address.' },
  USER_EMAIL_TAKEN: { kind: 'conflict', message: 'A user with this e-mail address exists.' },
  USER_EMAIL_AMBIGUOUS: {
    kind: 'conflict',
    message: 'E-mail addresses cannot be unique: several accounts share one, or one is the name of another account.',
  },
  USER_PHONE_INVALID: { kind: 'invalid', message: 'This is not a phone number.' },
  USER_ATTRIBUTE_INVALID: { kind: 'invalid', message: 'An attribute is not valid.' },
  USER_ATTRIBUTE_REFUSED: {
    kind: 'invalid',
    message: "An attribute does not pass the tenant's validators; the code of each field is the tenant's own.",
  },
  USER_ATTRIBUTE_UNMODIFIABLE: { kind: 'invalid', message: 'An attribute cannot be changed.' },
  USER_PROPERTY_INVALID: { kind: 'invalid', message: 'A property is not valid.' },
});
