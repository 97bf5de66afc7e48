import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { describe, expect, it } from 'vitest';
import { RowColumns, type SelectList, toColumnSet } from '../../../src/persistence/columns.ts';
import { type Session, SessionEntity } from '../../../src/sessions/session.entity.ts';

const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const toText = ({ columns }: SelectList): string => columns.compile(compiler).sql;

describe('the columns of a table', () => {
  const columns = new RowColumns<Session>(SessionEntity, 's', { always: ['createdAt'], hidden: ['cookieHash'] });
  const KEYS = '"s"."created_at" as "createdAt", "s"."id" as "id"';

  it('are those that a reader needs, with the keys and what the list always needs', () => {
    const { key } = columns.narrow(toColumnSet(['ip', 'authTime', 'ip']));
    expect(key).toBe('authTime,createdAt,id,ip,tenantId,userId');
    expect(toText(columns.narrow(toColumnSet(['ip'])))).toBe(
      `${KEYS}, "s"."ip" as "ip", "s"."tenant_id" as "tenantId", "s"."user_id" as "userId"`,
    );
  });

  it('are the same list for readers that need the same', () => {
    const [one, other] = [toColumnSet(['ip', 'amr']), toColumnSet(['amr', 'ip'])];
    expect(columns.narrow(one).key).toBe(columns.narrow(other).key);
    expect(columns.narrow(one)).toBe(columns.narrow(one));
  });

  it('are all of them, hidden ones apart, without a reader, and for one that needs what is no column', () => {
    const { all } = columns;
    expect(toText(all)).not.toContain('cookie');
    expect(toText(all).split(', ')).toHaveLength(Object.keys(SessionEntity.meta.properties).length - 1);
    const readers = [null, undefined, toColumnSet(['nothing']), toColumnSet(['ip', 'cookieHash'])];
    expect(readers.map((reader) => columns.narrow(reader))).toEqual(readers.map(() => all));
  });

  it('have the name of all of them when a reader needs each', () => {
    const names = Object.keys(SessionEntity.meta.properties).filter((name) => name !== 'cookieHash');
    expect(columns.narrow(toColumnSet(names))).toBe(columns.all);
  });
});
