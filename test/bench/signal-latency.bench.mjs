// From a segment published to its signal, on a running system.
import { reportDrills, runDrills } from './drill.mjs'

const rounds = Number(process.env.STREAMKEEPER_BENCH_ROUNDS ?? 30)

export async function run(say) {
  const drills = await runDrills('moderation.signals', rounds, say)
  return reportDrills(drills, { unit: 'ms from segment published to signal published, p95', hops: 3, beyondMs: 500 })
}
