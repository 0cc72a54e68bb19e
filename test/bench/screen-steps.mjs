// The real steps of the media lane, from a decoded segment to what was found, without log and database.
import { createLogger, readPolicyFile } from '@streamkeeper/runtime'
import { createLiveDecoder, createSandbox } from '@streamkeeper/media'
import { cpuOf } from './processes.mjs'

// Nobody imports a service; a bench takes its built parts by path.
const screen = new URL('../../services/screen/dist/', import.meta.url)
const part = (path) => import(new URL(path, screen).href)
const { examine } = await part('steps/examine.js')
const { createGate } = await part('gate.js')
const { createOnce } = await part('lanes/once.js')
const { createPictureFloods } = await part('picture-floods.js')
const { createSampling } = await part('sampling/sampling.js')
const { createTextTimes } = await part('text-times.js')
const { openEyes, closeEyes } = await part('open-eyes.js')
const { openLexicons } = await part('lexicons.js')

const logger = createLogger({ name: 'bench', level: 'error' })
const noFacts = { get: () => undefined, refresh: () => Promise.resolve(), forget: () => undefined }
const nobody = { hold: () => Promise.resolve() }
const unheard = { publish: () => Promise.resolve() }
const nowhere = { put: () => Promise.resolve() }

/** Everything that the shipped policy looks with, and a bank of these pictures. */
export async function openScreen(pictureBanks) {
  const policy = await readPolicyFile(undefined)
  const lexicons = await openLexicons({ lexicons: undefined, expressions: undefined }, logger)
  const eyes = await openEyes({ inferenceProcesses: 1, pictureBanks }, { policy, lexicons }, logger)
  if (eyes === null) throw new Error('a model is refused')
  const processes = () => [
    ...eyes.models.current.flatMap(({ classifier }) => classifier.stats().pids),
    ...eyes.textReader.stats().pids,
  ]
  return { policy, eyes, lexicons, processes, close: () => closeEyes(eyes) }
}

/** Looks at the segments of one stream after the other; `near`: something came near to a hit. `textEveryMs`: other than the policy's. */
export function createLooks({ policy, eyes }, { gated, textEveryMs = policy.sampling.textEveryMs }) {
  const sampling = createSampling(policy.sampling, noFacts, () => Date.now())
  let near = false
  const noteNearHit = (...words) => {
    near = true
    sampling.noteNearHit(...words)
  }
  const deps = {
    eyes,
    policy,
    spool: nowhere,
    log: unheard,
    topicPrefix: '',
    now: Date.now,
    gate: createGate(gated ? policy.sampling.gate : null),
    sampling: Object.assign(Object.create(sampling), { noteNearHit }),
    textTimes: createTextTimes(textEveryMs),
    pictureFloods: createPictureFloods({ limits: policy.pictures.flood, hits: nobody, logger, now: Date.now }),
  }
  return async (streamId, segment, decoded) => {
    const accepted = { ...segment, streamId, origin: { brokerAt: new Date().toISOString() } }
    deps.sampling.begin(accepted)
    near = false
    const finding = await examine(deps, accepted, { decoded, once: createOnce() })
    const seen = finding.state === 'looked' || finding.reason === 'gate'
    if (!seen) throw new Error(`segment ${segment.sequence} of ${streamId}: ${finding.reason}, ${finding.detail}`)
    return { ...finding, near }
  }
}

export function openDecoder(streamId) {
  return createLiveDecoder({ streamId, mediaType: 'video/mp2t', sandbox: createSandbox() })
}

/** CPU milliseconds so far, of this process and of those. */
export function cpuWith(pids) {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000 + cpuOf(pids)
}
