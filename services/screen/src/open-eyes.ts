import { createClassifier, createTextReader, modelDir, ModelRefusedError } from '@streamkeeper/inference'
import type { Logger } from '@streamkeeper/runtime'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import type { Eyes } from './eyes.js'
import { openPictureBanks } from './picture-banks.js'

/** What looks at pictures; a model that is refused stops nothing but the looking: stretches are then "not looked at", never clean. */
export async function openEyes(
  { inferenceProcesses: processes, pictureBanks }: Config,
  { policy, lexicons }: Pick<Deps, 'policy' | 'lexicons'>,
  logger: Logger,
): Promise<Eyes | null> {
  const banks = await openPictureBanks(pictureBanks ?? [], logger)
  try {
    const classifiers = [await createClassifier({ manifestDir: modelDir('nsfw'), processes })]
    const textReader = policy.sampling.textEveryMs === undefined ? null : await createTextReader({ processes })
    return { classifiers, textReader, banks, lexicons, holdFrom: policy.chat.holdFrom }
  } catch (err) {
    if (!(err instanceof ModelRefusedError)) throw err
    logger.error({ err }, 'a model is refused: pictures are not looked at')
    return null
  }
}

export async function closeEyes(eyes: Eyes | null): Promise<void> {
  if (eyes === null) return
  await Promise.all([...eyes.classifiers.map((one) => one.close()), eyes.textReader?.close()])
}
