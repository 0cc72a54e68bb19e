/** What a model takes for one input and for several in one run, one thread, with nothing of ours around it: for benches. */
import { InferenceSession, Tensor } from 'onnxruntime-node'

/**
 * Rounds in which each of the batch sizes runs the same number of inputs, in an order that turns from round to round, so that what
 * else the machine does hits all alike. Gives for each size the milliseconds of wall and CPU time of each run, by round.
 */
export async function measureBatches(file, { shape, batches, inputs, rounds }) {
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  })
  const feeds = new Map(batches.map((batch) => [batch, feedsOf(session, [batch, ...shape])]))
  for (const batch of batches)
    await checkAnswers(session, { one: feeds.get(batches[0]), many: feeds.get(batch), batch })
  const measured = batches.map((batch) => ({ batch, rounds: [] }))
  for (let round = 0; round < rounds; round += 1)
    for (let turn = 0; turn < measured.length; turn += 1) {
      const { batch, rounds: kept } = measured[(round + turn) % measured.length]
      kept.push(await runInputs(session, feeds.get(batch), Math.ceil(inputs / batch)))
    }
  await session.release()
  return measured
}

async function runInputs(session, feeds, runs) {
  // The memory of another batch size was in use until now.
  await session.run(feeds)
  const took = []
  const before = process.cpuUsage()
  for (let run = 0; run < runs; run += 1) {
    const from = performance.now()
    await session.run(feeds)
    took.push(performance.now() - from)
  }
  const { user, system } = process.cpuUsage(before)
  return { wallMs: took, cpuMs: (user + system) / 1_000 }
}

/** Each input of a batch is the same one, so that each answer has to be that of the input alone. */
function feedsOf(session, sides) {
  const one = sides.slice(1).reduce((all, side) => all * side, 1)
  const values = Float32Array.from({ length: sides[0] * one }, (_, n) => ((n % one) % 255) / 255)
  return { [session.inputNames[0]]: new Tensor('float32', values, sides) }
}

async function checkAnswers(session, { one, many, batch }) {
  const answer = async (feeds) => (await session.run(feeds))[session.outputNames[0]].data
  const [alone, together] = [await answer(one), await answer(many)]
  const far = together.findIndex((value, at) => Math.abs(value - alone[at % alone.length]) > 1e-3)
  if (together.length !== batch * alone.length || far !== -1)
    throw new Error(`a batch of ${batch} answers otherwise than its inputs alone, at ${far}`)
}
