import { CaseList } from '@streamkeeper/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { callConsole } from '../call-console.js'
import { findRunning, type RunFile } from '../find-running.js'
import { exitCodes, note, printJson, printLine } from '../output.js'
import { readLag } from './read-lag.js'

const Ready = z.looseObject({
  status: z.string(),
  dependencies: z.record(z.string(), z.looseObject({ ok: z.boolean() })),
})

interface ServiceStatus {
  readonly ok: boolean
  readonly address: string
  /** Whether each engine that the service needs answers it. */
  readonly engines: Readonly<Record<string, boolean>>
  /** Records not finished, by consumer group. */
  readonly lag: Readonly<Record<string, number>>
  /** Why the service itself does not answer. */
  readonly error?: string
}

/** `status`: every service, engine and lag, and how many cases wait. Exit 2 when something is away. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('Services, engines, lag and the queue')
    .option('--json', 'one JSON document')
    .option('--data <dir>', 'data folder of the running system')
    .addHelpText('after', '\nExample:\n  streamkeeper status --json')
    .action(async ({ json, data }: { json?: boolean; data?: string }) => {
      const running = await findRunning(data)
      const services = await askServices(running)
      const openCases = await countCases(running)
      const engines = joinEngines(services)
      const ok = Object.values(services).every((service) => service.ok)
      if (json === true) printJson({ ok, console: running.console, services, engines, openCases })
      else printStatus(running, { services, engines, openCases })
      process.exitCode = ok ? exitCodes.good : exitCodes.no
    })
}

async function askServices(running: RunFile): Promise<Record<string, ServiceStatus>> {
  const entries = Object.entries(running.services).map(
    async ([name, address]) => [name, await askService(address)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function askService(address: string): Promise<ServiceStatus> {
  try {
    const [ready, metrics] = await Promise.all([get(address, '/readyz'), get(address, '/metrics')])
    const { dependencies } = Ready.parse(await ready.json())
    const engines = Object.fromEntries(Object.entries(dependencies).map(([name, { ok }]) => [name, ok]))
    return { ok: ready.ok, address, engines, lag: readLag(await metrics.text()) }
  } catch (error) {
    return { ok: false, address, engines: {}, lag: {}, error: error instanceof Error ? error.message : String(error) }
  }
}

function get(address: string, path: string): Promise<Response> {
  return fetch(new URL(path, address), { signal: AbortSignal.timeout(5_000) })
}

/** An engine is up when it answers everybody who needs it. */
function joinEngines(services: Record<string, ServiceStatus>): Record<string, boolean> {
  const engines: Record<string, boolean> = {}
  for (const service of Object.values(services))
    for (const [name, ok] of Object.entries(service.engines)) engines[name] = ok && (engines[name] ?? true)
  return engines
}

/** null when the console does not answer: that is part of the status, not a failure of the command. */
async function countCases(running: RunFile): Promise<number | null> {
  try {
    return (await callConsole(running, '/cases?limit=1', CaseList)).waiting
  } catch (error) {
    note(`cases: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

interface Found {
  readonly services: Record<string, ServiceStatus>
  readonly engines: Record<string, boolean>
  readonly openCases: number | null
}

function printStatus({ console }: RunFile, { services, engines, openCases }: Found): void {
  printLine(`console   ${console}`)
  for (const [name, service] of Object.entries(services))
    printLine(`${name.padEnd(9)} ${describe(service)}${describeLag(service)}`)
  const words = Object.entries(engines).map(([name, ok]) => `${name} ${ok ? 'answers' : 'AWAY'}`)
  printLine(`engines   ${words.join(', ')}`)
  printLine(`cases     ${openCases ?? 'unknown'} waiting`)
}

function describe({ ok, engines, error }: ServiceStatus): string {
  if (ok) return 'ready'
  const away = Object.entries(engines).flatMap(([name, isUp]) => (isUp ? [] : [name]))
  return `not ready: ${error ?? away.join(', ')}`
}

function describeLag({ lag }: ServiceStatus): string {
  const behind = Object.values(lag).reduce((sum, records) => sum + records, 0)
  return Object.keys(lag).length === 0 ? '' : `, ${behind} records behind`
}
