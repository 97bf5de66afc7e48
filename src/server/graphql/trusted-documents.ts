import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import { sha256 } from '../../crypto/index.ts';
import { ConfigError } from '../environment/config.ts';
import { DOCUMENT_LIST, listWebBuilds } from '../http/web-builds.ts';

/** The members of a request that identify its document. */
export interface DocumentRequest {
  readonly query?: unknown;
  /** `sha256:<hash>` (GraphQL over HTTP, appendix on persisted documents). */
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

const hashOf = (text: string): string => sha256(text).toString('hex');

/** The hash as Apollo clients send it: `extensions.persistedQuery.sha256Hash`. */
const persistedQuery = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

function hashIn(request: DocumentRequest): string | null {
  if (typeof request.documentId === 'string') return request.documentId.replace(/^sha256:/, '');
  const extensions = persistedQuery.safeParse(request.extensions);
  return extensions.success ? extensions.data.persistedQuery.sha256Hash : null;
}

/**
 * The documents that the operator listed and those of the service's pages, by the SHA-256 of their text in hex. When there is a
 * list, no other document is executed.
 */
export class TrustedDocuments {
  readonly #texts: ReadonlyMap<string, string>;

  private constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  /**
   * Reads `TRUSTED_DOCUMENTS`: a folder of `.graphql` files, or a JSON file of hash to text.
   * @param builds Folder of the builds of `web/`, whose pages nobody could use without their documents. Default: none.
   * @throws ConfigError The folder or file has no documents, or a hash in the file does not match its text.
   */
  static load(path: string, builds: URL | null = null): TrustedDocuments {
    const texts = statSync(path).isDirectory() ? readFolder(path) : readManifest(path);
    if (texts.size === 0) throw new ConfigError([`TRUSTED_DOCUMENTS: ${path} holds no documents`]);
    return new TrustedDocuments(new Map([...texts, ...(builds === null ? [] : readBuilds(builds))]));
  }

  get size(): number {
    return this.#texts.size;
  }

  /**
   * The text to execute for a request that names a document by its hash or repeats its text exactly.
   * @throws DOCUMENT_NOT_TRUSTED
   */
  textOf(request: DocumentRequest): string {
    const hash = hashIn(request) ?? (typeof request.query === 'string' ? hashOf(request.query) : '');
    const text = this.#texts.get(hash.toLowerCase());
    if (text === undefined) throw requestErrors.DOCUMENT_NOT_TRUSTED();
    return text;
  }
}

function readFolder(path: string): Map<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(graphql|gql)$/.test(name),
  );
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(path, name), 'utf8');
      return [hashOf(text), text];
    }),
  );
}

/** The documents that the builds list. */
function readBuilds(folder: URL): readonly [string, string][] {
  const lists = listWebBuilds(folder).map((build) => new URL(`${build}/${DOCUMENT_LIST}`, folder));
  return lists.filter((list) => existsSync(list)).flatMap((list) => [...readManifest(fileURLToPath(list))]);
}

function readManifest(path: string): Map<string, string> {
  let manifest: Record<string, string>;
  try {
    manifest = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new ConfigError([`TRUSTED_DOCUMENTS: ${path} is not a JSON object of hash to document`]);
  }
  const wrong = Object.entries(manifest).filter(([hash, text]) => hashOf(text) !== hash.toLowerCase());
  if (wrong.length > 0)
    throw new ConfigError(wrong.map(([hash]) => `TRUSTED_DOCUMENTS: ${hash} is not the SHA-256 of its document`));
  return new Map(Object.entries(manifest).map(([hash, text]) => [hash.toLowerCase(), text]));
}
