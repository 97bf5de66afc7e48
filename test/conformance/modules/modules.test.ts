import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASIC } from './basic.scenarios.ts';
import { DISCOVERY } from './discovery.scenarios.ts';
import { LOGOUT } from './logout.scenarios.ts';
import { ModuleRun, type ResponseMode } from './module-run.ts';
import { type ModuleName, PLANS, type PlanName } from './plans.ts';
import type { Scenario } from './scenario.ts';
import { Setting } from './setting.ts';

const SCENARIOS = [...BASIC, ...LOGOUT, ...DISCOVERY];
const RESPONSE_MODES: Partial<Record<PlanName, ResponseMode>> = {
  'oidcc-formpost-basic-certification-test-plan': 'form_post',
};
const NAMES = Object.keys(PLANS) as PlanName[];

/** The scenarios of a plan in its order, with their titles. A module without one has no test and fails the list below. */
const scenariosOf = (plan: PlanName): [string, string, Scenario['run']][] =>
  PLANS[plan].flatMap((name: ModuleName) =>
    SCENARIOS.filter(({ module }) => module === name).map(
      ({ module, title, run }): [string, string, Scenario['run']] => [module, title, run],
    ),
  );

let setting: Setting;
beforeAll(async () => {
  setting = await Setting.open();
});
afterAll(async () => {
  expect(setting.rest.faults).toEqual([]);
  await setting.close();
});

it('each module of the four plans is one scenario', () => {
  const modules = new Set(Object.values(PLANS).flat());
  expect(SCENARIOS.map(({ module }) => module).sort()).toEqual([...modules].sort());
});

describe.each(NAMES)('%s', (plan) => {
  it.each(scenariosOf(plan))('%s: the service %s', (_module, _title, run) =>
    run(new ModuleRun(setting, RESPONSE_MODES[plan])),
  );
});
