import { fileURLToPath } from 'node:url'

// `src` and `dist` lie at the same depth, so that both find the same folders.
const MODELS = new URL('../../../models/', import.meta.url)

/** Where the models lie that ship with the repository. */
export const modelsDir = fileURLToPath(MODELS)

/** The folder of a model that ships with the repository. Throws TypeError for a name that is no plain folder name. */
export function modelDir(name: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new TypeError(`not a model name: ${name}`)
  return fileURLToPath(new URL(name, MODELS))
}

/** The test card as a bank of banned pictures. */
export const testCardBankPath = fileURLToPath(new URL('test-card/bank.csv', MODELS))

/** The test card: a harmless PNG of 1280x720, see models/test-card/README.md. */
export const testCardPath = fileURLToPath(new URL('test-card/test-card.png', MODELS))
