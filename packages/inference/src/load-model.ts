import { createHash } from 'node:crypto'
import { open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { z } from 'zod'
import { findExternalData } from './find-external-data.js'
import { Manifest } from './manifest.js'
import { ModelRefusedError } from './model-refused-error.js'

const MANIFEST_LIMIT = 256 * 1024
const MODEL_LIMIT = 256 * 1024 * 1024

/** A model whose bytes are the ones that the manifest's digest covers; the session is made from these very bytes. */
export interface LoadedModel<T extends ModelFile = Manifest> {
  manifest: T
  bytes: Buffer
}

interface ModelFile {
  file: string
  sha256: string
}

/** Reads and checks `dir/manifest.json`. Throws ModelRefusedError (`missing`, `size`, `path`, `manifest`). */
export function loadManifest(dir: string): Promise<Manifest> {
  return readManifest(dir, Manifest)
}

async function readManifest<T>(dir: string, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readCapped(dir, 'manifest.json', MANIFEST_LIMIT)
  const result = schema.safeParse(parseJson(bytes))
  if (result.success) return result.data
  const [issue] = result.error.issues
  const reason = issue?.path[0] === 'file' ? 'path' : 'manifest'
  throw new ModelRefusedError(reason, `manifest.json ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
}

/** Reads manifest and model of a folder. Throws ModelRefusedError also for a wrong `digest`, `malformed` bytes and `external-data`. */
export function loadModel(dir: string): Promise<LoadedModel> {
  return loadModelOf(dir, Manifest)
}

/** The same for a model that is no classifier: `schema` says what its manifest must hold. */
export async function loadModelOf<T extends ModelFile>(dir: string, schema: z.ZodType<T>): Promise<LoadedModel<T>> {
  const manifest = await readManifest(dir, schema)
  const bytes = await readDigested(dir, manifest, MODEL_LIMIT)
  const external = findExternalData(bytes)
  if (external === 'malformed') throw new ModelRefusedError('malformed', `${manifest.file} is not an ONNX file`)
  if (external === 'external') throw new ModelRefusedError('external-data', `${manifest.file} reads other files`)
  return { manifest, bytes }
}

/** Reads a file of a model folder whose digest must be right. Throws ModelRefusedError (`path`, `missing`, `size`, `digest`). */
export async function readDigested(dir: string, { file, sha256 }: ModelFile, limit: number): Promise<Buffer> {
  const bytes = await readCapped(dir, file, limit)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found === sha256) return bytes
  throw new ModelRefusedError('digest', `${file} has sha256 ${found}, the manifest says ${sha256}`)
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new ModelRefusedError('manifest', `manifest.json is not JSON: ${String(error)}`)
  }
}

/** Reads a regular file of at most `limit` bytes that really lies below `dir`, symbolic links resolved. */
async function readCapped(dir: string, file: string, limit: number): Promise<Buffer> {
  const path = await resolveInside(dir, file)
  const handle = await open(path, 'r')
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new ModelRefusedError('path', `${file} is not a regular file`)
    if (stat.size > limit) throw new ModelRefusedError('size', `${file} has ${stat.size} bytes, the limit is ${limit}`)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

async function resolveInside(dir: string, file: string): Promise<string> {
  try {
    const folder = await realpath(dir)
    const path = await realpath(join(folder, file))
    if (path.startsWith(folder + sep)) return path
  } catch (error) {
    throw new ModelRefusedError('missing', `${file}: ${String(error)}`)
  }
  throw new ModelRefusedError('path', `${file} lies outside of the model folder`)
}
