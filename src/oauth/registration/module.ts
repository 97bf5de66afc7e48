import type { ClientService } from '../../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type { ServiceAccountFlow } from '../../flows/index.ts';
import { byTenant } from '../../persistence/index.ts';
import type { TokenAuthenticator } from '../callers/token.authenticator.ts';
import { InitialAccessTokenEntity, RegistrationTokenEntity } from './registration.entity.ts';
import { registrationErrors } from './registration.errors.ts';
import { registrationEvents } from './registration.events.ts';
import { RegistrationService } from './registration.service.ts';
import { RegistrationStore } from './registration.store.ts';

interface RegistrationNeeds extends ModuleBase {
  readonly clients: ClientService;
  readonly serviceAccounts: ServiceAccountFlow;
  readonly oauth: { readonly authenticator: TokenAuthenticator };
}

export const registration = {
  name: 'registration',
  entities: [InitialAccessTokenEntity, RegistrationTokenEntity],
  foreignKeys: [byTenant('registration_tokens', 'client_uuid', 'clients')],
  errors: [registrationErrors],
  events: [registrationEvents],
  create: ({ base, clients, serviceAccounts, oauth }: RegistrationNeeds) => {
    const store = new RegistrationStore(base.db);
    const { authenticator } = oauth;
    return {
      services: {
        /** Clients that register themselves. */
        registrations: new RegistrationService({ ...base, store, clients, serviceAccounts, authenticator }),
      },
      sweeps: [(limit: number) => store.sweepExpired(base.clock.now(), limit)],
    };
  },
} as const satisfies ServiceModule;
