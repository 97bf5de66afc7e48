import type { ServiceModule } from '../composition/index.ts';
import { SigningKeyEntity } from './keys/signing-key.entity.ts';
import { oauthErrors } from './oauth.errors.ts';
import { oauthEvents } from './oauth.events.ts';

export const oauth = {
  name: 'oauth',
  entities: [SigningKeyEntity],
  errors: [oauthErrors],
  events: [oauthEvents],
} satisfies ServiceModule;
