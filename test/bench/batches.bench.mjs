// Whether pictures of several streams in one run of a model pay: inputs a second with one intra-op thread at batch 1, 2, 4 and 8, and
// how long a picture then takes. Bare ONNX in this process; the sizes take turns in rounds of the same run.
import { join } from 'node:path'
import { modelDir } from '@streamkeeper/inference'

// Bare runs belong to the room's own tests, which its package does not hand out.
const support = new URL('../../packages/inference/test-support/', import.meta.url)
const { measureBatches } = await import(new URL('batch-rounds.mjs', support).href)

/** Below this gain batches are not worth the pictures that wait for others. */
const goal = 1.1
const batches = [1, 2, 4, 8]
const models = {
  nsfw: { file: join(modelDir('nsfw'), 'nsfw.onnx'), shape: [224, 224, 3], inputs: 64 },
  'ocr-recognition': {
    file: join(modelDir('ocr-recognition'), 'recognition.onnx'),
    shape: [3, 48, 320],
    inputs: 16,
  },
}

export async function run(say, { rounds = 8 } = {}) {
  const told = {}
  for (const [name, { file, ...plan }] of Object.entries(models)) {
    say(name)
    told[name] = describe(await measureBatches(file, { ...plan, batches, rounds }))
  }
  const figure = Math.max(...batches.filter((batch) => batch > 1).map((batch) => told.nsfw[`batch ${batch}`].gain))
  return {
    figure,
    unit: 'pictures a second of the NSFW model in the best batch of 2 to 8 / one by one, one thread',
    goal,
    // No fault when it is less: it says that batches stay unbuilt.
    ok: true,
    worthBuilding: figure >= goal,
    models: told,
  }
}

function describe(measured) {
  const [single] = measured
  return Object.fromEntries(
    measured.map(({ batch, rounds }) => {
      const perSecond = rounds.map((round) => speedOf(round, batch))
      const gains = perSecond.map((speed, at) => speed / speedOf(single.rounds[at], single.batch))
      const wallMs = rounds.flatMap((round) => round.wallMs)
      return [
        `batch ${batch}`,
        {
          // Of CPU time, which other work on the machine takes nothing from.
          inputsPerCpuSecond: Number(median(perSecond).toFixed(1)),
          gain: Number(median(gains).toFixed(2)),
          p50Ms: Number(median(wallMs).toFixed(1)),
        },
      ]
    }),
  )
}

function speedOf({ wallMs, cpuMs }, batch) {
  return (wallMs.length * batch * 1_000) / cpuMs
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
