import { describe, expect, it } from 'vitest';
import { listStatements } from '../../../src/persistence/named-statements.ts';
import { openPostgresDatabase } from '../../support/postgres.ts';

/** Tables of which a whole scan is as good as an index: they have a row or a few for each tenant. */
const SMALL = /Seq Scan on (tenants|tenant_hosts)/;
/** The sequencer and the follower have connections that forbid whole scans. */
const OF_LINKS = /^(sequencer|follower)-/;

/** Reads that compare each row of a tenant, of which there are few: its scopes. */
const COMPARES_FEW = /^client-scope-links-/;

describe('every named statement', () => {
  it('reads tables by their indexes, also with a plan that was made while they were empty', async () => {
    const db = await openPostgresDatabase();
    const connection = db.server!.connection('test');
    try {
      await connection.connect();
      await connection.run('set plan_cache_mode = force_generic_plan');
      const scans: string[] = [];
      const comparisons: string[] = [];
      const known = listStatements().filter(({ name }) => !OF_LINKS.test(name));
      for (const { name, text } of known) {
        await connection.run(`prepare "check ${name}" as ${text}`);
        const { rows } = await connection.run<{ count: number }>(
          'select cardinality(parameter_types) as count from pg_prepared_statements where name = $1',
          [`check ${name}`],
        );
        const nulls = Array.from({ length: rows[0]!.count }, () => 'null').join(', ');
        const plan = await connection.run<{ 'QUERY PLAN': string }>(
          `explain execute "check ${name}"${nulls === '' ? '' : `(${nulls})`}`,
        );
        for (const { 'QUERY PLAN': line } of plan.rows) {
          if (line.includes('Seq Scan') && !SMALL.test(line)) scans.push(`${name}: ${line.trim()}`);
          if (line.includes('Join Filter') && !COMPARES_FEW.test(name)) comparisons.push(`${name}: ${line.trim()}`);
        }
      }
      expect(known.length).toBeGreaterThan(30);
      expect(scans).toEqual([]);
      // An index by the tenant alone, whose rows are then compared one by one: a plan that grows with the tenant.
      expect(comparisons).toEqual([]);
    } finally {
      await connection.leave();
      await db.close();
    }
  });
});
