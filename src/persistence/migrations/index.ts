import { Migration20261122GroupSearch } from './20261122-group-search.ts';
import { Migration20261122Initial } from './20261122-initial.ts';
import { Migration20261126ClientMetadata } from './20261126-client-metadata.ts';
import { Migration20261126ClusterFacts } from './20261126-cluster-facts.ts';
import { Migration20261126EventApi } from './20261126-event-api.ts';
import { Migration20261126EventRetentions } from './20261126-event-retentions.ts';
import { Migration20261126EventsByType } from './20261126-events-by-type.ts';
import { Migration20261126LinkedAppCreate } from './20261126-linked-app-create.ts';
import { Migration20261126PresentBlocks } from './20261126-present-blocks.ts';
import { Migration20261126RareUsers } from './20261126-rare-users.ts';
import { Migration20261126RolesByName } from './20261126-roles-by-name.ts';
import { Migration20261126ServedWords } from './20261126-served-words.ts';
import { Migration20261126SessionsByOrigin } from './20261126-sessions-by-origin.ts';
import { Migration20261126SigningKeyMoments } from './20261126-signing-key-moments.ts';
import { Migration20261127CodeBuckets } from './20261127-code-buckets.ts';
import { Migration20261127CodeFamilies } from './20261127-code-families.ts';
import { Migration20261127GroupsByPath } from './20261127-groups-by-path.ts';
import { Migration20261127Interactions } from './20261127-interactions.ts';
import { Migration20261127IssuerHosts } from './20261127-issuer-hosts.ts';
import { Migration20261127NativeApplications } from './20261127-native-applications.ts';
import { Migration20261127RefreshRotations } from './20261127-refresh-rotations.ts';
import { Migration20261127SigningKeysByEnd } from './20261127-signing-keys-by-end.ts';

/** In the order in which they run. Never change a released migration: databases store only the names of those that ran. */
export const MIGRATIONS = [
  { name: 'Migration20261122Initial', class: Migration20261122Initial },
  { name: 'Migration20261122GroupSearch', class: Migration20261122GroupSearch },
  { name: 'Migration20261126EventApi', class: Migration20261126EventApi },
  { name: 'Migration20261126ClusterFacts', class: Migration20261126ClusterFacts },
  { name: 'Migration20261126EventRetentions', class: Migration20261126EventRetentions },
  { name: 'Migration20261126ClientMetadata', class: Migration20261126ClientMetadata },
  { name: 'Migration20261126SigningKeyMoments', class: Migration20261126SigningKeyMoments },
  { name: 'Migration20261126LinkedAppCreate', class: Migration20261126LinkedAppCreate },
  { name: 'Migration20261126ServedWords', class: Migration20261126ServedWords },
  { name: 'Migration20261126SessionsByOrigin', class: Migration20261126SessionsByOrigin },
  { name: 'Migration20261126RareUsers', class: Migration20261126RareUsers },
  { name: 'Migration20261126RolesByName', class: Migration20261126RolesByName },
  { name: 'Migration20261126PresentBlocks', class: Migration20261126PresentBlocks },
  { name: 'Migration20261126EventsByType', class: Migration20261126EventsByType },
  { name: 'Migration20261127NativeApplications', class: Migration20261127NativeApplications },
  { name: 'Migration20261127RefreshRotations', class: Migration20261127RefreshRotations },
  { name: 'Migration20261127SigningKeysByEnd', class: Migration20261127SigningKeysByEnd },
  { name: 'Migration20261127IssuerHosts', class: Migration20261127IssuerHosts },
  { name: 'Migration20261127GroupsByPath', class: Migration20261127GroupsByPath },
  { name: 'Migration20261127CodeFamilies', class: Migration20261127CodeFamilies },
  { name: 'Migration20261127Interactions', class: Migration20261127Interactions },
  { name: 'Migration20261127CodeBuckets', class: Migration20261127CodeBuckets },
] as const;
