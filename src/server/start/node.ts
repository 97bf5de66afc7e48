import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DIALECTS, mountRestCompat } from '../../../rest-compat/index.ts';
import { buildGraph } from '../../../schema/build.ts';
import type { Services } from '../../../schema/context.ts';
import { MasterKey } from '../../crypto/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database, DatabaseLocation } from '../../persistence/index.ts';
import { MASTER_TENANT } from '../../tenants/index.ts';
import type { Config } from '../environment/config.ts';
import type { Logger } from '../environment/logger.ts';
import { StartRefused } from '../environment/start-refused.ts';
import { ClientDocuments } from '../graphql/client-documents.ts';
import { graphiql } from '../graphql/graphiql.ts';
import { createGraphqlEndpoint, type GraphqlEndpoint, type GraphqlOptions } from '../graphql/graphql.ts';
import { TrustedDocuments } from '../graphql/trusted-documents.ts';
import { createSocketEndpoint } from '../graphql/ws.ts';
import { startPage } from '../http/addresses.ts';
import { apiDocs } from '../http/api-docs.ts';
import { createCallerAuthenticator, createTokenAuthenticator } from '../http/caller.authenticator.ts';
import { limitFailures } from '../http/failure-limit.ts';
import { createHttpServer, type HttpServer } from '../http/http.ts';
import { createMetrics } from '../http/metrics.ts';
import { createPageDocuments } from '../http/page-documents.ts';
import { createRestHost } from '../http/rest-host.ts';
import { serveWebBuilds, WEB_BUILDS } from '../http/web-builds.ts';
import { createRegistry } from '../registry/index.ts';
import { OAUTH_FORMS } from '../registry/oauth-forms.ts';
import { type Bootstrapped, bootstrap } from './bootstrap.ts';
import { ClusterStore } from './cluster.store.ts';
import { DataDirectory } from './data-dir.ts';
import { ClockWatch, DatabaseClock, type TimeSource } from './database-clock.ts';
import { type DemoTenant, makeDemo } from './demo.ts';
import { requireMasterKey } from './master-key-check.ts';
import { openDatabase } from './open-database.ts';
import { SharedOrigin } from './shared-origin.ts';
import { Sweeper } from './sweeper.ts';
import { createTransports } from './transports.ts';

/** A node that serves. */
export interface RunningNode {
  /** The address it listens on, as seen from this machine: `http://127.0.0.1:4000`. */
  readonly localUrl: string;
  /** The address clients use: `PUBLIC_URL`. */
  readonly publicUrl: string;
  readonly services: Services;
  /** What the first start made; null on later ones. */
  readonly bootstrapped: Bootstrapped | null;
  readonly demo: DemoTenant | null;
  /**
   * Serves for `DRAIN_SECONDS` more while it reports that it is not ready, then finishes the requests under way and releases
   * all resources within 5 s. A second call has the effect of one.
   * @param isHurried Skip `DRAIN_SECONDS`.
   */
  stop(isHurried?: boolean): Promise<void>;
}

/** The resources that have to be released, latest first, also when the start fails halfway. */
class Holdings {
  readonly #releases: (() => Promise<void> | void)[] = [];
  #released: Promise<void> | undefined;

  add(release: () => Promise<void> | void): void {
    this.#releases.push(release);
  }

  releaseAll(onError: (error: unknown) => void): Promise<void> {
    this.#released ??= (async () => {
      for (const release of this.#releases.reverse()) {
        try {
          await release();
        } catch (error) {
          onError(error);
        }
      }
    })();
    return this.#released;
  }
}

/**
 * Starts a node: lock, port, database, migrations, services, bootstrap, APIs.
 * @param time Clock of the machine; tests of several machines pass a different one to each.
 * @throws StartRefused The message names what the operator has to change.
 */
