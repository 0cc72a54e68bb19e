import { readFileSync } from 'node:fs'
import { StreamkeeperError } from '@streamkeeper/contracts'
import { codeOf } from './error-facts.js'
import { findTypos } from './find-typos.js'
import { scrubText } from './scrub.js'
import type { ConfigOf, Setting, Settings } from './setting.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that is wrong with the environment at once; each problem begins with its variable. */
export class ConfigError extends StreamkeeperError {
  override readonly name = 'ConfigError'
  constructor(readonly problems: readonly string[]) {
    super('CONFIG_INVALID', `Configuration is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  }
}

export interface ReadConfig<S extends Settings> {
  /** Frozen, one property a setting. */
  readonly config: ConfigOf<S>
  /** Variables that look like misspelt ones. */
  readonly warnings: readonly string[]
}

/** Parses the environment. An empty variable counts as not set. Throws ConfigError with all problems. */
export function readConfig<S extends Settings>(settings: S, env: Environment): ReadConfig<S> {
  const problems: string[] = []
  const config: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const read = readSetting(setting, env)
    if ('problem' in read) problems.push(read.problem)
    else config[name] = Array.isArray(read.value) ? Object.freeze(read.value) : read.value
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const known = Object.values(settings).flatMap(variablesOf)
  return { config: Object.freeze(config) as ConfigOf<S>, warnings: findTypos(known, Object.keys(env)) }
}

export interface ListedSetting {
  readonly variable: string
  readonly description: string
  readonly secret: boolean
  /** null: not set by default; whether it must be set is `required`. */
  readonly default: string | null
  readonly required: boolean
}

/** The settings as rows for `--help` and docs/configuration.md, in their order. */
export function listSettings(settings: Settings): readonly ListedSetting[] {
  return Object.values(settings).map(({ variable, description, secret = false, default: text, schema }) => ({
    variable,
    description,
    secret,
    default: text ?? null,
    required: !schema.safeParse(text).success,
  }))
}

type Read = { readonly value: unknown } | { readonly problem: string }

function readSetting(setting: Setting<unknown>, env: Environment): Read {
  const { variable, secret = false } = setting
  try {
    const given = secret ? readSecret(variable, env) : textOf(env, variable)
    const missing = given === undefined ? undefined : setting.needs?.find((other) => !isSet(env, other))
    if (missing !== undefined) return { problem: `${variable}: is set, so ${missing} must be set too` }
    return parse(setting, given)
  } catch (error) {
    if (error instanceof SecretFileError) return { problem: error.message }
    throw error
  }
}

function parse(setting: Setting<unknown>, given: string | undefined): Read {
  const { variable, schema, secret = false } = setting
  const parsed = schema.safeParse(given ?? setting.default)
  if (parsed.success) return { value: parsed.data }
  if (given === undefined) return { problem: `${variable}: is missing. ${setting.description}` }
  // A schema's message may quote what it got, so a secret's is not shown at all.
  if (secret) return { problem: `${variable}: does not fit. ${setting.description}` }
  const shown = JSON.stringify(scrubText(given.length > 80 ? `${given.slice(0, 80)}…` : given))
  return { problem: `${variable}: ${shown}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}` }
}

class SecretFileError extends Error {
  override readonly name = 'SecretFileError'
}

function readSecret(variable: string, env: Environment): string | undefined {
  const given = textOf(env, variable)
  const path = textOf(env, `${variable}_FILE`)
  if (path === undefined) return given
  if (given !== undefined) throw new SecretFileError(`${variable}: is set twice, also as ${variable}_FILE`)
  const text = readText(path, variable).replace(/\r?\n$/, '')
  if (text === '') throw new SecretFileError(`${variable}_FILE: ${path} is empty`)
  return text
}

function readText(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SecretFileError(`${variable}_FILE: ${path} cannot be read (${codeOf(cause)})`, { cause })
  }
}

function textOf(env: Environment, variable: string): string | undefined {
  const text = env[variable]
  return text === '' ? undefined : text
}

function isSet(env: Environment, variable: string): boolean {
  return textOf(env, variable) !== undefined || textOf(env, `${variable}_FILE`) !== undefined
}

function variablesOf({ variable, secret = false }: Setting<unknown>): readonly string[] {
  return secret ? [variable, `${variable}_FILE`] : [variable]
}
