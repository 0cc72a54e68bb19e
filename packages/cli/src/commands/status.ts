import { CaseList } from '@streamkeeper/contracts'
import type { Command } from 'commander'
import { z } from 'zod'
import { callConsole } from '../call-console.js'
import { findRunning, type RunFile } from '../find-running.js'
import { exitCodes, printJson, printLine } from '../output.js'

const Ready = z.looseObject({
  status: z.string(),
  dependencies: z.record(z.string(), z.looseObject({ ok: z.boolean() })),
})

interface ServiceStatus {
  readonly ok: boolean
  readonly address: string
  /** Dependencies that do not answer, or the reason why the service itself does not. */
  readonly away: readonly string[]
}

/** `status`: every service with its dependencies, and how many cases wait. Exit 2 when something is away. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('Services, engines and the queue')
    .option('--json', 'one JSON document')
    .option('--data <dir>', 'data folder of the running system')
    .addHelpText('after', '\nExample:\n  streamkeeper status --json')
    .action(async ({ json, data }: { json?: boolean; data?: string }) => {
      const running = await findRunning(data)
      const services = await askServices(running)
      const openCases = await countCases(running)
      const ok = Object.values(services).every((service) => service.ok)
      if (json === true) printJson({ ok, console: running.console, services, openCases })
      else printStatus(running, services, openCases)
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
    const response = await fetch(new URL('/readyz', address), { signal: AbortSignal.timeout(5_000) })
    const { dependencies } = Ready.parse(await response.json())
    const away = Object.entries(dependencies).flatMap(([name, { ok }]) => (ok ? [] : [name]))
    return { ok: response.ok, address, away }
  } catch (error) {
    return { ok: false, address, away: [error instanceof Error ? error.message : String(error)] }
  }
}

/** null when the console does not answer: that is part of the status, not a failure of the command. */
async function countCases(running: RunFile): Promise<number | null> {
  try {
    return (await callConsole(running, '/cases?limit=1', CaseList)).waiting
  } catch {
    return null
  }
}

function printStatus({ console }: RunFile, services: Record<string, ServiceStatus>, openCases: number | null): void {
  printLine(`console   ${console}`)
  for (const [name, { ok, away }] of Object.entries(services))
    printLine(`${name.padEnd(9)} ${ok ? 'ready' : `not ready: ${away.join(', ')}`}`)
  printLine(`cases     ${openCases ?? 'unknown'} waiting`)
}
