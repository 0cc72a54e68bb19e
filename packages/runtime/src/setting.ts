import { z } from 'zod'

export interface SettingOptions {
  /** One sentence for `--help` and docs/configuration.md. */
  readonly description: string
  /** Never printed; may also come from the file that VARIABLE_FILE names. */
  readonly secret?: boolean
  /** As one would write it into the environment. */
  readonly default?: string
  /** Variables that must be set too when this one is. */
  readonly needs?: readonly string[]
}

/** One environment variable: the schema takes its text, or undefined when it is not set. */
export interface Setting<T> extends SettingOptions {
  readonly variable: string
  readonly schema: z.ZodType<T>
}

export type Settings = Readonly<Record<string, Setting<unknown>>>

export type ConfigOf<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? Readonly<T> : never
}

/** Declares a variable. Without a default and with a schema that refuses undefined it must be set. */
export function setting<T>(variable: string, schema: z.ZodType<T>, options: SettingOptions): Setting<T> {
  if (!/^STREAMKEEPER_[A-Z0-9_]+$/.test(variable)) throw new TypeError(`${variable}: name it STREAMKEEPER_…`)
  return { variable, schema, ...options }
}

/** A whole number written in decimal digits, from `min` to `max`. */
export function integerText(min: number, max: number): z.ZodType<number> {
  const expected = `expected a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^-?\d{1,16}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
}

/** true, yes, on, 1 or false, no, off, 0. */
export function flagText(): z.ZodType<boolean> {
  return z
    .string()
    .toLowerCase()
    .refine((text) => yes.has(text) || no.has(text), 'expected true or false')
    .transform((text) => yes.has(text))
}

const yes: ReadonlySet<string> = new Set(['true', 'yes', 'on', '1'])
const no: ReadonlySet<string> = new Set(['false', 'no', 'off', '0'])

/** Items between commas; blanks around them and empty items are dropped. */
export function listText<T>(item: z.ZodType<T, string>): z.ZodType<readonly T[]> {
  const items = z.array(item)
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(items)
}
