// From a segment published to the command published, on a running system: what a platform waits for when a test card comes on air.
import { reportDrills, runDrills } from './drill.mjs'

const rounds = Number(process.env.STREAMKEEPER_BENCH_ROUNDS ?? 30)

export async function run(say) {
  const drills = await runDrills('moderation.commands', rounds, say)
  return reportDrills(drills, { unit: 'ms from segment published to command published, p95', hops: 4, beyondMs: 1_000 })
}
