import { createTextReader, ModelRefusedError, modelsDir } from '@streamkeeper/inference'
import type { Logger } from '@streamkeeper/runtime'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import type { Eyes } from './eyes.js'
import { openModels } from './models.js'
import { openPictureBanks } from './picture-banks.js'
import { createTurns } from '@streamkeeper/runtime'

/**
 * For each process of a model: enough that none waits for work, and few enough that a slow model answers all within its deadline.
 * What waits here thins the least risky streams first; what a model refuses would be anybody's picture.
 */
const looksAtOnce = 8

/** What looks at pictures; a model that is refused stops nothing but the looking: stretches are then "not looked at", never clean. */
export async function openEyes(
  { inferenceProcesses: processes, pictureBanks, modelsFolder: folder = modelsDir }: Config,
  { policy, lexicons }: Pick<Deps, 'policy' | 'lexicons'>,
  logger: Logger,
): Promise<Eyes | null> {
  const banks = await openPictureBanks(pictureBanks ?? [], logger)
  try {
    const queueLimit = looksAtOnce * processes
    const models = await openModels({ wanted: policy.models, folder, processes, queueLimit, logger })
    const textReader = policy.sampling.textEveryMs === undefined ? null : await createTextReader({ processes })
    return { models, turns: createTurns(queueLimit), textReader, banks, lexicons, holdFrom: policy.chat.holdFrom }
  } catch (err) {
    if (!(err instanceof ModelRefusedError)) throw err
    logger.error({ err }, 'a model is refused: pictures are not looked at')
    return null
  }
}

export async function closeEyes(eyes: Eyes | null): Promise<void> {
  if (eyes === null) return
  await Promise.all([eyes.models.close(), eyes.textReader?.close()])
}
