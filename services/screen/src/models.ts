import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createClassifier, ModelRefusedError, type Classifier } from '@streamkeeper/inference'
import type { Policy } from '@streamkeeper/policy'
import type { Logger } from '@streamkeeper/runtime'
import { openReloading, type Reloading } from './reloading.js'

/** A model of the policy. What a shadow model finds is marked so: no rule fires on it. */
export interface OpenModel {
  readonly classifier: Classifier
  readonly shadow: boolean
}

export interface Models extends Reloading<readonly OpenModel[]> {
  close(): Promise<void>
}

export interface ModelsOptions {
  readonly wanted: Policy['models']
  /** Holds a folder with a manifest for each name. */
  readonly folder: string
  /** Processes of one thread a model. */
  readonly processes: number
  /** Pictures that may wait for a model; one more is refused. */
  readonly queueLimit: number
  readonly logger: Logger
}

/** How long pictures of the models before may be in work after a change. */
const drainMs = 30_000

/**
 * The models of the policy, made anew when their folders change: the new ones stand before the old ones go, so that no
 * picture waits. Rejects with ModelRefusedError when one that is no shadow is refused at the start; later the old ones stay.
 */
export async function openModels(options: ModelsOptions): Promise<Models> {
  const { wanted, folder, logger } = options
  let known: readonly OpenModel[] = []
  const load = async (): Promise<readonly OpenModel[]> => {
    const opened = await openAll(options)
    const before = known
    known = opened
    void drain(before, logger)
    return opened
  }
  const paths = wanted.map(({ name }) => join(folder, name))
  const models = await openReloading({ paths, load, what: 'models', logger })
  return {
    get current() {
      return models.current
    },
    refresh: () => models.refresh(),
    close: () => closeAll(known),
  }
}

/** All or none: a start that fails half-way leaves no process behind. */
async function openAll({ wanted, folder, ...rest }: ModelsOptions): Promise<readonly OpenModel[]> {
  const opened: OpenModel[] = []
  try {
    for (const { name, shadow } of wanted) {
      const classifier = await openOne({ ...rest, manifestDir: join(folder, name), shadow })
      if (classifier !== null) opened.push({ classifier, shadow })
    }
    return opened
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

interface OneModel extends Pick<ModelsOptions, 'processes' | 'queueLimit' | 'logger'> {
  readonly manifestDir: string
  readonly shadow: boolean
}

async function openOne({ manifestDir, shadow, logger, ...limits }: OneModel): Promise<Classifier | null> {
  try {
    return await createClassifier({ manifestDir, ...limits })
  } catch (err) {
    if (!shadow || !(err instanceof ModelRefusedError)) throw err
    logger.error({ err, manifestDir }, 'a shadow model is refused: it is left out')
    return null
  }
}

/** Ends models when the last picture that they were given is answered. */
async function drain(models: readonly OpenModel[], logger: Logger): Promise<void> {
  const isBusy = ({ classifier }: OpenModel): boolean => {
    const { waiting, running } = classifier.stats()
    return waiting + running > 0
  }
  // The picture at hand may just be on its way to a model that looks idle.
  for (const until = Date.now() + drainMs; Date.now() < until;) {
    await pause(1_000)
    if (!models.some(isBusy)) break
  }
  await closeAll(models).catch((err: unknown) => logger.warn({ err }, 'a model that was replaced did not end'))
}

async function closeAll(models: readonly OpenModel[]): Promise<void> {
  await Promise.all(models.map(({ classifier }) => classifier.close()))
}
