import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../src/server/environment/config.ts';
import { TrustedDocuments } from '../../../../src/server/graphql/trusted-documents.ts';
import { graphServersOfSuite, MEDIA_TYPES, post } from '../../../support/graph-servers.ts';

describe('trusted documents', () => {
  const { start } = graphServersOfSuite();
  const folder = mkdtempSync(join(tmpdir(), 'idgraph-documents-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const text = 'query Known { __typename }\n';
  const hash = createHash('sha256').update(text).digest('hex');
  const inFolder = () => {
    writeFileSync(join(folder, 'known.graphql'), text);
    return TrustedDocuments.load(folder);
  };

  it.each([
    ['its text', { query: text }],
    ['its hash as Apollo clients send it', { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }],
    ['its document id', { documentId: `sha256:${hash}` }],
  ])('are executed when named by %s', async (_, body) => {
    const { url } = await start({ trusted: inFolder() });
    expect((await post(url, body)).body).toEqual({ data: { __typename: 'Query' } });
  });

  it('are executed over GET', async () => {
    const { url } = await start({ trusted: inFolder() });
    const extensions = encodeURIComponent(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } }));
    const headers = { 'apollo-require-preflight': '1' };
    const known = await fetch(`${url}?extensions=${extensions}`, { headers });
    expect(await known.json()).toEqual({ data: { __typename: 'Query' } });
    expect((await fetch(`${url}?query={__typename}`, { headers })).status).toBe(403);
  });

  it.each([
    ['another text', { query: '{ __typename }' }],
    ['an unknown hash', { documentId: `sha256:${'0'.repeat(64)}` }],
    ['a known hash hidden in a text', { query: '{ errorCodes { code } }', variables: { hash } }],
    ['nothing', {}],
  ])('are the only ones: %s is refused', async (_, body) => {
    const { url } = await start({ trusted: inFolder() });
    for (const accept of MEDIA_TYPES) {
      const answer = await post(url, body, { accept });
      expect([answer.status, answer.code]).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
    }
  });

  it('are checked in each member of a batch', async () => {
    const { url } = await start({ trusted: inFolder() });
    for (const member of [{ query: '{ __typename }' }, null, 5, []])
      expect((await post(url, [{ query: text }, member])).status).toBe(403);
  });

  it('hold those of the pages of the service, whatever the operator lists', async () => {
    const page = 'query OfPage { __typename }';
    const builds = join(folder, 'web');
    mkdirSync(join(builds, 'sign-in'), { recursive: true });
    mkdirSync(join(builds, 'console'));
    const list = join(builds, 'sign-in', 'trusted-documents.json');
    writeFileSync(list, JSON.stringify({ [createHash('sha256').update(page).digest('hex')]: page }));
    inFolder();
    const { url } = await start({ trusted: TrustedDocuments.load(folder, pathToFileURL(`${builds}/`)) });
    for (const query of [page, text])
      expect((await post(url, { query })).body).toEqual({ data: { __typename: 'Query' } });
    expect((await post(url, { query: '{ __typename }' })).code).toBe('DOCUMENT_NOT_TRUSTED');
    writeFileSync(list, JSON.stringify({ ['0'.repeat(64)]: page }));
    expect(() => TrustedDocuments.load(folder, pathToFileURL(`${builds}/`))).toThrow(/is not the SHA-256/);
  });

  it('are read from a file of hashes, whose hashes must be right', () => {
    const file = join(folder, 'manifest.json');
    writeFileSync(file, JSON.stringify({ [hash]: text }));
    expect(TrustedDocuments.load(file).textOf({ documentId: hash })).toBe(text);
    writeFileSync(file, JSON.stringify({ [hash]: '{ errorCodes { code } }' }));
    expect(() => TrustedDocuments.load(file)).toThrow(ConfigError);
    writeFileSync(file, '[]');
    expect(() => TrustedDocuments.load(file)).toThrow(/not a JSON object/);
    writeFileSync(file, '{}');
    expect(() => TrustedDocuments.load(file)).toThrow(/holds no documents/);
  });
});
