import { Field, InputType, ObjectType } from 'type-graphql';

/** A setting of a group: its type, and what it is. */
export interface GroupedSetting {
  readonly type: () => unknown;
  readonly description: string;
  /** Whether null is one of its values. */
  readonly canBeNull?: boolean;
}

type GraphType = new () => object;

/** The types of a group of settings: what is shown, where each setting has a value, and what is written, where absent ones stay. */
export interface SettingsGroup {
  readonly shown: GraphType;
  readonly written: GraphType;
}

/**
 * Makes both types of a group of settings from one table, so that they cannot differ.
 * @param name Name of the type that shows them; the other one is `<name>Input`.
 * @param required Settings that an input must have; for groups that are replaced as a whole.
 */
export function settingsGroup(
  name: string,
  description: string,
  settings: Readonly<Record<string, GroupedSetting>>,
  required: readonly string[] = [],
): SettingsGroup {
  const shown = classNamed(name);
  const written = classNamed(`${name}Input`);
  ObjectType(name, { description })(shown);
  InputType(`${name}Input`, { description })(written);
  for (const [setting, { type, description: text, canBeNull = false }] of Object.entries(settings)) {
    Field(type as never, { nullable: canBeNull, description: text })(shown.prototype, setting);
    Field(type as never, { nullable: !required.includes(setting), description: text })(written.prototype, setting);
  }
  return { shown, written };
}

const classNamed = (name: string): GraphType => ({ [name]: class {} })[name] as GraphType;
