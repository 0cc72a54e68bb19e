import { execFileSync } from 'node:child_process'
import { z } from 'zod'
import { serviceNames, serviceScript } from './supervisor.js'

const Said = z.object({
  service: z.string(),
  settings: z.array(
    z.object({
      variable: z.string(),
      description: z.string(),
      secret: z.boolean(),
      default: z.string().nullable(),
    }),
  ),
})

export type ListedVariable = z.infer<typeof Said>['settings'][number] & {
  /** The services that read it. */
  readonly services: readonly string[]
}

/** Every environment variable that a service reads, by name, as the services themselves say. */
export function listVariables(): readonly ListedVariable[] {
  const found = new Map<string, ListedVariable>()
  for (const name of serviceNames) {
    const { settings } = Said.parse(
      JSON.parse(execFileSync(process.execPath, [serviceScript(name), '--settings'], { encoding: 'utf8' })),
    )
    for (const setting of settings) {
      const services = [...(found.get(setting.variable)?.services ?? []), name]
      found.set(setting.variable, { ...setting, services })
    }
  }
  return [...found.values()].sort((a, b) => a.variable.localeCompare(b.variable, 'en'))
}

/** The variables as they stand below `up --help`. */
export function describeVariables(variables: readonly ListedVariable[]): string {
  return variables
    .map(({ variable, description, default: text, secret }) => {
      const file = secret ? ` Or its file: ${variable}_FILE.` : ''
      return `  ${variable}\n      ${description}${file}${text === null || text === '' ? '' : ` Default: ${text}.`}`
    })
    .join('\n')
}