export async function startNode(config: Config, logger: Logger, time?: TimeSource): Promise<RunningNode> {
  const holdings = new Holdings();
  const stop = () => holdings.releaseAll((error) => logger.error({ err: error }, 'A resource was not released'));
  try {
    return await start({ config, logger, clock: new DatabaseClock(time), holdings, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Start {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: DatabaseClock;
  readonly holdings: Holdings;
  readonly stop: () => Promise<void>;
}

async function start({ config, logger, clock, holdings, stop }: Start): Promise<RunningNode> {
  const trusted = config.trustedDocuments === null ? null : TrustedDocuments.load(config.trustedDocuments, WEB_BUILDS);
  const { location, masterKey } = await findStore(config, holdings);
  const metrics = createMetrics();
  let isServing = async (): Promise<boolean> => false;
  const http = createHttpServer({
    logger,
    metrics,
    publicUrl: config.publicUrl ?? 'http://localhost',
    isReady: () => isServing(),
  });
  const port = await listen(http, config, holdings);
  const publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  const db = await openDatabase(location, logger);
  holdings.add(() => db.close());
  const clockWatch = new ClockWatch(db, clock, logger);
  await clockWatch.start();
  holdings.add(() => clockWatch.stop());
  const { services, sweeps } = createRegistry({
    db,
    clock,
    masterKey,
    publicUrl,
    defaultTenant: config.defaultTenant,
    privateHosts: config.privateHosts,
    natsUrl: config.natsServers?.join(','),
    natsTimeoutMs: config.timeouts.natsMs,
    providerTimeoutMs: config.timeouts.providerMs,
    factorAuthorities: config.factorAuthorities,
    transports: createTransports(config, publicUrl, logger),
    onError: (error) => logger.warn({ err: error }, 'A background loop failed and will try again'),
  });
  await agree({ config, db, services, masterKey, logger, holdings });
  isServing = async () => services.eventEngine.isConnected && (await db.ping());
  await services.eventEngine.start();
  holdings.add(() => services.eventEngine.stop());
  holdings.add(async () => {
    const { mailer, smsSender, oauth, apiKeyAuthenticator } = services;
    // The time of the last use of a key is stored beside the request, which does not wait for it.
    await Promise.all([mailer.stop(), smsSender.stop(), oauth.callbacks.stop(), apiKeyAuthenticator.idle()]);
  });
  const bootstrapped = await bootstrap(db, services, config.bootstrap);
  const demo = config.demo ? await makeDemo(services) : null;
  await serveApis({ config, http, services, clock, logger, metrics, publicUrl, trusted, holdings });
  const sweeper = new Sweeper(db, sweeps, logger);
  sweeper.start();
  holdings.add(() => sweeper.stop());
  logger.info({ port, publicUrl, database: location.kind }, 'Serving');
  const stopNode = async (isHurried = false): Promise<void> => {
    const served = http.drain.serveOn(isHurried ? 0 : config.drainSeconds * 1000);
    if (isHurried) http.drain.hurry();
    await served;
    await stop();
  };
  const localUrl = `http://${shownHost(config.host)}:${port}`;
  return { localUrl, publicUrl, services, bootstrapped, demo, stop: stopNode };
}

interface Agreement {
  readonly config: Config;
  readonly db: Database;
  readonly services: Services;
  readonly masterKey: MasterKey;
  readonly logger: Logger;
  readonly holdings: Holdings;
}

/**
 * Compares the settings that must be the same on all nodes of a database, before anything is written.
 * @throws StartRefused This node has another `MASTER_KEY` or `PUBLIC_URL`.
 */
async function agree({ config, db, services, masterKey, logger, holdings }: Agreement): Promise<void> {
  const store = new ClusterStore(db);
  const evidence = {
    isEmpty: async () => !(await services.tenants.isNameTaken(MASTER_TENANT)),
    opensStoredKey: () => services.oauth.keys.opensStoredKey(),
  };
  const place = db.isEmbedded ? `DATA_DIR ${config.dataDir}` : 'the database of DATABASE_URL';
  await requireMasterKey(store, masterKey, evidence, place);
  if (config.publicUrl === null) return;
  const origin = new SharedOrigin({ db, store, logger }, config.publicUrl);
  await origin.start();
  holdings.add(() => origin.stop());
}

/** Locks the data directory, reads the master key and finds the location of the database. */
async function findStore(
  config: Config,
  holdings: Holdings,
): Promise<{ readonly location: DatabaseLocation; readonly masterKey: MasterKey }> {
  const { database, dataDir, masterKeyText } = config;
  if (database.kind === 'server') return { location: database, masterKey: MasterKey.fromText(masterKeyText ?? '') };
  if (dataDir === null) {
    const masterKey = masterKeyText === null ? MasterKey.generate().key : MasterKey.fromText(masterKeyText);
    return { location: { kind: 'embedded', dataDir: 'memory://' }, masterKey };
  }
  const directory = await DataDirectory.open(dataDir);
  holdings.add(() => directory.release());
  const masterKey = await readMasterKey(directory, masterKeyText);
  return { location: { kind: 'embedded', dataDir: directory.databasePath }, masterKey };
}

async function readMasterKey(directory: DataDirectory, given: string | null): Promise<MasterKey> {
  try {
    return MasterKey.fromText(await directory.masterKeyText(given));
  } catch (cause) {
    if (cause instanceof StartRefused) throw cause;
    throw new StartRefused(`The master key in DATA_DIR ${directory.path} cannot be used: ${String(cause)}`, { cause });
  }
}

async function listen(http: HttpServer, config: Config, holdings: Holdings): Promise<number> {
  http.server.listen({ port: config.port, host: config.host });
  try {
    await once(http.server, 'listening');
  } catch (error) {
    throw new StartRefused(listenFault(error as NodeJS.ErrnoException, config), { cause: error });
  }
  holdings.add(() => http.drain.begin());
  return (http.server.address() as AddressInfo).port;
}

/** Why the address cannot be listened on. */
function listenFault({ code, message }: NodeJS.ErrnoException, { host, port }: Config): string {
  if (code === 'EADDRINUSE') return `The port ${port} is in use. Set PORT to another one.`;
  if (code === 'EACCES')
    return `This account may not listen on port ${port}. Set PORT to another one, such as 4000, or allow the account to use it.`;
  return `HOST ${host} cannot be listened on: ${message}.`;
}

/** A host as it is written in a URL; for a wildcard address, the loopback address. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

interface ApiParts {
  readonly config: Config;
  readonly http: HttpServer;
  readonly services: Services;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: GraphqlOptions['metrics'];
  readonly publicUrl: string;
  readonly trusted: TrustedDocuments | null;
  readonly holdings: Holdings;
}

async function serveApis(parts: ApiParts): Promise<void> {
  const { config, http, services, logger, publicUrl, holdings } = parts;
  const schema = await buildGraph();
  const callers = createCallerAuthenticator(services);
  const options: GraphqlOptions = {
    schema,
    services,
    authenticateToken: createTokenAuthenticator(callers),
    limits: config.graphqlLimits,
    documents: new ClientDocuments({ schema, limits: config.graphqlLimits, metrics: parts.metrics }),
    trusted: parts.trusted,
    trustedProxies: config.trustedProxies,
    publicUrl,
    logger,
    metrics: parts.metrics,
  };
  const graph: GraphqlEndpoint = await createGraphqlEndpoint(options);
  holdings.add(() => graph.stop());
  const sockets = createSocketEndpoint(http.server, { ...options, clock: parts.clock });
  services.events.onCommitted(sockets.onEvents);
  services.eventEngine.follower.onEvent((event) => sockets.onEvents([event]));
  const host = createRestHost({
    schema,
    services,
    callers,
    documents: createPageDocuments(),
    trustedProxies: config.trustedProxies,
    publicUrl,
    report: (error, ctx) => logger.error({ err: error, method: ctx.method, path: ctx.path }, 'Request failed'),
  });
  const rest = mountRestCompat(host, {
    publicUrl,
    defaultTenant: config.defaultTenant,
    oauthForms: OAUTH_FORMS,
    constants: { environment: config.environment },
    rateLimits: config.rateLimits ? config.rateLimitRules : 'off',
  });
  // Stop accepting requests, then close the sockets, then wait for the requests under way.
  holdings.add(async () => {
    const drained = http.drain.begin();
    await sockets.stop();
    await drained;
  });
  const limits = config.rateLimits ? [limitFailures({ ...config, refuse: rest.refuse })] : [];
  // The paths that are called most often are asked first; the order matters only for pages of `/graphql`.
  http.serve([
    ...limits,
    rest.middleware,
    graphiql(),
    graph.middleware,
    serveWebBuilds(),
    startPage(),
    apiDocs(DIALECTS),
  ]);
}
