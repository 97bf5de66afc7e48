import type { z } from 'zod';
import { HIDDEN } from '../../realms/realm.ts';
import { SENT_PROVIDER, toNewProvider } from '../identity-provider.ts';
import { faulty, isMembers, joined, type Read, type Reader, readEach, readOne, textIn } from './row.ts';

const PROVIDERS: Reader<'provider', z.output<typeof SENT_PROVIDER>> = {
  kind: 'provider',
  shape: SENT_PROVIDER,
  toInput: toNewProvider,
};

function readProvider(sent: unknown): Read {
  const name = { owner: '', name: textIn(sent, 'alias') };
  const read = readOne(PROVIDERS, name, sent);
  const config = isMembers(sent) ? sent['config'] : null;
  if (read.rows.length === 0 || textIn(config, 'clientSecret') !== HIDDEN) return read;
  return joined([read, faulty({ kind: 'provider', ...name, reason: 'SECRET_HIDDEN', at: 'config.clientSecret' })]);
}

/** The identity providers. A secret that the export hides has to be set again. */
export const readProviders = (providers: unknown): Read => readEach('identityProviders', providers, readProvider);

/** The service has no mappers of providers: each is a fault. */
export const readProviderMappers = (mappers: unknown): Read =>
  readEach('identityProviderMappers', mappers, (sent) =>
    faulty({
      kind: 'providerMapper',
      owner: textIn(sent, 'identityProviderAlias'),
      name: textIn(sent, 'name'),
      reason: 'WITHOUT_EFFECT',
      at: '',
    }),
  );
